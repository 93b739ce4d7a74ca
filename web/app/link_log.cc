#include "web/app/link_log.h"

#include <spdlog/spdlog.h>

#include "protocol/base/utf8.h"

namespace opora::app {

using protocol::CloseReason;

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  std::string_view rest = utf8_prefix(text, LinkLog::kMaxQuoted);
  while (!rest.empty()) {
    const char32_t c = take_code_point(rest);
    append_utf8(out, is_control(c) || is_direction_control(c) ? U' ' : c);
  }
  return out;
}

std::string counted(int changes) {
  return std::to_string(changes) + (changes == 1 ? " change" : " changes");
}

}  // namespace

std::string_view close_reason_words(CloseReason reason) {
  switch (reason) {
    case CloseReason::kDisconnected: return "the connection broke";
    case CloseReason::kSilent: return "nothing was heard for too long";
    case CloseReason::kHandshake: return "no greeting came in time";
    case CloseReason::kVersion: return "no common version of the protocol";
    case CloseReason::kProtocol: return "a rule of the protocol was broken";
    case CloseReason::kIdentity: return "the key belongs to another site";
    case CloseReason::kReplaced: return "a newer session of the same site took over";
    case CloseReason::kDoubled: return "another process with this key is connected";
    case CloseReason::kRevoked: return "the key is not known any more";
    case CloseReason::kStopping: return "orderly end of the process";
    case CloseReason::kPersist: return "the store refused a write";
    case CloseReason::kUnknownSession: return "the session is not known to the other side";
    case CloseReason::kPeer: return "a reason of a later version";
  }
  return "unknown";
}

void log_lines(const LogLines& lines) {
  for (const LogLine& line : lines)
    spdlog::log(line.level == LogLevel::kWarn ? spdlog::level::warn : spdlog::level::info,
                "link: {}", line.text);
}

LogLines LinkLog::up(TimeMs now, std::string_view software) {
  state_ = "up";
  last_failure_.clear();
  const std::string version = software.empty() ? "" : " (version " + quoted(software) + ")";
  return say(changes_, now, {LogLevel::kInfo, whom_ + " is connected" + version});
}

LogLines LinkLog::down(TimeMs now, CloseReason reason, std::string_view text) {
  state_ = "down";
  std::string line = whom_ + " is gone: " + std::string(close_reason_words(reason));
  if (!text.empty()) line += " (" + quoted(text) + ")";
  return say(changes_, now, {LogLevel::kWarn, std::move(line)});
}

LogLines LinkLog::failed(TimeMs now, std::string_view why) {
  if (last_failure_ == why) return {};
  last_failure_ = why;
  return say(changes_, now, {LogLevel::kWarn, whom_ + " is not reached: " + quoted(why)});
}

LogLines LinkLog::alarm(TimeMs now, std::string_view code, std::string_view text) {
  return say(alarms_, now,
             {LogLevel::kWarn, whom_ + ": " + std::string(code) + ": " + quoted(text)});
}

LogLines LinkLog::due(TimeMs now) {
  LogLines out;
  if (const int changes = close(changes_, now))
    out.push_back({LogLevel::kWarn,
                   whom_ + " came and went: " + counted(changes) + " not listed, now " + state_});
  if (const int alarms = close(alarms_, now))
    out.push_back({LogLevel::kWarn, whom_ + ": " + std::to_string(alarms) + " more alarms"});
  return out;
}

int LinkLog::close(Window& window, TimeMs now) {
  const std::int64_t passed = now - window.from;
  // Also when the clock was set back: no window lasts for ever.
  if (passed >= 0 && passed < kWindowMs) return 0;
  const int left_out = window.left_out;
  window = {now, 0, 0};
  return left_out;
}

LogLines LinkLog::say(Window& window, TimeMs now, LogLine line) {
  LogLines out = due(now);
  if (window.said == kLines) {
    ++window.left_out;
    return out;
  }
  ++window.said;
  out.push_back(std::move(line));
  return out;
}

}  // namespace opora::app
