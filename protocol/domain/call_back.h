// The call back that is owed to whoever called and was not answered (O7, N2): one a telephone
// number, whatever the number of lost calls. States, who may do what and what must hold are in
// README.md (Calls back). The rows are part of what an entity contributes (facets.h):
//   b 1 owner again_at task    open: to be called, the longest due first
//   b 2 site ~over task -> twice?  over, at each site that had it: the last first
//   b 3 home lease_until task  open, called for by another site under a lease
// Integers are big-endian, "~" means descending. Pure.
#pragma once

#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"

namespace opora::protocol {

// Long enough to read, dial, wait and talk; a desk that forgot about it blocks nobody longer.
inline constexpr std::int64_t kCallBackClaimMs = 10 * 60'000;
// What a telephone system tells of only after a day is history: nobody is called for it.
inline constexpr std::int64_t kLostForMs = 24 * 3'600'000LL;
// So often it may go to another site and come back.
inline constexpr std::uint32_t kMaxCallBackTerms = 200;
// Late calls that are kept; more of one task are counted.
inline constexpr std::size_t kMaxLateCalls = 8;

// What a site has set.
struct CallBackRule {
  std::uint16_t from_min = 8 * 60;  // nobody is called before and after, local time
  std::uint16_t to_min = 20 * 60;
  std::uint8_t attempts = 3;
  std::int64_t retry_ms = 15 * 60'000;
  bool operator==(const CallBackRule&) const = default;
};
inline constexpr std::uint8_t kMaxCallBackAttempts = 20;
// The first moment from `at` on in which people are called.
TimeMs in_hours(const CallBackRule& rule, TimeMs at, const ZoneOffset& zone);

// ---- What a state says

SiteNo owner_of(const CallBackState& task);
OwnerTerm current_term(const CallBackState& task);
// Nothing at home, and where there is no such task.
std::optional<TimeMs> lease_until(const CallBackState& task);
bool is_open(const CallBackState& task);
// Why it is over; kNone: it is not.
CallBackEnd end_of(const CallBackState& task);
// This site's to call, now, and nobody does.
bool is_due(const Entity& task, const DecideContext& context);
// Two desks have called, one of them out of its turn: both are told.
bool called_twice(const CallBackState& task);
// By whom it is taken up now; empty: by nobody.
const std::string& claimed_by(const CallBackState& task, TimeMs now);

AggregateId call_back_aggregate(SiteNo site, const AggregateId& call);

// ---- Decisions. kNotFound "id"; kConflict "state" (over), "owner" (another site's).

struct LostCall {
  AggregateId call;
  TimeMs at;
  DeskNo desk;
  std::string line;
  std::string phone;
  QueuePlace place{};
  JourneyId journey{};
};
// A task of its own, or one more lost call of the one that is open.
Draft lost_call(const LostCall& lost, const CallBackRule& rule, const DecideContext& context);
Draft lost_again(const AggregateId& task, const LostCall& lost);
// Somebody talked with him: anybody who knows of the task says so.
Draft met(const AggregateId& task, const AggregateId& call, CallBackEnd how);

struct ClaimCallBack {
  std::string by;
};
// Also kConflict "claim" (another desk has taken it up), "again_at" (not yet), "lease" (it runs
// out).
Result<Drafts> decide(const ClaimCallBack& command, const Entity& task,
                      const DecideContext& context);

// Who says it: the desk that took it up, or the telephone system.
enum class SaidBy : std::uint8_t { kDesk, kSystem };
struct TryCallBack {
  CallBackResult result = CallBackResult::kNoAnswer;
  std::string by;
  SaidBy said = SaidBy::kDesk;
};
// Also kConflict "claim": a desk speaks of what it has taken up. Of what is another site's since
// then it is a late word: no effect, kept and told to both; that he was reached ends it
// nonetheless.
Result<Drafts> decide(const TryCallBack& command, const CallBackRule& rule, const Entity& task,
                      const DecideContext& context);

// By the site that lost the call. A lease is as long as one of a ticket (ownership.h).
struct RouteCallBack {
  SiteNo to;
  std::int64_t lease_ms = 0;
};
// Also kInvalid "to", "lease"; kConflict "claim".
Result<Drafts> decide(const RouteCallBack& command, const Entity& task,
                      const DecideContext& context);
struct TakeCallBackHome {};
// Also kConflict "lease": it runs.
Result<Drafts> decide(const TakeCallBackHome& command, const Entity& task,
                      const DecideContext& context);

void add_call_back_rows(Facets& out, const AggregateId& id, const CallBackState& task);

namespace keys {
enum class CallBackRows : std::uint8_t { kOpen = 1, kOver = 2, kLent = 3 };
Bytes call_backs(CallBackRows which, SiteNo site);
// Of kOpen and kLent, the first row that is later than `at`.
Bytes call_backs_after(CallBackRows which, SiteNo site, TimeMs at);
// Of kOver, the first row that was over at `since` already.
Bytes call_backs_before(SiteNo site, TimeMs since);
}  // namespace keys

}  // namespace opora::protocol
