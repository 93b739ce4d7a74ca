#include "protocol/domain/call_back.h"

#include <algorithm>
#include <set>

#include "protocol/base/hash.h"
#include "protocol/domain/ownership.h"

namespace opora::protocol {

namespace {

Error conflict(const char* path, const char* message) {
  return Error{Code::kConflict, path, message};
}

const CallBackState* known(const Entity& task) {
  const auto* state = task.as<CallBackState>();
  return state != nullptr && state->opened.v != 0 && !task.erased ? state : nullptr;
}

// The task, when it is open and this site's to call.
Result<const CallBackState*> ours(const Entity& task, const DecideContext& context) {
  const CallBackState* state = known(task);
  if (state == nullptr) return Error{Code::kNotFound, "id", "no such call back here"};
  if (!is_open(*state)) return conflict("state", "nobody is to be called any more");
  if (owner_of(*state) != context.site) return conflict("owner", "another site calls him");
  return state;
}

// The next word of whoever owns it.
Draft in_turn(const Entity& task, Facts facts) {
  const auto& state = *task.as<CallBackState>();
  const OwnerTerm term = current_term(state);
  Draft draft;
  draft.aggregate = task.id;
  draft.term = term;
  // The word that began the term is its first.
  draft.seq = OwnerSeq{state.term == term ? state.seq.v + 1 : 2};
  draft.facts = std::move(facts);
  return draft;
}

// The word that begins the next term.
Result<Drafts> next_term(const Entity& task, CallBackRouted facts) {
  const auto& state = *task.as<CallBackState>();
  const OwnerTerm term{current_term(state).v + 1};
  if (term.v > kMaxCallBackTerms) return conflict("to", "it has changed hands too often");
  const auto last = state.last.find(owner_of(state));
  if (last != state.last.end()) facts.valid_through = last->second;
  Draft draft;
  draft.aggregate = task.id;
  draft.term = term;
  draft.seq = OwnerSeq{1};
  draft.facts = facts;
  return Drafts{std::move(draft)};
}

CallBackEnd end_with(const TryCallBack& command, const CallBackState& state) {
  switch (command.result) {
    case CallBackResult::kReached: return CallBackEnd::kReached;
    case CallBackResult::kWrongNumber: return CallBackEnd::kWrongNumber;
    case CallBackResult::kNotNeeded: return CallBackEnd::kNotNeeded;
    case CallBackResult::kNoAnswer:
    case CallBackResult::kBusy:
      return state.unanswered + 1 >= state.limit ? CallBackEnd::kNotReached : CallBackEnd::kNone;
    case CallBackResult::kReleased: break;
  }
  return CallBackEnd::kNone;
}

// Whose it was in that term; kHubSite: nobody's.
SiteNo owner_in(const CallBackState& state, OwnerTerm term) {
  if (term == kFirstTerm) return state.site;
  const auto found = state.tenures.find(term);
  const bool stands = found != state.tenures.end() && found->second.by == state.site;
  return stands ? found->second.to : kHubSite;
}

// The last term in which it was this site's, and is no longer.
std::optional<OwnerTerm> lost_term(const CallBackState& state, SiteNo here) {
  for (OwnerTerm term = current_term(state); term > kFirstTerm;) {
    term = OwnerTerm{term.v - 1};
    if (owner_in(state, term) == here) return term;
  }
  return std::nullopt;
}

// What a desk says that took him up here before he was another site's to call, also behind a cut:
// without effect, once, and kept.
std::optional<Drafts> said_late(const TryCallBack& command, const Entity& task, SiteNo here) {
  const CallBackState* state = known(task);
  const bool called = command.result <= CallBackResult::kReached;
  if (state == nullptr || command.said != SaidBy::kDesk || !called) return std::nullopt;
  if (owner_of(*state) == here) return std::nullopt;
  const auto term = lost_term(*state, here);
  if (!term) return std::nullopt;
  const auto word = state->words.find(*term);
  if (word == state->words.end() || word->second.claimed_by != command.by) return std::nullopt;
  Draft late;
  late.aggregate = task.id;
  late.term = *term;
  late.seq = OwnerSeq{word->second.seq.v + 1};
  return Drafts{std::move(late)};
}

bool is_unanswered(CallBackResult result) {
  return result == CallBackResult::kNoAnswer || result == CallBackResult::kBusy;
}

void add_row(Facets& out, KeyWriter key, const AggregateId& id, Bytes value = {}) {
  out.index.push_back({key.raw(id.view()).take(), std::move(value)});
}

KeyWriter key_of(keys::CallBackRows which, SiteNo site) {
  KeyWriter key;
  key.u8('b').u8(static_cast<std::uint8_t>(which)).u32(site.v);
  return key;
}

}  // namespace

namespace keys {

Bytes call_backs(CallBackRows which, SiteNo site) { return key_of(which, site).take(); }

Bytes call_backs_after(CallBackRows which, SiteNo site, TimeMs at) {
  return key_of(which, site).i64(at.v + 1).take();
}

Bytes call_backs_before(SiteNo site, TimeMs since) {
  const Hlt at{static_cast<std::uint64_t>(since.v) << 16};
  return key_of(CallBackRows::kOver, site).u64(descending(at.v)).take();
}

}  // namespace keys

TimeMs in_hours(const CallBackRule& rule, TimeMs at, const ZoneOffset& zone) {
  const LocalDay today = local_day(at, zone);
  const auto moment = [&](LocalDay day, std::uint16_t minute) {
    return utc_of(LocalMs{std::int64_t{day.v} * kDayMs + minute * kMinuteMs}, zone);
  };
  if (at < moment(today, rule.from_min)) return moment(today, rule.from_min);
  if (at < moment(today, rule.to_min)) return at;
  return moment(next(today), rule.from_min);
}

OwnerTerm current_term(const CallBackState& task) {
  OwnerTerm term = kFirstTerm;
  for (const auto& [no, tenure] : task.tenures)
    if (tenure.by == task.site) term = no;
  return term;
}

SiteNo owner_of(const CallBackState& task) {
  const auto found = task.tenures.find(current_term(task));
  return found == task.tenures.end() ? task.site : found->second.to;
}

std::optional<TimeMs> lease_until(const CallBackState& task) {
  const auto found = task.tenures.find(current_term(task));
  if (found == task.tenures.end() || found->second.until.v == 0) return std::nullopt;
  return found->second.until;
}

bool is_open(const CallBackState& task) {
  return task.opened.v != 0 && std::max(task.ended, task.met) <= task.asked_last;
}

CallBackEnd end_of(const CallBackState& task) {
  if (task.opened.v == 0 || is_open(task)) return CallBackEnd::kNone;
  return task.ended > task.met ? task.end : task.met_how;
}

bool called_twice(const CallBackState& task) { return !task.late_calls.empty(); }

const std::string& claimed_by(const CallBackState& task, TimeMs now) {
  static const std::string kNobody;
  const bool stands = task.claim.term == current_term(task) && now < task.claim.until;
  return stands ? task.claim.by : kNobody;
}

bool is_due(const Entity& task, const DecideContext& context) {
  const auto found = ours(task, context);
  return found.ok() && (*found)->again_at <= context.now &&
         claimed_by(**found, context.now).empty();
}

AggregateId call_back_aggregate(SiteNo site, const AggregateId& call) {
  return id_from("call_back", {KeyWriter().u32(site.v).take(), call.view()});
}

Draft lost_call(const LostCall& lost, const CallBackRule& rule, const DecideContext& context) {
  Draft draft;
  draft.aggregate = call_back_aggregate(context.site, lost.call);
  draft.seq = OwnerSeq{1};
  draft.facts = CallBackOpened{lost.call,
                               lost.at,
                               lost.desk,
                               lost.line,
                               context.zone_offset(lost.at),
                               in_hours(rule, context.now, context.zone_offset),
                               rule.attempts,
                               lost.place,
                               lost.journey};
  draft.personal[PersonalField::kPhone] = lost.phone;
  return draft;
}

Draft lost_again(const AggregateId& task, const LostCall& lost) {
  Draft draft;
  draft.aggregate = task;
  draft.facts = CallBackAsked{lost.call, lost.at, lost.place};
  return draft;
}

Draft met(const AggregateId& task, const AggregateId& call, CallBackEnd how) {
  Draft draft;
  draft.aggregate = task;
  draft.facts = CallBackMet{call, how};
  return draft;
}

Result<Drafts> decide(const ClaimCallBack& command, const Entity& task,
                      const DecideContext& context) {
  if (command.by.empty()) return invalid("by", "required");
  const auto found = ours(task, context);
  if (!found.ok()) return found.error();
  const CallBackState& state = **found;
  const std::string& by = claimed_by(state, context.now);
  if (!by.empty() && by != command.by) return conflict("claim", "another desk calls him now");
  if (context.now < state.again_at) return conflict("again_at", "he is not to be called yet");
  TimeMs until = context.now + kCallBackClaimMs;
  if (const auto lease = lease_until(state)) {
    const TimeMs last = *lease + -kLeaseClockBoundMs;
    if (context.now >= last) return conflict("lease", "the time to call him is over here");
    until = std::min(until, last);
  }
  return Drafts{in_turn(task, CallBackClaimed{command.by, context.now, until})};
}

Result<Drafts> decide(const TryCallBack& command, const CallBackRule& rule, const Entity& task,
                      const DecideContext& context) {
  if (command.by.empty()) return invalid("by", "required");
  if (auto late = said_late(command, task, context.site)) {
    late->front().facts = CallBackTried{command.result, command.by, context.now, {}, {}};
    if (command.result == CallBackResult::kReached)
      late->push_back(met(task.id, task.as<CallBackState>()->call, CallBackEnd::kReached));
    return std::move(*late);
  }
  const auto found = ours(task, context);
  if (!found.ok()) return found.error();
  const CallBackState& state = **found;
  const bool mine = state.claim.term == current_term(state) && state.claim.by == command.by;
  if (command.said == SaidBy::kDesk && !mine) return conflict("claim", "not taken up by this desk");
  CallBackTried tried{command.result, command.by, context.now, {}, end_with(command, state)};
  // Whom the telephone system could not even call (no trunk) is not to be tried at once again.
  const bool put_off =
      command.result == CallBackResult::kReleased && command.said == SaidBy::kSystem;
  if ((is_unanswered(command.result) || put_off) && tried.end == CallBackEnd::kNone)
    tried.again_at = in_hours(rule, context.now + rule.retry_ms, context.zone_offset);
  return Drafts{in_turn(task, std::move(tried))};
}

Result<Drafts> decide(const RouteCallBack& command, const Entity& task,
                      const DecideContext& context) {
  const auto found = ours(task, context);
  if (!found.ok()) return found.error();
  const CallBackState& state = **found;
  if (state.site != context.site) return conflict("owner", "of the site that lost the call");
  if (command.to == kHubSite || command.to == context.site || command.to.v > kMaxSiteNo)
    return invalid("to", "another site");
  if (command.lease_ms < kMinLeaseMs || command.lease_ms > kMaxLeaseMs)
    return invalid("lease", "from five minutes to a day");
  if (!claimed_by(state, context.now).empty()) return conflict("claim", "a desk calls him now");
  return next_term(task, CallBackRouted{command.to, context.now + command.lease_ms});
}

Result<Drafts> decide(const TakeCallBackHome&, const Entity& task, const DecideContext& context) {
  const CallBackState* state = known(task);
  if (state == nullptr) return Error{Code::kNotFound, "id", "no such call back here"};
  if (!is_open(*state)) return conflict("state", "nobody is to be called any more");
  if (state->site != context.site) return conflict("owner", "of the site that lost the call");
  const auto lease = lease_until(*state);
  if (!lease) return conflict("owner", "it is here");
  // Whoever has it stops earlier by as much.
  if (context.now < *lease + kLeaseClockBoundMs) return conflict("lease", "another site calls him");
  return next_term(task, CallBackRouted{context.site});
}

void add_call_back_rows(Facets& out, const AggregateId& id, const CallBackState& task) {
  using keys::CallBackRows;
  const SiteNo owner = owner_of(task);
  if (is_open(task)) {
    add_row(out, key_of(CallBackRows::kOpen, owner).i64(task.again_at.v), id);
    if (const auto lease = lease_until(task))
      add_row(out, key_of(CallBackRows::kLent, task.site).i64(lease->v), id);
    return;
  }
  std::set<SiteNo> sites{task.site};
  for (const auto& [term, tenure] : task.tenures) sites.insert(tenure.to);
  const std::uint64_t over = keys::descending(std::max(task.ended, task.met).v);
  const Bytes twice = KeyWriter().u8(called_twice(task) ? 1 : 0).take();
  for (const SiteNo site : sites)
    add_row(out, key_of(CallBackRows::kOver, site).u64(over), id, twice);
}

}  // namespace opora::protocol
