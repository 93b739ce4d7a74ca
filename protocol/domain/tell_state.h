// What telling the applicant (A15, telling.h) adds to a ticket's state (state.h).
#pragma once

#include <optional>

#include "protocol/domain/events.h"

namespace opora::protocol {

// What the owner has spoken of because the applicant is not told yet.
struct TellRung {
  Threshold threshold = Threshold::kWarned;  // the highest
  TimeMs moment;
  Hlt at;            // when it was said
  TimeMs region_at;  // from when on the region is told; zero: at once
  template <class V>
  void visit(V&& v) {
    v(threshold, moment, at, region_at);
  }
};

// What the applicant is to be told of and has not been yet: the owner's event at this place.
struct Telling {
  OwnerTerm term;
  OwnerSeq seq;
  TellWhat what = TellWhat::kRegistered;
  TimeMs since;
  TellTrouble trouble = TellTrouble::kNone;  // anything else: somebody has to call
  TellTimes times{};                         // up to when; zeros: the owner said none
  std::optional<TellRung> rung{};
  std::uint16_t calls = 0;  // that did not tell him
  TimeMs last_call{};
  AggregateId last_call_by{};
  TimeMs call_again{};  // zero: nobody said when
  template <class V>
  void visit(V&& v) {
    v(term, seq, what, since, trouble, times, rung, calls, last_call, last_call_by, call_again);
  }
};

// The end of the ticket that this one is merged into, as its owner said last.
struct TargetEnd {
  Hlt ended;  // which; zero: it is open
  TicketStatus status = TicketStatus::kRegistered;
  RejectReason reason = RejectReason::kNone;
  TimeMs at;
  TimeMs reopen_until;
  bool operator==(const TargetEnd&) const = default;
  template <class V>
  void visit(V&& v) {
    v(ended, status, reason, at, reopen_until);
  }
};

}  // namespace opora::protocol
