// What every change of a ticket's state has in common: whose word counts, in which order, and the
// times that come with it. For folds only (fold_ticket.cc, fold_kinds.cc).
#pragma once

#include <algorithm>
#include <tuple>

#include "protocol/domain/ownership.h"

namespace opora::protocol {

// Every event of a site moves its receipt, with effect or without.
inline void note(TicketState& s, const Envelope& env) {
  StreamPos& last = s.last[env.origin];
  last = std::max(last, env.n);
}

inline void touch(TicketState& s, const Envelope& env) {
  s.updated = std::max(s.updated, env.hlt);
  note(s, env);
}

enum class Turn : std::uint8_t { kApply, kLeave, kRefold };

// Whether a change of state takes effect, and takes note of it.
inline Turn turn(TicketState& s, const Envelope& env) {
  switch (effect_of(s, env)) {
    case Effect::kEarly: ++s.early; return Turn::kLeave;
    case Effect::kLate:
      ++s.late;
      note(s, env);
      return Turn::kLeave;
    case Effect::kStands: break;
  }
  if (std::tie(env.term, env.seq) <= std::tie(s.term, s.seq)) return Turn::kRefold;
  s.term = env.term;
  s.seq = env.seq;
  touch(s, env);
  return Turn::kApply;
}

// A login is of the site that gave it: who had a ticket there has it no more when another answers
// for it, and nobody works on it until somebody there takes it.
void leave_behind(TicketState& s);

// The owners stand before what they said: whatever was said in an older term ends so.
template <class Apply>
FoldResult in_turn(TicketState& s, const Envelope& env, Apply apply) {
  const Turn what = turn(s, env);
  if (what == Turn::kRefold) return FoldResult::kRefold;
  if (what == Turn::kApply) apply();
  if (what == Turn::kApply && env.term < current_term(s)) leave_behind(s);
  return FoldResult::kFolded;
}

// Of the owner whose event it is; one that said no times leaves them as they were.
void take_times(TicketState& s, const Envelope& env, const DueTimes& times);

inline void react(TicketState& s, TimeMs at) {
  if (s.reacted_at.v == 0) s.reacted_at = at;
}

// What came of a house call or of waiting (H1, H2); none when it goes on.
void end_with(TicketState& s, TicketResult result);

}  // namespace opora::protocol
