#include <algorithm>
#include <tuple>

#include "protocol/domain/fold_turn.h"
#include "protocol/domain/links.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_times.h"

namespace opora::protocol {

namespace {

void drop_news(TicketState& s, NewsWhat what) {
  std::erase_if(s.news, [what](const TicketNews& one) { return one.what == what; });
}

void say_news(TicketState& s, const Envelope& env, NewsWhat what) {
  drop_news(s, what);
  s.news.push_back({what, env.hlt, env.actor});
  std::sort(s.news.begin(), s.news.end(),
            [](const TicketNews& a, const TicketNews& b) { return a.what < b.what; });
}

// What was told of a moment that now lies ahead, or nowhere, is to be told again.
void forget_told(TicketState& s, DueClock clock, Threshold threshold) {
  const TimeMs moment = moment_of(s, clock, threshold);
  if (moment.v != 0 && moment <= s.times.at) return;
  std::erase_if(s.told, [&](const Reached& told) {
    return told.clock == clock && told.threshold == threshold;
  });
}

void end_wait(TicketState& s, TimeMs at) {
  if (!s.waits.empty() && s.waits.back().to.v == 0) s.waits.back().to = at;
  s.session_at = {};
}

void pass_up(TicketState& s) {
  if (s.reacted_on_line_1) s.reacted_at = {};
  s.reacted_on_line_1 = false;
}

// V3: a specialist has it; line 1's own people as long as it stays with line 1. An event that does
// not say whose line it is (an older version's) is of somebody of the ticket's.
void take_reaction(TicketState& s, TimeMs at, std::uint8_t holder_line) {
  const std::uint8_t line = holder_line == 0 ? s.line : holder_line;
  if (line > 1) {
    pass_up(s);
    react(s, at);
  } else if (s.line == 1 && s.reacted_at.v == 0) {
    s.reacted_at = at;
    s.reacted_on_line_1 = true;
  }
}

void note_holder(TicketState& s, SiteNo site, const std::string& login) {
  const TicketHolder holder{site, login};
  if (std::find(s.holders.begin(), s.holders.end(), holder) != s.holders.end()) return;
  if (s.holders.size() == kMaxHolders) s.holders.erase(s.holders.begin());
  s.holders.push_back(holder);
}

// The end says all that came before it.
void tell_of_end(TicketState& s, const Envelope& env, const TellTimes& tell) {
  overtake(s, TellWhat::kRegistered);
  overtake(s, TellWhat::kAsked);
  const bool done = s.status == TicketStatus::kDone;
  must_tell(s, env, {done ? TellWhat::kDone : TellWhat::kRejected, s.finished_at, tell});
}

// What lies ahead again will ring again.
void take_tell_times(Telling& one, const TellTimes& times, TimeMs at) {
  if (times == TellTimes{}) return;
  one.times = times;
  if (times.warn > at) {
    one.rung.reset();
  } else if (one.rung && times.due > at) {
    one.rung->threshold = Threshold::kWarned;
  }
}

// What was to be told of the end of the ticket that it is merged into.
void forget_target(TicketState& s) {
  overtake(s, TellWhat::kDone);
  overtake(s, TellWhat::kRejected);
}

// Nothing but who owned it when is folded yet.
bool untouched(const TicketState& s) {
  return s.seq.v == 0 && s.late == 0 && s.early == 0 && s.comments == 0 && s.files == 0 &&
         s.answers.empty();
}

}  // namespace

void leave_behind(TicketState& s) {
  s.assignee.clear();
  drop_news(s, NewsWhat::kGiven);
  if (s.status == TicketStatus::kInWork) s.status = TicketStatus::kAssigned;
  if (s.before_merge == TicketStatus::kInWork) s.before_merge = TicketStatus::kAssigned;
}

void take_times(TicketState& s, const Envelope& env, const DueTimes& times) {
  if (times.at.v == 0) return;
  s.times = times;
  const auto holds_it = [&](const Stay& stay) {
    return stay.queue == times.queue && stay.site == env.origin;
  };
  if (s.stays.empty() || !holds_it(s.stays.back()))
    s.stays.push_back({times.at, times.queue, env.origin});
  for (const DueClock clock : kAllClocks) {
    for (const Threshold threshold : kThresholds) forget_told(s, clock, threshold);
  }
}

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
  take_times(s, env, e.times);
  s.telling = e.telling;
  s.language = e.language;
  if (e.telling == TellRule::kEverything)
    must_tell(s, env, {TellWhat::kRegistered, s.registered_at, e.tell});
  touch(s, env);
  return FoldResult::kFolded;
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketAssigned& e) {
  return in_turn(s, env, [&] {
    // Who waits for the applicant goes on waiting in other hands.
    if (s.status != TicketStatus::kWaiting) s.status = TicketStatus::kAssigned;
    if (e.line < s.line) say_news(s, env, NewsWhat::kPassedDown);
    if (e.line > 1) pass_up(s);
    s.line = e.line;
    if (e.assignee.empty()) {
      drop_news(s, NewsWhat::kGiven);
    } else {
      if (e.assignee != s.assignee) say_news(s, env, NewsWhat::kGiven);
      take_reaction(s, e.times.at, e.holder_line);
      note_holder(s, env.origin, e.assignee);
    }
    s.assignee = e.assignee;
    take_times(s, env, e.times);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketStarted& e) {
  return in_turn(s, env, [&] {
    s.status = TicketStatus::kInWork;
    s.assignee = e.assignee;
    take_reaction(s, e.times.at, e.holder_line);
    note_holder(s, env.origin, e.assignee);
    drop_news(s, NewsWhat::kGiven);
    take_times(s, env, e.times);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketPaused& e) {
  return in_turn(s, env, [&] {
    s.status = TicketStatus::kWaiting;
    end_wait(s, e.times.at);
    s.waits.push_back({e.times.at, {}, e.reason});
    s.session_at = e.until;
    take_times(s, env, e.times);
    must_tell(s, env, {TellWhat::kAsked, e.times.at, e.tell});
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketResumed& e) {
  return in_turn(s, env, [&] {
    s.status = s.assignee.empty() ? TicketStatus::kAssigned : TicketStatus::kInWork;
    end_wait(s, e.times.at);
    take_times(s, env, e.times);
    overtake(s, TellWhat::kAsked);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketReclassified& e) {
  return in_turn(s, env, [&] {
    s.urgency = e.urgency;
    s.topic = e.topic;
    s.catalogue_version = e.catalogue_version;
    s.category = e.category;
    take_times(s, env, e.times);
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
    end_with(s, TicketResult::kNone);
    ++s.reopened;
    drop_news(s, NewsWhat::kAnswered);
    say_news(s, env, NewsWhat::kReopened);
    take_times(s, env, e.times);
    overtake(s, TellWhat::kDone);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketFinished&) {
  return in_turn(s, env, [&] {
    s.status = TicketStatus::kClosed;
    s.reopen_until = {};
    s.news.clear();
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketRetimed& e) {
  return in_turn(s, env, [&] { take_times(s, env, e.times); });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketDueReached& e) {
  return in_turn(s, env, [&] {
    if (reached(s, e.clock, e.threshold) == nullptr)
      s.told.push_back({e.clock, e.threshold, e.moment, env.hlt, e.link, e.cut_since, e.region_at});
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketApplicantTold& e) {
  return in_turn(s, env, [&] {
    if (Telling* one = find_telling(s, e.term, e.seq)) {
      one->trouble = e.why;
      take_tell_times(*one, e.tell, env.hlt.time());
    }
    if (e.how == ToldHow::kToPhone) return;
    std::erase_if(s.tellings,
                  [&](const Telling& one) { return one.term == e.term && one.seq == e.seq; });
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketCallTried& e) {
  return in_turn(s, env, [&] {
    Telling* one = find_telling(s, e.term, e.seq);
    if (one == nullptr) return;
    ++one->calls;
    one->last_call = e.at;
    one->last_call_by = env.actor;
    one->call_again = e.again;
    take_tell_times(*one, e.tell, e.at);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketTellingDue& e) {
  return in_turn(s, env, [&] {
    Telling* one = find_telling(s, e.term, e.seq);
    if (one == nullptr || (one->rung && one->rung->threshold >= e.threshold)) return;
    one->rung = TellRung{e.threshold, e.moment, env.hlt, e.region_at};
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketTargetChanged& e) {
  return in_turn(s, env, [&] {
    if (s.status != TicketStatus::kMerged || s.merged_into != e.into) return;
    const bool same = s.target_end.ended == e.ended;
    s.target_end = {e.ended, e.status, e.reason, e.at, e.reopen_until};
    if (same) return;  // closed for ever: what was told stays true
    forget_target(s);
    if (e.ended.v == 0) return;
    overtake(s, TellWhat::kRegistered);
    overtake(s, TellWhat::kAsked);
    const bool rejected = e.status == TicketStatus::kRejected;
    must_tell(s, env, {rejected ? TellWhat::kRejected : TellWhat::kDone, e.at, e.tell});
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
    end_with(s, e.result);
    end_wait(s, s.finished_at);
    react(s, s.finished_at);
    s.reacted_on_line_1 = false;
    s.news.clear();
    say_news(s, env, NewsWhat::kAnswered);
    tell_of_end(s, env, e.tell);
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
    s.target_end = {};
    forget_target(s);
    s.undo_until = {};
    s.closed = {};
    s.finished_at = {};
    take_times(s, env, e.times);
  });
}

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketPartOf& e) {
  return in_turn(s, env, [&] {
    s.part_of = e.origin;
    s.registered_at = e.since;
    take_times(s, env, e.times);
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
