#include "protocol/domain/fold_call_back.h"

#include <algorithm>
#include <tuple>

#include "protocol/domain/call_back.h"
#include "protocol/domain/ownership.h"

namespace opora::protocol {

namespace {

std::optional<SiteNo> owner_in(const CallBackState& s, OwnerTerm term) {
  if (term == kFirstTerm) return s.opened.v != 0 ? std::optional(s.site) : std::nullopt;
  const auto found = s.tenures.find(term);
  const bool stands = found != s.tenures.end() && s.opened.v != 0 && found->second.by == s.site;
  return stands ? std::optional(found->second.to) : std::nullopt;
}

Effect effect_of(const CallBackState& s, const Envelope& env) {
  const auto owner = owner_in(s, env.term);
  if (!owner) return Effect::kEarly;
  if (*owner != env.origin) return Effect::kLate;
  const auto next = s.tenures.find(OwnerTerm{env.term.v + 1});
  const bool ended = next != s.tenures.end() && next->second.by == s.site;
  return ended && env.n > next->second.valid_through ? Effect::kLate : Effect::kStands;
}

// Nothing in anybody's turn is folded yet.
bool untouched(const CallBackState& s) { return s.seq.v == 0 && s.late == 0 && s.early == 0; }

enum class Turn : std::uint8_t { kApply, kLeave, kRefold };

Turn turn(CallBackState& s, const Envelope& env) {
  const Effect effect = effect_of(s, env);
  StreamPos& last = s.last[env.origin];
  last = std::max(last, env.n);
  if (effect == Effect::kStands) {
    if (std::tie(env.term, env.seq) <= std::tie(s.term, s.seq)) return Turn::kRefold;
    s.term = env.term;
    s.seq = env.seq;
    return Turn::kApply;
  }
  ++(effect == Effect::kLate ? s.late : s.early);
  return Turn::kLeave;
}

bool was_called(CallBackResult result) { return result <= CallBackResult::kReached; }

// In any order of arrival the same: the latest word of the term's owner stands.
void note_word(CallBackState& s, const Envelope& env, std::string claimed_by) {
  if (owner_in(s, env.term) != env.origin) return;
  CallBackWord& word = s.words[env.term];
  if (env.seq > word.seq) word = {env.seq, std::move(claimed_by)};
}

void note_late(CallBackState& s, const Envelope& env, const CallBackTried& e) {
  const LateCall call{e.at, env.origin, e.by, e.result};
  const auto at = std::lower_bound(s.late_calls.begin(), s.late_calls.end(), call);
  s.late_calls.insert(at, call);
  if (s.late_calls.size() > kMaxLateCalls) s.late_calls.pop_back();
}

void note_lost(CallBackState& s, const Envelope& env, const CallBackAsked& e) {
  ++s.asked;
  if (env.hlt > s.asked_last) s.asked_last = env.hlt;
  s.lost_last = std::max(s.lost_last, e.lost_at);
  if (e.place.entered_at.v == 0) return;
  const auto order = [](const QueuePlace& p) {
    return std::tie(p.entered_at, p.queue, p.priority, p.skills);
  };
  if (s.place.entered_at.v == 0 || order(e.place) < order(s.place)) s.place = e.place;
}

}  // namespace

FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackOpened& e) {
  if (env.term != kFirstTerm || s.opened.v != 0 || !untouched(s)) return FoldResult::kRefold;
  s.term = env.term;
  s.seq = env.seq;
  s.site = env.origin;
  s.last[env.origin] = std::max(s.last[env.origin], env.n);
  s.opened = env.hlt;
  s.call = e.call;
  s.lost_at = e.lost_at;
  s.desk = e.desk;
  s.line = e.line;
  s.zone_offset_min = e.zone_offset_min;
  s.again_at = e.again_at;
  s.limit = e.limit;
  s.journey = e.journey;
  note_lost(s, env, CallBackAsked{e.call, e.lost_at, e.place});
  return FoldResult::kFolded;
}

FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackAsked& e) {
  note_lost(s, env, e);
  return FoldResult::kFolded;
}

FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackClaimed& e) {
  const Turn what = turn(s, env);
  if (what == Turn::kRefold) return FoldResult::kRefold;
  note_word(s, env, e.by);
  if (what == Turn::kApply) s.claim = {e.by, env.term, e.at, e.until};
  return FoldResult::kFolded;
}

FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackTried& e) {
  const bool late = effect_of(s, env) == Effect::kLate;
  const Turn what = turn(s, env);
  if (what == Turn::kRefold) return FoldResult::kRefold;
  note_word(s, env, {});
  if (late && was_called(e.result)) note_late(s, env, e);
  if (what == Turn::kLeave) return FoldResult::kFolded;
  s.claim = {};
  if (e.again_at.v != 0) s.again_at = e.again_at;
  if (was_called(e.result)) {
    ++s.tried;
    const bool unanswered =
        e.result == CallBackResult::kNoAnswer || e.result == CallBackResult::kBusy;
    if (unanswered) ++s.unanswered;
    s.last_result = e.result;
    s.last_at = e.at;
    s.last_site = env.origin;
    s.last_by = e.by;
  }
  if (e.end == CallBackEnd::kNone) return FoldResult::kFolded;
  s.end = e.end;
  s.ended = env.hlt;
  return FoldResult::kFolded;
}

FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackMet& e) {
  const bool latest = std::tie(env.hlt, e.how) > std::tie(s.met, s.met_how);
  if (latest) {
    s.met = env.hlt;
    s.met_how = e.how;
  }
  return FoldResult::kFolded;
}

// What its terms mean is known before what was said in them: what came earlier is folded again when
// it means something else now. Two words on one term (a fork): the earlier stands.
FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackRouted& e) {
  if (env.term <= kFirstTerm || env.term.v > kMaxCallBackTerms) return FoldResult::kFolded;
  const CallBackTenure tenure{env.origin, e.to, e.until, e.valid_through, env.hlt};
  const auto [at, fresh] = s.tenures.try_emplace(env.term, tenure);
  const CallBackTenure& stands = at->second;
  if (!fresh) {
    const bool earlier = std::tie(env.hlt, env.origin) < std::tie(stands.said, stands.by);
    return earlier ? FoldResult::kRefold : FoldResult::kFolded;
  }
  if (untouched(s)) return FoldResult::kFolded;
  const auto before = owner_in(s, OwnerTerm{env.term.v - 1});
  const auto said = before ? s.last.find(*before) : s.last.end();
  const bool overtaken = said != s.last.end() && said->second > e.valid_through;
  return s.early > 0 || overtaken ? FoldResult::kRefold : FoldResult::kFolded;
}

}  // namespace opora::protocol
