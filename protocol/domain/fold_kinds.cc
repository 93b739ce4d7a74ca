// House calls (H1) and the waiting list (H2).
#include "protocol/domain/fold_turn.h"
#include "protocol/domain/waiting_list.h"

namespace opora::protocol {

namespace {

void end_claim(ListCalls& calls) {
  calls.claimed_by.clear();
  calls.claimed_in = {};
  calls.claimed_until = {};
}

void claim(ListCalls& calls, const Envelope& env, const TicketListCalled& e) {
  calls.claimed_by = e.by;
  calls.claimed_in = env.term;
  calls.claimed_until = e.until;
  calls.slot = e.slot;
}

void called(ListCalls& calls, const TicketListCalled& e) {
  ++calls.calls;
  calls.unanswered = e.step == ListStep::kNoAnswer ? calls.unanswered + 1 : 0;
  calls.last_at = e.at;
  calls.again_at = e.until;
  if (e.step != ListStep::kDeclinedSlot || e.slot == Slot{}) return;
  if (calls.declined.size() >= kMaxDeclined) calls.declined.erase(calls.declined.begin());
  calls.declined.push_back(e.slot);
}

}  // namespace

// Behind a booking the slot that was offered is the one that he has.
void end_with(TicketState& s, TicketResult result) {
  s.result = result;
  const bool offered = !s.list_calls.claimed_by.empty();
  if (result != TicketResult::kBooked || !offered) s.list_calls.slot = {};
  end_claim(s.list_calls);
}

// The clinic is who works on a house call: passing it is giving it to somebody, confirming it is
// beginning.
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketVisitTold& e) {
  return in_turn(s, env, [&] {
    const TimeMs at = e.times.at.v == 0 ? env.hlt.time() : e.times.at;
    if (e.step == VisitStep::kPassed) {
      s.house_visit = {at, e.clinic, env.actor, {}, {}};
      if (s.status == TicketStatus::kRegistered) s.status = TicketStatus::kAssigned;
    } else {
      // Passed by handing the ticket over (house_call.h), it was not said so.
      if (s.house_visit.passed_at.v == 0) s.house_visit.passed_at = at;
      s.house_visit.clinic = e.clinic;
      s.house_visit.confirmed_at = at;
      s.house_visit.confirmed_by = env.actor;
      if (s.status == TicketStatus::kRegistered || s.status == TicketStatus::kAssigned)
        s.status = TicketStatus::kInWork;
    }
    react(s, at);
    take_times(s, env, e.times);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketWaitsFor& e) {
  return in_turn(s, env, [&] { s.waits_for = e; });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketListCalled& e) {
  return in_turn(s, env, [&] {
    if (e.step == ListStep::kClaimed) return claim(s.list_calls, env, e);
    end_claim(s.list_calls);
    s.list_calls.slot = {};
    if (e.step != ListStep::kReleased) called(s.list_calls, e);
  });
}

}  // namespace opora::protocol
