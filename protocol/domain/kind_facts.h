// What happens to house calls (H1), to the waiting list (H2), and what a facility lets desks know
// (T11), as plain structs: a part of the vocabulary of events (events.h). The meaning of each field
// is in protocol/schema/facts.capnp.
#pragma once

#include <string>

#include "protocol/domain/local_day.h"
#include "protocol/domain/ticket_facts.h"

namespace opora::protocol {

// The clinic was told of a house call, or has confirmed it.
struct TicketVisitTold {
  VisitStep step = VisitStep::kPassed;
  SiteNo clinic;  // zero: none that is known here
  DueTimes times{};
  bool operator==(const TicketVisitTold&) const = default;
};

// Whom or what the patient waits for. The whole of it each time.
struct TicketWaitsFor {
  Speciality speciality = Speciality::kNone;
  SiteNo facility;  // zero: any
  bool operator==(const TicketWaitsFor&) const = default;
  template <class V>
  void visit(V&& v) {
    v(speciality, facility);
  }
};

// A free appointment that somebody of the waiting list may have.
struct Slot {
  Speciality speciality = Speciality::kNone;
  SiteNo facility;
  TimeMs at;
  auto operator<=>(const Slot&) const = default;
  template <class V>
  void visit(V&& v) {
    v(speciality, facility, at);
  }
};

struct TicketListCalled {
  ListStep step = ListStep::kClaimed;
  std::string by;  // a login
  TimeMs at;
  TimeMs until{};  // of a claim: its end; of no answer and again: when to call next
  Slot slot{};     // that is offered; none: he is called for another reason
  bool operator==(const TicketListCalled&) const = default;
};

// What a facility lets desks know, from a day of its own to another, both included.
struct FacilityNoticeChanged {
  SiteNo facility;
  LocalDay from;
  LocalDay until{};  // zero: until it is withdrawn
  bool withdrawn = false;
  bool operator==(const FacilityNoticeChanged&) const = default;
};

}  // namespace opora::protocol
