#include "node/mail/outbox.h"

#include <algorithm>

namespace opora::node {

std::int64_t pause_ms(std::uint32_t failed, std::int64_t longest_ms, double chance) {
  constexpr std::uint32_t kMostDoublings = 20;  // beyond any longest
  const std::uint32_t doublings = std::min(failed == 0 ? 0 : failed - 1, kMostDoublings);
  const std::int64_t pause = std::min(kFirstPauseMs << doublings, longest_ms);
  const std::int64_t most_more = pause / 5;
  return pause + static_cast<std::int64_t>(static_cast<double>(most_more) * chance);
}

Bytes tries_prefix() { return KeyWriter().text("letter").take(); }

Bytes tries_key(const AggregateId& ticket) {
  return KeyWriter().raw(tries_prefix()).raw(ticket.view()).take();
}

Step next_step(const protocol::Telling& telling, const Tries& tries, const Circumstances& at) {
  if (at.relay == RelayState::kNone) return Step::kNoRelay;
  if (at.address == Address::kNone) return Step::kSayNoAddress;
  const TimeMs warn = telling.times.warn;
  const bool time_to_call = warn.v != 0 && at.now >= warn;
  if (time_to_call || at.now - telling.since > at.give_up_ms) return Step::kSayGivenUp;
  if (at.clocks == Clocks::kOwn) return Step::kWaitForRegion;
  if (at.relay == RelayState::kResting) return Step::kWaitForRelay;
  if (tries.of(telling) && rests(tries.last, tries.next, at.now)) return Step::kWaitForNextTry;
  return Step::kSend;
}

std::string_view name_of(Step step) {
  switch (step) {
    case Step::kNoRelay: return "no_relay";
    case Step::kWaitForRegion: return "region";
    case Step::kWaitForRelay: return "relay";
    case Step::kWaitForNextTry: return "next_try";
    case Step::kSend:
    case Step::kSayNoAddress:
    case Step::kSayGivenUp: return "sending";
  }
  return "sending";
}

}  // namespace opora::node
