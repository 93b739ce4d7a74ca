#include "node/mail/mail_options.h"

#include <CLI/CLI.hpp>

namespace opora::node {

void add_mail_options(CLI::App& cli, MailSettings& settings) {
  static const std::map<std::string, RelayTls> kTls{
      {"starttls", RelayTls::kStartTls}, {"tls", RelayTls::kFromStart}, {"none", RelayTls::kNone}};
  using protocol::Language;
  static const std::map<std::string, Language> kLanguages{{"ru", Language::kRussian},
                                                          {"en", Language::kEnglish}};
  constexpr int kMaxPort = 65'535;
  constexpr int kWeekMinutes = 7 * 24 * 60;
  cli.add_option("--mail-host", settings.host,
                 "mail relay of the site; without it applicants are phoned");
  cli.add_option("--mail-port", settings.port, "port of the relay")
      ->check(CLI::Range(1, kMaxPort))
      ->capture_default_str();
  cli.add_option("--mail-tls", settings.tls,
                 "starttls, tls (from the start), or none (a relay on this machine)")
      ->transform(CLI::CheckedTransformer(kTls))
      ->default_str("starttls");
  cli.add_option("--mail-user", settings.user, "name that the relay asks for");
  cli.add_option("--mail-password-file", settings.password_file,
                 "file with the password in its first line");
  cli.add_option("--mail-ca", settings.ca_file,
                 "PEM file of the authority of the relay's certificate; else the system's");
  cli.add_option("--mail-from", settings.from, "address that letters come from");
  cli.add_option("--mail-language", settings.language,
                 "of letters to applicants who named none: ru or en")
      ->transform(CLI::CheckedTransformer(kLanguages))
      ->default_str("ru");
  cli.add_option("--mail-give-up-minutes", settings.give_up_minutes,
                 "whoever could not be written to for so long is to be phoned")
      ->check(CLI::Range(1, kWeekMinutes))
      ->capture_default_str();
}

}  // namespace opora::node
