#include "protocol/domain/house_call.h"

#include <algorithm>

#include "protocol/domain/blank.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_draft.h"

namespace opora::protocol {

namespace {

bool within(TicketResult result, TicketResult first, TicketResult last) {
  return result >= first && result <= last;
}

// Who said yes to the offer that the region carried out.
AggregateId accepted_by(const TicketState& ticket, const Tenure& tenure) {
  const auto said = std::find_if(ticket.answers.rbegin(), ticket.answers.rend(), [&](auto& one) {
    return one.site == tenure.owner && one.reply == OfferReply::kAccepted;
  });
  return said == ticket.answers.rend() ? tenure.by : said->by;
}

// Of the site that has the ticket now; what an earlier owner had said of a clinic is behind.
HouseVisit handed_over(const TicketState& ticket, const Tenure& tenure) {
  HouseVisit out{tenure.since.time(), tenure.owner, tenure.by, {}, {}};
  if (tenure.cause != OwnerCause::kAccepted) return out;
  out.confirmed_at = out.passed_at;
  out.confirmed_by = accepted_by(ticket, tenure);
  return out;
}

Status check(const NoteVisit& command, const TicketState& ticket) {
  if (ticket.asking.kind != ContactKind::kHouseCall)
    return Error{Code::kConflict, "kind", "not a house call"};
  if (ticket.closed.v != 0) return Error{Code::kConflict, "action", "the ticket is closed"};
  if (command.step == VisitStep::kPassed) return ok_status();
  const HouseVisit visit = visit_of(ticket);
  if (visit.passed_at.v == 0) return Error{Code::kConflict, "visit", "not passed yet"};
  if (visit.confirmed_at.v != 0) return Error{Code::kConflict, "visit", "confirmed already"};
  if (command.clinic != kHubSite) return invalid("clinic", "of passing alone");
  if (is_blank(command.who)) return invalid("who", "who at the clinic has confirmed it");
  return ok_status();
}

}  // namespace

bool has_result(ContactKind kind) {
  return kind == ContactKind::kHouseCall || kind == ContactKind::kWaitingList;
}

bool is_result_of(ContactKind kind, TicketResult result) {
  if (kind == ContactKind::kHouseCall)
    return within(result, TicketResult::kExamined, TicketResult::kAmbulance);
  if (kind == ContactKind::kWaitingList)
    return within(result, TicketResult::kBooked, TicketResult::kNotNeeded);
  return false;
}

HouseVisit visit_of(const TicketState& ticket) {
  HouseVisit out = ticket.house_visit;
  const auto later = [&out](TimeMs at) { return at > std::max(out.passed_at, out.confirmed_at); };
  if (!ticket.tenures.empty()) {
    const HouseVisit handed = handed_over(ticket, ticket.tenures.rbegin()->second);
    if (later(handed.passed_at)) out = handed;
  }
  const TicketOffer* offer = pending_offer(ticket);
  if (offer != nullptr && offer->to != kHubSite && later(offer->at.time()))
    out = {offer->at.time(), offer->to, offer->by, {}, {}};
  return out;
}

VisitStage visit_stage(const TicketState& ticket) {
  if (ticket.asking.kind != ContactKind::kHouseCall || ticket.closed.v != 0)
    return VisitStage::kNone;
  const HouseVisit visit = visit_of(ticket);
  if (visit.confirmed_at.v != 0) return VisitStage::kConfirmed;
  return visit.passed_at.v != 0 ? VisitStage::kPassed : VisitStage::kNew;
}

Result<Drafts> decide(const NoteVisit& command, const Entity& ticket,
                      const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || state->opened.v == 0)
    return Error{Code::kNotFound, "number", "no such ticket"};
  OPORA_TRY(must_own(*state, context));
  OPORA_TRY(check(command, *state));
  const bool passed = command.step == VisitStep::kPassed;
  const TicketVisitTold told{command.step, passed ? command.clinic : visit_of(*state).clinic,
                             times_now(*state, state->line, context)};
  Draft draft = ticket_draft(ticket, told, command.text);
  if (!command.who.empty()) draft.personal[PersonalField::kName] = command.who;
  return Drafts{with_moments(std::move(draft), ticket, context)};
}

}  // namespace opora::protocol
