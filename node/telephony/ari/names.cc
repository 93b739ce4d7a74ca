#include "node/telephony/ari/names.h"

#include <charconv>

#include "protocol/base/hash.h"

namespace opora::telephony::ari {

namespace {

constexpr std::string_view kOurs = "opora-";
constexpr std::string_view kPrompt = "opora-p-";
constexpr std::string_view kRecording = "opora-r-";

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string named(std::string_view kind, std::uint64_t no) {
  return std::string(kOurs) + std::string(kind) + std::to_string(no);
}

}  // namespace

std::string channel_of(LegKey leg) {
  return named("", leg.call.v) + "-" + std::to_string(leg.leg.v);
}

std::optional<LegKey> leg_of(std::string_view channel) {
  if (!channel.starts_with(kOurs)) return std::nullopt;
  channel.remove_prefix(kOurs.size());
  const auto dash = channel.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto call = number<std::uint64_t>(channel.substr(0, dash));
  const auto leg = number<std::uint16_t>(channel.substr(dash + 1));
  if (!call || !leg || *call == 0) return std::nullopt;
  return LegKey{CallNo{*call}, LegNo{*leg}};
}

std::string queue_bridge(QueueNo queue) { return named("q-", queue.v); }
std::string talk_bridge(CallNo call) { return named("t-", call.v); }
std::string hold_bridge(CallNo call) { return named("h-", call.v); }
std::string consult_bridge(CallNo call) { return named("c-", call.v); }
std::string listen_bridge(LegKey supervisor) {
  return named("l-", supervisor.call.v) + "-" + std::to_string(supervisor.leg.v);
}
std::optional<CallNo> bridged(std::string_view bridge) {
  if (!bridge.starts_with(kOurs)) return std::nullopt;
  bridge.remove_prefix(kOurs.size());
  if (bridge.size() < 2 || bridge[1] != '-') return std::nullopt;
  if (std::string_view("thcl").find(bridge[0]) == std::string_view::npos) return std::nullopt;
  bridge.remove_prefix(2);
  const auto call = number<std::uint64_t>(bridge.substr(0, bridge.find('-')));
  return call && *call != 0 ? std::optional(CallNo{*call}) : std::nullopt;
}
std::string snoop_channel(LegKey supervisor) {
  return named("s-", supervisor.call.v) + "-" + std::to_string(supervisor.leg.v);
}
std::string prompt_of(CallNo call) { return std::string(kPrompt) + std::to_string(call.v); }

std::string ring_back_of(CallNo call) { return named("d-", call.v); }

std::optional<CallNo> prompted(std::string_view playback) {
  if (!playback.starts_with(kPrompt)) return std::nullopt;
  const auto call = number<std::uint64_t>(playback.substr(kPrompt.size()));
  return call ? std::optional(CallNo{*call}) : std::nullopt;
}

std::string recording_of(TapeKey tape) {
  return std::string(kRecording) + std::to_string(tape.call.v) + "-" + std::to_string(tape.part);
}

std::string live_recording(TapeKey tape) { return "/ari/recordings/live/" + recording_of(tape); }

std::optional<TapeKey> recorded(std::string_view recording) {
  if (!recording.starts_with(kRecording)) return std::nullopt;
  recording.remove_prefix(kRecording.size());
  const auto dash = recording.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto call = number<std::uint64_t>(recording.substr(0, dash));
  const auto part = number<std::uint16_t>(recording.substr(dash + 1));
  if (!call || !part || *call == 0 || *part == 0) return std::nullopt;
  return TapeKey{CallNo{*call}, *part};
}

std::string skill_code(std::string_view name) {
  constexpr std::size_t kDigits = 8;  // of 32 names no two are alike by chance
  return id_from("telephony-skill", {name}).hex().substr(0, kDigits);
}

std::string percent(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_';
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace opora::telephony::ari
