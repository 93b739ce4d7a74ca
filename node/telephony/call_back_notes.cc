#include "node/telephony/call_back_notes.h"

#include <algorithm>

#include "node/telephony/call_journal.h"
#include "protocol/domain/phone.h"

namespace opora::telephony {

using protocol::CallBackEnd;
using protocol::CallBackState;
using protocol::CallClass;
using protocol::CallObserved;
using protocol::CallState;
using protocol::CallSummary;
using protocol::Direction;
using protocol::Draft;
using protocol::Entity;
using protocol::Kind;
using protocol::LostCall;
using protocol::PersonalField;

namespace {

// Of one number that calls again and again: the last ones say whether he was talked with.
constexpr std::size_t kLatestCalls = 20;

protocol::Event as_event(const Draft& draft, SiteNo site, Hlt at) {
  protocol::Event out;
  out.env.origin = site;
  out.env.n = StreamPos{1};
  out.env.hlt = at;
  out.env.type = protocol::type_of(draft.facts);
  out.env.aggregate = draft.aggregate;
  out.env.term = draft.term;
  out.env.seq = draft.seq;
  out.facts = draft.facts;
  out.personal = draft.personal;
  return out;
}

Hlt hlt_of(TimeMs at) { return Hlt{static_cast<std::uint64_t>(at.v) << 16}; }

const std::string& phone_of(const Entity& entity) {
  return entity.personal.text(PersonalField::kPhone);
}

CallSummary summary_of(const Entity& call) {
  const auto* state = call.as<CallState>();
  return state == nullptr ? CallSummary{} : protocol::summarize(*state);
}

// With a journey, so that a person there has answered.
bool went_over(const CallState& call, const CallSummary& summary) {
  return summary.call_class == CallClass::kHandedOver && !call.journey.is_zero();
}

}  // namespace

void CallBackNotes::wishes(LostCall wish) {
  if (protocol::phone_key(wish.phone).empty()) return;
  const AggregateId call = wish.call;
  wishes_.emplace(call, std::move(wish));
}

void CallBackNotes::note() {
  for (const Seen& seen : observed()) look_at(seen);
  // Of calls that no report counts: outside the hours, or too short.
  for (const auto& [call, wish] : wishes_) owed(wish);
  for (const Attempt& attempt : attempts_) attempted(attempt);
}

// The calls of which this decision tells, before it and after it, each once.
std::vector<CallBackNotes::Seen> CallBackNotes::observed() {
  std::vector<Seen> out;
  std::map<AggregateId, std::size_t> places;
  for (const Draft& draft : decision_.drafts()) {
    if (!std::holds_alternative<CallObserved>(draft.facts)) continue;
    const auto [place, fresh] = places.try_emplace(draft.aggregate, out.size());
    if (fresh) {
      const Entity& call = decision_.load(Kind::kCall, draft.aggregate);
      out.push_back({call, call});
    }
    static_cast<void>(protocol::fold(out[place->second].after,
                                     as_event(draft, context_.site, hlt_of(context_.now))));
  }
  return out;
}

void CallBackNotes::look_at(const Seen& seen) {
  const auto& call = *seen.after.as<CallState>();
  const CallSummary before = summary_of(seen.before);
  const CallSummary after = protocol::summarize(call);
  if (protocol::phone_key(phone_of(seen.after)).empty()) return;
  const bool was_there = seen.before.exists();
  if (after.answered() && !(was_there && before.answered())) return talked(seen.after, after);
  if (went_over(call, after) && !(was_there && went_over(*seen.before.as<CallState>(), before)))
    return answered_elsewhere(seen.after);
  if (call.direction == Direction::kIn) {
    const bool was_lost = was_there && before.call_class == CallClass::kLost;
    if (after.call_class == CallClass::kLost && !was_lost) lost(seen.after, after);
    return;
  }
  // Of our own calls the queue says more (tried).
  const bool ends_now = after.ended_at && !(was_there && before.ended_at);
  if (!ends_now || after.answered() || call.source == kCallSource) return;
  attempted({phone_of(seen.after), after.agent.empty() ? call.source : after.agent,
             protocol::CallBackResult::kNoAnswer});
}

void CallBackNotes::lost(const Entity& call, const CallSummary& summary) {
  if (elsewhere_.contains(call.id)) return;
  LostCall lost{call.id, summary.ended_at.value_or(summary.queued_at), summary.desk, summary.line,
                phone_of(call)};
  if (const auto wish = wishes_.find(call.id); wish != wishes_.end()) {
    lost.place = wish->second.place;
    lost.journey = wish->second.journey;
    wishes_.erase(wish);
  }
  owed(lost);
}

void CallBackNotes::owed(const LostCall& lost) {
  if (context_.now - lost.at > protocol::kLostForMs) return;
  const std::string key = protocol::phone_key(lost.phone);
  if (talked_since(key, lost.at)) return;
  if (Entity* task = open_of(key); task != nullptr) {
    return say(*task, protocol::lost_again(task->id, lost));
  }
  Draft draft = protocol::lost_call(lost, rule_, context_);
  Entity& task = tasks_[key];
  task = decision_.load(Kind::kCallBack, draft.aggregate);
  if (task.exists()) return;  // of this call already
  task.kind = Kind::kCallBack;
  task.id = draft.aggregate;
  say(task, std::move(draft));
}

void CallBackNotes::talked(const Entity& call, const CallSummary& summary) {
  Entity* task = open_of(protocol::phone_key(phone_of(call)));
  if (task == nullptr) return;
  // Told late: of a talk before the call that was lost.
  if (*summary.answered_at < task->as<CallBackState>()->lost_last) return;
  const bool out = call.as<CallState>()->direction == Direction::kOut;
  const CallBackEnd how = out ? CallBackEnd::kReached : CallBackEnd::kGotThrough;
  say(*task, protocol::met(task->id, call.id, how));
}

// Somebody talks with him at the other site: this one hears no more of it than that he went over.
void CallBackNotes::answered_elsewhere(const Entity& call) {
  Entity* task = open_of(protocol::phone_key(phone_of(call)));
  if (task == nullptr || context_.now < task->as<CallBackState>()->lost_last) return;
  say(*task, protocol::met(task->id, call.id, CallBackEnd::kGotThrough));
}

void CallBackNotes::attempted(const Attempt& attempt) {
  Entity* task = open_of(protocol::phone_key(attempt.phone));
  if (task == nullptr) return;
  auto drafts =
      protocol::decide(protocol::TryCallBack{attempt.result, attempt.by, protocol::SaidBy::kSystem},
                       rule_, *task, context_);
  if (drafts.ok()) say(*task, std::move(drafts->front()));
}

// Calls may be told of in any order.
bool CallBackNotes::talked_since(const std::string& key, TimeMs at) {
  bool found = false;
  std::size_t looked = 0;
  decision_.rows().scan_prefix(sync::Table::kIndex, protocol::keys::by_phone(key, Kind::kCall),
                               [&](std::string_view row, std::string_view) {
                                 const Entity& call =
                                     decision_.load(Kind::kCall, protocol::keys::id_of(row));
                                 const CallSummary summary = summary_of(call);
                                 if (!call.exists()) return ++looked < kLatestCalls;
                                 const bool over = went_over(*call.as<CallState>(), summary);
                                 const auto talked = over ? summary.ended_at : summary.answered_at;
                                 found = talked && *talked > at;
                                 return !found && ++looked < kLatestCalls;
                               });
  return found;
}

Entity* CallBackNotes::open_of(const std::string& key) {
  if (key.empty()) return nullptr;
  const auto known = tasks_.find(key);
  if (known != tasks_.end()) {
    const auto* state = known->second.as<CallBackState>();
    return state != nullptr && protocol::is_open(*state) ? &known->second : nullptr;
  }
  AggregateId found;
  decision_.rows().scan_prefix(
      sync::Table::kIndex, protocol::keys::by_phone(key, Kind::kCallBack),
      [&](std::string_view row, std::string_view) {
        const AggregateId id = protocol::keys::id_of(row);
        const auto* state = decision_.load(Kind::kCallBack, id).as<CallBackState>();
        const bool ours =
            state != nullptr && protocol::is_open(*state) &&
            (state->site == context_.site || protocol::owner_of(*state) == context_.site);
        if (ours) found = id;
        return !ours;
      });
  if (found.is_zero()) return nullptr;
  return &tasks_.emplace(key, decision_.load(Kind::kCallBack, found)).first->second;
}

void CallBackNotes::say(Entity& task, Draft draft) {
  const auto* state = task.as<CallBackState>();
  Hlt at = hlt_of(context_.now);
  if (state != nullptr) at = std::max({at, state->asked_last, state->met, state->ended});
  static_cast<void>(protocol::fold(task, as_event(draft, context_.site, Hlt{at.v + 1})));
  protocol::Drafts drafts;
  drafts.push_back(std::move(draft));
  decision_.emit(std::move(drafts));
}

}  // namespace opora::telephony
