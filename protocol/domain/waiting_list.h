// The waiting list (H2): who waits for whom, in which order they are called when a slot appears,
// and what came of it. Rules are in README.md; the rows are part of what an entity contributes
// (facets.h):
//   w owner day ~urgency put_on ticket -> WaitRow   open tickets of the list, in their order
// Integers are big-endian, "~" means descending. Pure.
#pragma once

#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"

namespace opora::protocol {

// Long enough to dial, wait, agree and book; a desk that has forgotten about it blocks nobody
// longer.
inline constexpr std::int64_t kClaimMs = 15 * 60'000;
// Nobody answered: the telephone is not rung again at once.
inline constexpr std::int64_t kRedialMs = 60 * 60'000;
// Slots that somebody did not want are offered to him no more; of the last ones that is known.
inline constexpr std::size_t kMaxDeclined = 20;
// After so many calls in a row without an answer a patient may be taken off the list; a setting.
inline constexpr std::uint32_t kDefaultAttempts = 3;
inline constexpr std::uint32_t kMostAttempts = 20;

struct WaitRow {
  TicketWaitsFor waits_for;
  std::string claimed_by;
  TimeMs claimed_until;
  Slot slot;  // that is offered by the claim
  std::uint32_t calls = 0;
  std::uint32_t unanswered = 0;
  TimeMs last_at;
  TimeMs again_at;
  std::vector<Slot> declined;
  template <class V>
  void visit(V&& v) {
    v(waits_for, claimed_by, claimed_until, slot, calls, unanswered, last_at, again_at, declined);
  }
};
WaitRow wait_row(const TicketState& ticket);
void add_wait_rows(Facets& out, const AggregateId& id, const TicketState& ticket);

// Whether somebody else than `login` is calling him now.
bool claimed_from(const WaitRow& row, std::string_view login, TimeMs now);
// Whether he waits for such a slot: his speciality, at his facility or at any, and he has not
// declined it.
bool wants(const WaitRow& row, const Slot& slot);
// Whether he is to be called for it now: also that nobody calls him and he is not to be called
// later.
bool is_next(const WaitRow& row, const Slot& slot, std::string_view login, TimeMs now);

// A ticket may be completed with this result by this user: kInvalid "result" for one of another
// kind, or none where one is needed; kConflict "claim" while another calls him, "attempts" when he
// was not called often enough to be out of reach.
struct EndOfKind {
  TicketResult result = TicketResult::kNone;
  std::string by;
  std::uint32_t attempts = kDefaultAttempts;
};
Status check_end(const EndOfKind& end, const TicketState& ticket, TimeMs now);

// ---- Commands

struct ChangeWaitsFor {
  TicketWaitsFor facts;
  std::string doctor;
};
// kNotFound "number"; kConflict "owner", "lease", "action" (closed), "kind"; kInvalid "speciality",
// "waits_for" (as before).
Result<Drafts> decide(const ChangeWaitsFor& command, const Entity& ticket,
                      const DecideContext& context);

struct CallFromList {
  ListStep step = ListStep::kClaimed;
  std::string by;               // a login
  std::optional<TimeMs> until;  // again: required; no answer: else in kRedialMs
  Slot slot;                    // of a claim; else that of the claim
  std::string text;
};
// As above; also kConflict "claim": another calls him now, or there is none to release or of whose
// slot something could be said; kInvalid "until" (is past, or of no use), "slot".
Result<Drafts> decide(const CallFromList& command, const Entity& ticket,
                      const DecideContext& context);

namespace keys {
Bytes waiting_list(SiteNo owner);
}  // namespace keys

}  // namespace opora::protocol
