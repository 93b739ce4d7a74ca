// What the daemon's log says of one link: that it came up, that it went down and why, once a
// change. A link that flaps gets kLines lines in kWindowMs, then one that says how many changes
// were left out and how the link stands. Names a site by its number and a reason, never a person;
// what the peer wrote is cut and cleaned, so that it stays one line of ours.
//
// Pure: gives the lines, log_lines() writes them. Not thread-safe; owned by who knows the link.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/codec/link_messages.h"

namespace opora::app {

enum class LogLevel : std::uint8_t { kInfo, kWarn };
struct LogLine {
  LogLevel level = LogLevel::kInfo;
  std::string text;
  bool operator==(const LogLine&) const = default;
};
using LogLines = std::vector<LogLine>;
void log_lines(const LogLines& lines);

class LinkLog {
 public:
  // A cut and its mending are two lines: three cuts in ten minutes are read one by one, more are a
  // bad line, of which the count says more.
  static constexpr int kLines = 6;
  static constexpr std::int64_t kWindowMs = 10 * 60'000;
  // Of what the peer says about itself or its reason.
  static constexpr std::size_t kMaxQuoted = 120;

  explicit LinkLog(std::string whom) : whom_(std::move(whom)) {}  // "region", "site 17"

  LogLines up(TimeMs now, std::string_view software);
  LogLines down(TimeMs now, protocol::CloseReason reason, std::string_view text);
  // An attempt that came to nothing. Said when the link has not been up yet or the reason is
  // another; attempts go on every few seconds.
  LogLines failed(TimeMs now, std::string_view why);
  // What a person has to look at: counted apart, so that a bad line does not hide it.
  LogLines alarm(TimeMs now, std::string_view code, std::string_view text);
  // Called every few seconds: what was left out, once the window is over.
  LogLines due(TimeMs now);

 private:
  struct Window {
    TimeMs from;
    int said = 0;
    int left_out = 0;
  };
  LogLines say(Window& window, TimeMs now, LogLine line);
  static int close(Window& window, TimeMs now);  // how many were left out

  const std::string whom_;
  std::string state_ = "down";
  std::string last_failure_;
  Window changes_;
  Window alarms_;
};

// "nothing was heard for too long"
std::string_view close_reason_words(protocol::CloseReason reason);

}  // namespace opora::app
