// Doctor to the home (H1): a call is registered, passed to the clinic, confirmed by it, and ends
// with the visit's result. Rules are in README.md. Pure.
#pragma once

#include "protocol/domain/decide.h"

namespace opora::protocol {

// Which results a kind ends with: of those that have any, one is needed to complete the ticket.
bool has_result(ContactKind kind);
bool is_result_of(ContactKind kind, TicketResult result);

// How far the call has come, by telephone or by handing the ticket over: the clinic that accepted
// it has confirmed it.
HouseVisit visit_of(const TicketState& ticket);

// None for whatever is no open house call.
VisitStage visit_stage(const TicketState& ticket);

struct NoteVisit {
  VisitStep step = VisitStep::kPassed;
  SiteNo clinic;     // of passing; zero: none that is known here
  std::string who;   // at the clinic; required to confirm
  std::string text;  // a note
};
// kNotFound "number"; kConflict "owner", "lease", "action" (closed), "kind" (no house call),
// "visit" (not passed yet, or confirmed already); kInvalid "who", "clinic" (of passing alone).
Result<Drafts> decide(const NoteVisit& command, const Entity& ticket, const DecideContext& context);

}  // namespace opora::protocol
