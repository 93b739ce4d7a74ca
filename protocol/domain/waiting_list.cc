#include "protocol/domain/waiting_list.h"

#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/domain/house_call.h"
#include "protocol/domain/local_day.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_draft.h"

namespace opora::protocol {

namespace {

Error conflict(const char* path, const char* message) {
  return Error{Code::kConflict, path, message};
}

bool on_list(const TicketState& ticket) { return ticket.asking.kind == ContactKind::kWaitingList; }

Status check_ticket(const Entity& ticket, const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || state->opened.v == 0)
    return Error{Code::kNotFound, "number", "no such ticket"};
  OPORA_TRY(must_own(*state, context));
  if (!on_list(*state)) return conflict("kind", "not of the waiting list");
  if (state->closed.v != 0) return conflict("action", "the ticket is closed");
  return ok_status();
}

bool claimed_by(const WaitRow& row, std::string_view login, TimeMs now) {
  return row.claimed_by == login && row.claimed_until > now;
}

bool ends_claim_with_time(ListStep step) {
  return step == ListStep::kNoAnswer || step == ListStep::kAgain;
}

Status check_until(const CallFromList& command, TimeMs now) {
  if (!command.until) {
    if (command.step == ListStep::kAgain) return invalid("until", "when to call again");
    return ok_status();
  }
  if (!ends_claim_with_time(command.step)) return invalid("until", "of no use here");
  if (*command.until <= now || *command.until >= kMaxEventTime) return invalid("until", "is past");
  return ok_status();
}

Status check_slot(const CallFromList& command, const WaitRow& row, TimeMs now) {
  if (command.step != ListStep::kClaimed) {
    if (command.slot != Slot{}) return invalid("slot", "of a claim alone");
    return ok_status();
  }
  if (command.slot == Slot{}) return ok_status();
  if (command.slot.speciality == Speciality::kNone) return invalid("slot", "of which speciality");
  if (command.slot.at <= now || command.slot.at >= kMaxEventTime) return invalid("slot", "is past");
  if (!wants(row, command.slot)) return conflict("slot", "he does not wait for such a one");
  return ok_status();
}

// What is said of a call is said by whoever makes it; of one that nobody has claimed, by anybody.
Status check_claim(const CallFromList& command, const WaitRow& row, TimeMs now) {
  if (claimed_from(row, command.by, now)) return conflict("claim", "another desk calls him now");
  const bool mine = claimed_by(row, command.by, now);
  if (command.step == ListStep::kReleased && !mine) return conflict("claim", "there is none");
  if (command.step == ListStep::kDeclinedSlot && (!mine || row.slot == Slot{}))
    return conflict("claim", "no slot was offered to him");
  return ok_status();
}

TimeMs until_of(const CallFromList& command, TimeMs now) {
  if (command.step == ListStep::kClaimed) return now + kClaimMs;
  if (command.step == ListStep::kNoAnswer) return command.until.value_or(now + kRedialMs);
  return command.until.value_or(TimeMs{});
}

}  // namespace

namespace keys {
Bytes waiting_list(SiteNo owner) { return KeyWriter().u8('w').u32(owner.v).take(); }
}  // namespace keys

WaitRow wait_row(const TicketState& ticket) {
  const ListCalls& calls = ticket.list_calls;
  WaitRow out{
      ticket.waits_for, {}, {}, {}, calls.calls, calls.unanswered, calls.last_at, calls.again_at,
      calls.declined};
  if (calls.claimed_by.empty() || calls.claimed_in != current_term(ticket)) return out;
  out.claimed_by = calls.claimed_by;
  out.claimed_until = calls.claimed_until;
  out.slot = calls.slot;
  return out;
}

void add_wait_rows(Facets& out, const AggregateId& id, const TicketState& ticket) {
  if (!on_list(ticket) || ticket.closed.v != 0) return;
  const std::int32_t day = local_day(ticket.received_at, ticket.zone_offset_min);
  const auto urgency = static_cast<std::uint8_t>(ticket.urgency);
  out.index.push_back({KeyWriter()
                           .raw(keys::waiting_list(owner_of(ticket)))
                           .u32(static_cast<std::uint32_t>(day))
                           .u8(static_cast<std::uint8_t>(~urgency))
                           .i64(ticket.received_at.v)
                           .raw(id.view())
                           .take(),
                       to_row(wait_row(ticket))});
}

bool claimed_from(const WaitRow& row, std::string_view login, TimeMs now) {
  return !row.claimed_by.empty() && row.claimed_by != login && row.claimed_until > now;
}

bool wants(const WaitRow& row, const Slot& slot) {
  const SiteNo where = row.waits_for.facility;
  const bool there = where == kHubSite || slot.facility == kHubSite || where == slot.facility;
  return row.waits_for.speciality == slot.speciality && there &&
         std::find(row.declined.begin(), row.declined.end(), slot) == row.declined.end();
}

bool is_next(const WaitRow& row, const Slot& slot, std::string_view login, TimeMs now) {
  return wants(row, slot) && !claimed_from(row, login, now) && row.again_at <= now;
}

Status check_end(const EndOfKind& end, const TicketState& ticket, TimeMs now) {
  const ContactKind kind = ticket.asking.kind;
  if (end.result == TicketResult::kNone) {
    if (has_result(kind)) return invalid("result", "what came of it");
    return ok_status();
  }
  if (!is_result_of(kind, end.result)) return invalid("result", "of another kind of contact");
  const WaitRow row = wait_row(ticket);
  if (on_list(ticket) && claimed_from(row, end.by, now))
    return conflict("claim", "another desk calls him now");
  if (end.result == TicketResult::kNotReached && row.unanswered < end.attempts)
    return conflict("attempts", "not called often enough");
  return ok_status();
}

Result<Drafts> decide(const ChangeWaitsFor& command, const Entity& ticket,
                      const DecideContext& context) {
  OPORA_TRY(check_ticket(ticket, context));
  if (command.facts.speciality == Speciality::kNone) return invalid("speciality", "required");
  const auto& state = *ticket.as<TicketState>();
  const bool same = command.facts == state.waits_for &&
                    command.doctor == ticket.personal.text(PersonalField::kDoctor);
  if (same) return invalid("waits_for", "is so already");
  Draft draft = ticket_draft(ticket, command.facts, "");
  if (!command.doctor.empty()) draft.personal[PersonalField::kDoctor] = command.doctor;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const CallFromList& command, const Entity& ticket,
                      const DecideContext& context) {
  OPORA_TRY(check_ticket(ticket, context));
  if (command.by.empty()) return invalid("by", "required");
  const auto& state = *ticket.as<TicketState>();
  const WaitRow row = wait_row(state);
  OPORA_TRY(check_claim(command, row, context.now));
  OPORA_TRY(check_until(command, context.now));
  OPORA_TRY(check_slot(command, row, context.now));
  const bool claims = command.step == ListStep::kClaimed;
  const TicketListCalled called{command.step, command.by, times_now(state, state.line, context).at,
                                until_of(command, context.now), claims ? command.slot : row.slot};
  return Drafts{ticket_draft(ticket, called, command.text)};
}

}  // namespace opora::protocol
