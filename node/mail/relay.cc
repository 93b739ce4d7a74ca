#include "node/mail/relay.h"

#include <algorithm>
#include <fstream>

#include "protocol/domain/telling.h"
#include "web/app/password_file.h"

namespace opora::node {

namespace {

constexpr std::size_t kMaxHostBytes = 253;

bool is_host(const std::string& host) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':';
  };
  return host.size() <= kMaxHostBytes && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), good);
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool is_one_line(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

Status check_without_relay(const MailSettings& settings) {
  for (const auto& [option, text] :
       {std::pair{"mail-from", &settings.from}, std::pair{"mail-user", &settings.user},
        std::pair{"mail-password-file", &settings.password_file},
        std::pair{"mail-ca", &settings.ca_file}}) {
    if (!text->empty()) return invalid(option, "is of no use without mail-host");
  }
  return ok_status();
}

Status check_login(const MailSettings& settings) {
  if (settings.user.empty() && settings.password_file.empty()) return ok_status();
  if (settings.user.empty()) return invalid("mail-user", "is needed beside mail-password-file");
  if (!is_one_line(settings.user)) return invalid("mail-user", "has control characters");
  if (settings.password_file.empty())
    return invalid("mail-password-file", "is needed beside mail-user");
  const auto password = read_password(settings);
  return password.ok() ? ok_status() : Status(password.error());
}

}  // namespace

Status check_mail(const MailSettings& settings) {
  if (!settings.configured()) return check_without_relay(settings);
  if (!is_host(settings.host)) return invalid("mail-host", "not the name or address of a host");
  if (settings.from.empty()) return invalid("mail-from", "is needed beside mail-host");
  if (!protocol::is_mail_address(settings.from)) return invalid("mail-from", "not a mail address");
  if (settings.tls == RelayTls::kNone && !is_this_machine(settings.host))
    return invalid("mail-tls", "without TLS only to a relay on this machine");
  if (!settings.ca_file.empty() && !std::ifstream(settings.ca_file).good())
    return invalid("mail-ca", settings.ca_file + ": cannot be read");
  return check_login(settings);
}

Result<std::string> read_password(const MailSettings& settings) {
  return app::read_password_file(settings.password_file, "mail-password-file");
}

std::string_view stage_name(SmtpStage stage) {
  switch (stage) {
    case SmtpStage::kConnect: return "connect";
    case SmtpStage::kSender: return "sender";
    case SmtpStage::kRecipient: return "recipient";
    case SmtpStage::kData: return "data";
    case SmtpStage::kBody: return "body";
  }
  return "connect";
}

Verdict verdict_of(const SmtpEnd& end) {
  constexpr int kTemporary = 400;
  constexpr int kPermanent = 500;
  // Closing the service (RFC 5321 3.8) may be the answer to anything.
  constexpr int kClosing = 421;
  if (end.how == SmtpEnd::How::kTaken) return Verdict::kTaken;
  if (end.how == SmtpEnd::How::kStopped) return Verdict::kStopped;
  if (end.stage < SmtpStage::kRecipient || end.reply < kTemporary || end.reply == kClosing)
    return Verdict::kRelayAway;
  return end.reply < kPermanent ? Verdict::kLater : Verdict::kNever;
}

}  // namespace opora::node
