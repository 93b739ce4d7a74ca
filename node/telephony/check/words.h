// Small words that the scenarios of the check share (phone_check.h).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "node/telephony/ari/message.h"
#include "node/telephony/ari/names.h"
#include "protocol/base/result.h"

namespace opora::telephony {

inline constexpr std::string_view kApp = "opora-check";

inline Error failed(std::string why) { return {Code::kUnavailable, "", std::move(why)}; }

inline std::int64_t steady_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

inline bool is_of(const ari::Message& message, ari::Kind kind, const std::string& channel) {
  return message.kind == kind && message.channel.id == channel;
}

inline std::string channel_path(const std::string& channel) {
  return "/ari/channels/" + ari::percent(channel);
}
inline std::string bridge_path(const std::string& bridge) {
  return "/ari/bridges/" + ari::percent(bridge);
}

}  // namespace opora::telephony
