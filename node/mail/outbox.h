// What is done with one letter next: pure. The letters that wait are a part of their tickets' state
// (protocol/domain/telling.h); what the site itself remembers of them, so that a restart tries no
// sooner, is a row of kMeta a ticket.
#pragma once

#include <string>

#include "protocol/base/archive.h"
#include "protocol/domain/state.h"

namespace opora::node {

// A first try that failed is repeated soon (a relay that restarts), later ones ever more seldom: a
// mailbox that asks for patience is asked some twenty times before somebody calls instead.
inline constexpr std::int64_t kFirstPauseMs = 5'000;
inline constexpr std::int64_t kLongestPauseMs = 15 * 60'000;
// A relay that is away is looked for more often: all letters wait for it.
inline constexpr std::int64_t kLongestRelayPauseMs = 2 * 60'000;

// Up to a fifth more, so that letters which failed together do not come back together. `chance` is
// within 0…1.
std::int64_t pause_ms(std::uint32_t failed, std::int64_t longest_ms, double chance);

// A pause from the last try on. A clock that was set back behind it ends it: a letter tried under a
// date of next year does not wait for that.
inline bool rests(TimeMs last, TimeMs next, TimeMs now) { return now >= last && now < next; }

// How the last try of a letter ended.
struct Tries {
  OwnerTerm term;  // of the telling
  OwnerSeq seq;
  std::uint32_t count = 0;
  TimeMs last;
  TimeMs next;
  std::uint32_t reply = 0;  // SMTP's; 0: the connection broke
  template <class V>
  void visit(V&& v) {
    v(term, seq, count, last, next, reply);
  }
  bool of(const protocol::Telling& telling) const {
    return telling.term == term && telling.seq == seq;
  }
};
Bytes tries_prefix();
Bytes tries_key(const AggregateId& ticket);

enum class RelayState : std::uint8_t { kNone, kResting, kReady };
enum class Clocks : std::uint8_t { kOwn, kConfirmed };  // whether the region's says the same
enum class Address : std::uint8_t { kNone, kKnown };

struct Circumstances {
  TimeMs now;
  RelayState relay = RelayState::kNone;
  Clocks clocks = Clocks::kOwn;
  Address address = Address::kNone;
  std::int64_t give_up_ms = 0;
};

enum class Step : std::uint8_t {
  kSend,
  kSayNoAddress,  // from now on somebody has to call
  kSayGivenUp,
  kNoRelay,        // somebody has to call, as long as none is configured
  kWaitForRegion,  // a letter cannot be taken back: its time must be right
  kWaitForRelay,
  kWaitForNextTry,
};
Step next_step(const protocol::Telling& telling, const Tries& tries, const Circumstances& at);
// As the API says it: "sending", "no_relay", "region", "relay", "next_try".
std::string_view name_of(Step step);

}  // namespace opora::node
