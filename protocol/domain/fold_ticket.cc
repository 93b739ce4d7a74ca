#include <algorithm>
#include <tuple>

#include "protocol/domain/links.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_times.h"

namespace opora::protocol {

namespace {

// Every event of a site moves its receipt, with effect or without.
void note(TicketState& s, const Envelope& env) {
  StreamPos& last = s.last[env.origin];
  last = std::max(last, env.n);
}

void touch(TicketState& s, const Envelope& env) {
  s.updated = std::max(s.updated, env.hlt);
  note(s, env);
}

enum class Turn : std::uint8_t { kApply, kLeave, kRefold };

// Whether a change of state takes effect, and takes note of it.
Turn turn(TicketState& s, const Envelope& env) {
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

template <class Apply>
FoldResult in_turn(TicketState& s, const Envelope& env, Apply apply) {
  const Turn what = turn(s, env);
  if (what == Turn::kRefold) return FoldResult::kRefold;
  if (what == Turn::kApply) apply();
  return FoldResult::kFolded;
}

// What was told of a moment that now lies ahead, or nowhere, is to be told again.
void forget_told(TicketState& s, DueClock clock, Threshold threshold) {
  const TimeMs moment = moment_of(s.times, clock, threshold);
  if (moment.v != 0 && moment <= s.times.at) return;
  std::erase_if(s.told, [&](const Reached& told) {
    return told.clock == clock && told.threshold == threshold;
  });
}

// An owner that said no times leaves them as they were.
void take_times(TicketState& s, const DueTimes& times) {
  if (times.at.v == 0) return;
  s.times = times;
  if (s.stays.empty() || s.stays.back().queue != times.queue)
    s.stays.push_back({times.at, times.queue});
  for (const DueClock clock : kDueClocks) {
    for (const Threshold threshold : kThresholds) forget_told(s, clock, threshold);
  }
}

void end_wait(TicketState& s, TimeMs at) {
  if (!s.waits.empty() && s.waits.back().to.v == 0) s.waits.back().to = at;
  s.session_at = {};
}

void react(TicketState& s, TimeMs at) {
  if (s.reacted_at.v == 0) s.reacted_at = at;
}

// The end says all that came before it.
void tell_of_end(TicketState& s, const Envelope& env) {
  overtake(s, TellWhat::kRegistered);
  overtake(s, TellWhat::kAsked);
  const bool done = s.status == TicketStatus::kDone;
  must_tell(s, env, done ? TellWhat::kDone : TellWhat::kRejected, s.finished_at);
}

// Nothing but who owned it when is folded yet.
bool untouched(const TicketState& s) {
  return s.seq.v == 0 && s.late == 0 && s.early == 0 && s.comments == 0 && s.files == 0 &&
         s.answers.empty();
}

}  // namespace

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOpened& e) {
  // What overtook it did not know the first owner.
  if (!untouched(s)) return FoldResult::kRefold;
  s.term = env.term;
  s.seq = env.seq;
  s.site = e.site;
  s.counter = e.counter;
  s.contact = e.contact;
  s.opened_by = env.actor;
  s.urgency = e.urgency;
  s.line = e.line;
  s.topic = e.topic;
  s.catalogue_version = e.catalogue_version;
  s.facility = e.facility;
  s.desk = e.desk;
  s.received_at = e.received_at;
  s.opened = env.hlt;
  s.zone_offset_min = e.zone_offset_min;
  s.category = e.category;
  s.asking = e.asking;
  s.registered_at = e.times.at.v == 0 ? e.received_at : e.times.at;
  take_times(s, e.times);
  s.telling = e.telling;
  s.language = e.language;
  if (e.telling == TellRule::kEverything) must_tell(s, env, TellWhat::kRegistered, s.registered_at);
  touch(s, env);
  return FoldResult::kFolded;
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketAssigned& e) {
  return in_turn(s, env, [&] {
    // Who waits for the applicant goes on waiting in other hands.
    if (s.status != TicketStatus::kWaiting) s.status = TicketStatus::kAssigned;
    s.line = e.line;
    s.assignee = e.assignee;
    if (!e.assignee.empty()) react(s, e.times.at);
    take_times(s, e.times);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketStarted& e) {
  return in_turn(s, env, [&] {
    s.status = TicketStatus::kInWork;
    s.assignee = e.assignee;
    react(s, e.times.at);
    take_times(s, e.times);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketPaused& e) {
  return in_turn(s, env, [&] {
    s.status = TicketStatus::kWaiting;
    end_wait(s, e.times.at);
    s.waits.push_back({e.times.at, {}, e.reason});
    s.session_at = e.until;
    take_times(s, e.times);
    must_tell(s, env, TellWhat::kAsked, e.times.at);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketResumed& e) {
  return in_turn(s, env, [&] {
    s.status = TicketStatus::kInWork;
    end_wait(s, e.times.at);
    take_times(s, e.times);
    overtake(s, TellWhat::kAsked);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketReclassified& e) {
  return in_turn(s, env, [&] {
    s.urgency = e.urgency;
    s.topic = e.topic;
    s.catalogue_version = e.catalogue_version;
    s.category = e.category;
    take_times(s, e.times);
  });
}

// Between done and reopened nobody worked on it: the clocks stood.
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketReopened& e) {
  return in_turn(s, env, [&] {
    s.status = TicketStatus::kAssigned;
    s.waits.push_back({s.finished_at, e.times.at, WaitReason::kNone});
    s.closed = {};
    s.finished_at = {};
    s.reopen_until = {};
    ++s.reopened;
    take_times(s, e.times);
    overtake(s, TellWhat::kDone);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketFinished&) {
  return in_turn(s, env, [&] {
    s.status = TicketStatus::kClosed;
    s.reopen_until = {};
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketRetimed& e) {
  return in_turn(s, env, [&] { take_times(s, e.times); });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketDueReached& e) {
  return in_turn(s, env, [&] {
    if (reached(s, e.clock, e.threshold) == nullptr)
      s.told.push_back({e.clock, e.threshold, e.moment, env.hlt, e.link, e.cut_since});
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketApplicantTold& e) {
  return in_turn(s, env, [&] {
    for (Telling& one : s.tellings) {
      if (one.term == e.term && one.seq == e.seq) one.trouble = e.why;
    }
    if (e.how == ToldHow::kToPhone) return;
    std::erase_if(s.tellings,
                  [&](const Telling& one) { return one.term == e.term && one.seq == e.seq; });
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketCommented&) {
  ++s.comments;
  touch(s, env);
  return FoldResult::kFolded;
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketAttached&) {
  ++s.files;
  touch(s, env);
  return FoldResult::kFolded;
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketClosed& e) {
  return in_turn(s, env, [&] {
    s.status = e.status;
    s.reject_reason = e.reason;
    s.closed = env.hlt;
    s.offer = {};
    s.finished_at = e.at.v == 0 ? env.hlt.time() : e.at;
    s.reopen_until = e.reopen_until;
    end_wait(s, s.finished_at);
    react(s, s.finished_at);
    tell_of_end(s, env);
  });
}

// Nobody answers to the applicant of a duplicate apart: the clocks that ran are not stopped by it,
// and what was paused is paused when it is taken back.
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketMerged& e) {
  return in_turn(s, env, [&] {
    const bool later = std::tie(e.into_opened, e.into) < std::tie(s.opened, env.aggregate);
    if (s.closed.v != 0 || !later) return;
    s.before_merge = s.status;
    s.status = TicketStatus::kMerged;
    s.merged_into = e.into;
    s.undo_until = e.undo_until;
    s.closed = env.hlt;
    s.finished_at = e.at;
    s.offer = {};
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketUnmerged& e) {
  return in_turn(s, env, [&] {
    if (s.status != TicketStatus::kMerged) return;
    s.status = s.before_merge;
    s.merged_into = {};
    s.undo_until = {};
    s.closed = {};
    s.finished_at = {};
    take_times(s, e.times);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketPartOf& e) {
  return in_turn(s, env, [&] {
    s.part_of = e.origin;
    s.registered_at = e.since;
    take_times(s, e.times);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketItemChanged& e) {
  return in_turn(s, env, [&] {
    const auto found = std::find_if(s.items.begin(), s.items.end(),
                                    [&](const auto& one) { return one.item == e.item; });
    if (e.change == ItemChange::kAdded) {
      if (e.item <= s.items_added || s.items.size() >= kMaxItemsKept) return;
      s.items_added = e.item;
      s.items.push_back({e.item, env.hlt, env.actor, false, {}, {}});
    } else if (found != s.items.end() && e.change == ItemChange::kRemoved) {
      s.items.erase(found);
    } else if (found != s.items.end()) {
      found->ticked = e.change == ItemChange::kTicked;
      found->changed = env.hlt;
      found->changed_by = env.actor;
    }
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOfProblem& e) {
  return in_turn(s, env, [&] { s.problem = e.problem; });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOffered& e) {
  return in_turn(s, env, [&] { s.offer = {env.term, env.seq, e.to, e.until, env.actor, env.hlt}; });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOfferCancelled& e) {
  return in_turn(s, env, [&] {
    if (s.offer.term == env.term && s.offer.seq == e.offer) s.offer = {};
  });
}

// A set: one answer a site and offer, of two (a restored site) the earlier.
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOfferAnswered& e) {
  const OfferAnswer told{e.term, e.offer, env.origin, e.reply, env.hlt, env.actor};
  const auto place = [](const OfferAnswer& a) { return std::tie(a.term, a.offer, a.site); };
  const auto it =
      std::lower_bound(s.answers.begin(), s.answers.end(), told,
                       [&](const auto& a, const auto& b) { return place(a) < place(b); });
  if (it == s.answers.end() || place(*it) != place(told)) {
    s.answers.insert(it, told);
  } else if (told.at < it->at) {
    *it = told;
  }
  touch(s, env);
  return FoldResult::kFolded;
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOwnerChanged& e) {
  // What is folded already was worth something else before this was known.
  if (!untouched(s)) return FoldResult::kRefold;
  const bool of_region = env.origin == kHubSite && env.term > kFirstTerm;
  if (of_region) {
    s.tenures.try_emplace(
        env.term, Tenure{e.to, e.from, e.valid_through, e.cause, e.lease_ms, env.hlt, env.actor});
    touch(s, env);
  }
  return FoldResult::kFolded;
}

}  // namespace opora::protocol
