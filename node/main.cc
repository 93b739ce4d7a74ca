// opora-node: the site's daemon. Options from the command line, or from a TOML file with the same
// names (--config).
#include <CLI/CLI.hpp>

#include "node/mail/mail_options.h"
#include "node/media/media.h"
#include "node/node.h"
#include "node/speak_greetings.h"
#include "node/telephony_check.h"
#include "protocol/base/hash.h"
#include "web/app/config_file.h"
#include "web/app/options.h"

namespace {

void add_recording_options(CLI::App& cli, opora::node::RecordingSettings& out) {
  cli.add_option("--recording-days", out.days,
                 "recordings of calls are kept so long, then destroyed (A18)")
      ->check(CLI::Range(1, opora::protocol::kRecordingDays))
      ->capture_default_str();
  cli.add_option_function<std::uint64_t>(
         "--recordings-quota-mb", [&out](std::uint64_t mb) { out.quota_bytes = mb << 20; },
         "all recordings together take so many MB")
      ->check(CLI::Range(1, 10'000'000))
      ->default_str(std::to_string(out.quota_bytes >> 20));
  cli.add_flag_callback(
      "--recordings-stay", [&out] { out.copies = opora::protocol::Copies::kSiteAlone; },
      "the region gets no copies of recordings");
}

// What this node has to do with the site's telephone system.
void add_telephony_options(CLI::App& cli, opora::node::NodeOptions& options, int& silence_s,
                           bool& check, opora::node::GreetingSettings& greetings) {
  cli.add_option("--call-plan", options.calls.plan,
                 "plan of calls, JSON; with it this node drives the telephone system");
  cli.add_option("--ari", options.calls.ari, "how the site's Asterisk is reached, JSON");
  cli.add_option("--ari-password-file", options.calls.password_file,
                 "file with the password of ARI in its first line");
  cli.add_option("--guard-beat", options.calls.guard_beat,
                 "file that says to opora-guard that this node lives; best below /run");
  cli.add_option("--guard-silence", silence_s,
                 "after so many seconds without a beat the guard hands callers over")
      ->check(CLI::Range(2, 60))
      ->capture_default_str();
  cli.add_option("--ami", options.monitor.ami,
                 "how the site's Asterisk is watched that keeps its own queues, JSON");
  cli.add_option("--ami-password-file", options.monitor.password_file,
                 "file with the password of AMI in its first line");
  cli.add_flag("--telephony-check", check,
               "shows whether the Asterisk of --ari does what the call queue needs, and ends");
  cli.add_option("--speak-greetings", greetings.folder,
                 "speaks the texts of --ari (sounds.texts) into this folder of sounds, and ends");
  cli.add_option("--greeting-voice", greetings.voice, "of espeak-ng")
      ->check([](const std::string& voice) {
        return voice.empty() || voice.front() == '-' ? "the name of a voice" : "";
      })
      ->capture_default_str();
}

// What is asked of this program besides to run: then it ends with this status.
std::optional<int> another_task(const opora::node::CallSettings& calls, bool check,
                                opora::node::GreetingSettings greetings) {
  if (check) return opora::node::check_telephony(calls);
  greetings.ari = calls.ari;
  if (!greetings.folder.empty()) return opora::node::speak_greetings(greetings);
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  opora::app::block_stop_signals();
  opora::node::NodeOptions options;
  int phantom_seconds = 5;
  CLI::App cli("Opora's node: the call desk of one site");
  opora::app::add_config_option(cli);
  cli.add_option("--data", options.data, "data folder, owned by this process")->required();
  cli.add_option("--listen", options.web.listen,
                 "IP:PORT of the web interface; port 0 takes a free one")
      ->capture_default_str();
  cli.add_option("--tls-cert", options.web.tls_cert, "PEM chain; needed beyond loopback");
  cli.add_option("--tls-key", options.web.tls_key, "PEM key");
  cli.add_option("--hub", options.hub, "replication endpoint of the region")->capture_default_str();
  cli.add_option("--hub-enrol", options.hub_enrol, "enrolment endpoint of the region")
      ->capture_default_str();
  cli.add_option("--enrolment-code", options.enrolment_code,
                 "one-time code, at the first start only");
  cli.add_option("--phantom-seconds", phantom_seconds,
                 "unanswered calls that end within it are phantom (T5b)")
      ->check(CLI::Range(0, 60))
      ->capture_default_str();
  cli.add_option("--waiting-list-attempts", options.intake.list_attempts,
                 "calls without an answer before a patient may leave the waiting list (H2)")
      ->check(CLI::Range(1U, opora::protocol::kMostAttempts))
      ->capture_default_str();
  int silence_s = 10;
  bool check = false;
  opora::node::GreetingSettings greetings;
  add_telephony_options(cli, options, silence_s, check, greetings);
  int file_mb = 3;
  cli.add_option("--attachment-mb", file_mb, "files up to so many MB may be attached (V6)")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  std::vector<std::string> file_kinds = opora::node::known_kind_names();
  cli.add_option("--attachment-kinds", file_kinds, "kinds of files that may be attached (V6)")
      ->delimiter(',')
      ->check(CLI::IsMember(file_kinds))
      ->capture_default_str();
  int quota_mb = 20'480;
  cli.add_option("--attachments-quota-mb", quota_mb, "all files together take so many MB here")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  add_recording_options(cli, options.recordings);
  int lease_days = options.credential_lease.count();
  cli.add_option("--credential-lease-days", lease_days,
                 "users of the region sign in for so long after it was last heard of")
      ->check(CLI::Range(1, 365))
      ->capture_default_str();
  int audit_days = options.audit_days.count();
  opora::app::add_audit_option(cli, audit_days);
  opora::node::add_mail_options(cli, options.mail);
  opora::app::add_backup_options(cli, options.backup);
  opora::app::add_store_options(cli, options.store);
  opora::app::add_safety_option(cli, options.store);
  if (const auto code = opora::app::read_options(cli, argc, argv)) return *code;
  options.audit_days = opora::app::Days(audit_days);
  options.intake.phantom_ms = static_cast<std::uint32_t>(phantom_seconds) * 1'000;
  options.attachments.kinds = opora::node::kinds_named(file_kinds);
  options.calls.guard_silence_ms = std::int64_t{silence_s} * 1'000;
  options.attachments.max_bytes = static_cast<std::size_t>(file_mb) << 20;
  options.attachments.quota_bytes = static_cast<std::uint64_t>(quota_mb) << 20;
  options.credential_lease = opora::app::Days(lease_days);
  if (!opora::init_crypto()) return 1;
  opora::app::start_log();
  if (const auto status = another_task(options.calls, check, greetings)) return *status;
  const auto cause = opora::node::run_node(options);
  return opora::app::exit_code(cause);
}
