// The mail relay of a site: how it is configured, and what its answers are worth. The relay itself
// (smtp_relay.h) is behind an interface, so that everything else is tested without a socket.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "protocol/base/result.h"
#include "protocol/domain/ticket_facts.h"

namespace opora::node {

enum class RelayTls : std::uint8_t {
  kStartTls,  // must be offered: nothing goes in the clear
  kFromStart,
  kNone,  // on this machine only
};

struct MailSettings {
  std::string host;  // empty: there is no relay
  int port = 587;
  RelayTls tls = RelayTls::kStartTls;
  std::string user;
  std::string password_file;
  std::string ca_file;  // empty: the system's
  std::string from;
  protocol::Language language = protocol::Language::kRussian;  // of the region
  // A14's shortest norm of completion: who could not be written to by then is called.
  int give_up_minutes = 240;
  bool configured() const { return !host.empty(); }
};

// Before anything is opened. kInvalid with the option's name: "mail-host", "mail-from",
// "mail-user", "mail-password-file", "mail-tls", "mail-ca".
Status check_mail(const MailSettings& settings);
// The first line of the file. kInvalid "mail-password-file", also when everybody may read it.
Result<std::string> read_password(const MailSettings& settings);

// How far a conversation with the relay came.
enum class SmtpStage : std::uint8_t { kConnect, kSender, kRecipient, kData, kBody };
std::string_view stage_name(SmtpStage stage);

struct SmtpEnd {
  enum class How : std::uint8_t { kTaken, kFailed, kStopped } how = How::kFailed;
  SmtpStage stage = SmtpStage::kConnect;
  int reply = 0;  // the last answer's number; 0: the connection broke, or none came
};

enum class Verdict : std::uint8_t {
  kTaken,
  kNever,      // this letter will never be taken: somebody has to call
  kLater,      // this letter is tried again; others may go
  kRelayAway,  // no letter goes at present
  kStopped,    // the process ends
};
// What is said of the sender, of the name and password or of the line is said of the relay, not of
// the letter: a wrong password refuses nobody for good.
Verdict verdict_of(const SmtpEnd& end);

class Relay {
 public:
  virtual ~Relay() = default;
  // Hands over one letter. Blocks for at most kLetterTimeoutMs; one thread.
  virtual SmtpEnd send(const std::string& to, const std::string& wire) = 0;
  // From any thread: what is under way ends soon, and nothing begins any more.
  virtual void stop() = 0;
};

}  // namespace opora::node
