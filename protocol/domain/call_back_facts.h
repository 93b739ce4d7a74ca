// What happens to the call back that somebody is owed whose call nobody took (O7), as plain
// structs: a part of the vocabulary of events (events.h). The meaning of each field is in
// protocol/schema/call_back.capnp, the rules are in call_back.h.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "protocol/domain/journey.h"

namespace opora::protocol {

// The place in a queue of callers that somebody keeps who asked to be called back. What the numbers
// mean, the site knows that said it.
struct QueuePlace {
  std::uint16_t queue = 0;
  TimeMs entered_at;  // zero: keeps none
  std::uint8_t priority = 0;
  std::uint32_t skills = 0;  // bits of the site's plan of calls
  bool operator==(const QueuePlace&) const = default;
  template <class V>
  void visit(V&& v) {
    v(queue, entered_at, priority, skills);
  }
};

// What came of calling him, or of taking it up.
enum class CallBackResult : std::uint8_t {
  kNoAnswer = 1,
  kBusy = 2,
  kWrongNumber = 3,
  kReached = 4,
  kNotNeeded = 5,  // nobody was called
  kReleased = 6,   // nor now: another desk may
};

// Why nobody is to be called any more.
enum class CallBackEnd : std::uint8_t {
  kNone = 0,
  kReached = 1,
  kGotThrough = 2,  // he called again, and somebody answered
  kWrongNumber = 3,
  kNotReached = 4,  // so often tried as the rule says
  kNotNeeded = 5,
};

struct CallBackOpened {
  AggregateId call;  // that nobody took
  TimeMs lost_at;
  DeskNo desk;
  std::string line;
  std::int16_t zone_offset_min = 0;
  TimeMs again_at;         // not to be called before
  std::uint8_t limit = 0;  // unanswered attempts, then it ends
  QueuePlace place{};
  JourneyId journey{};  // of the call
  bool operator==(const CallBackOpened&) const = default;
};

struct CallBackAsked {
  AggregateId call;
  TimeMs lost_at;
  QueuePlace place{};
  bool operator==(const CallBackAsked&) const = default;
};

struct CallBackClaimed {
  std::string by;  // a login
  TimeMs at;
  TimeMs until;
  bool operator==(const CallBackClaimed&) const = default;
};

struct CallBackTried {
  CallBackResult result = CallBackResult::kNoAnswer;
  std::string by;  // a login, or an agent's name where the telephone system told of the call
  TimeMs at;
  TimeMs again_at{};  // zero: as before
  CallBackEnd end = CallBackEnd::kNone;
  bool operator==(const CallBackTried&) const = default;
};

struct CallBackMet {
  AggregateId call;  // in which he was talked with
  CallBackEnd how = CallBackEnd::kGotThrough;
  bool operator==(const CallBackMet&) const = default;
};

struct CallBackRouted {
  SiteNo to;
  TimeMs until{};  // of the lease; zero: home again
  StreamPos valid_through{};
  bool operator==(const CallBackRouted&) const = default;
};

template <class F>
concept is_call_back_fact = std::same_as<F, CallBackOpened> || std::same_as<F, CallBackAsked> ||
    std::same_as<F, CallBackClaimed> || std::same_as<F, CallBackTried> ||
    std::same_as<F, CallBackMet> || std::same_as<F, CallBackRouted>;

}  // namespace opora::protocol
