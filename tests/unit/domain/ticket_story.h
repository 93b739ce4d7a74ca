// Words for tests of a ticket's life: a story opens a ticket, acts on it as its owner, hands it
// over, lets time pass. Every event is decided, folded and kept, as at a site.
#pragma once

#include <algorithm>

#include <gtest/gtest.h>

#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_times.h"
#include "tests/unit/domain/calendars.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol::testing {

inline constexpr SiteNo kWest{17};  // three hours east of Greenwich
inline constexpr SiteNo kFarEast{31};
inline constexpr int kWestMin = 180;
inline constexpr int kFarEastMin = 600;
inline int east_of(SiteNo site) { return site == kWest ? kWestMin : kFarEastMin; }

inline CalendarState calendar(std::string id, WorkCalendar hours) {
  CalendarState out;
  out.seq = OwnerSeq{5};
  out.facts.id = std::move(id);
  out.facts.hours = std::move(hours);  // in the zone of the place that holds the ticket
  return out;
}

inline QueueState queue(std::string id, std::uint8_t line, std::string calendar) {
  QueueState out;
  out.seq = OwnerSeq{3};
  out.facts.id = std::move(id);
  out.facts.line = line;
  out.facts.calendar = std::move(calendar);
  for (std::size_t i = 0; i < kUrgencies; ++i)
    out.facts.norms[i] = default_norms(static_cast<Urgency>(i + 1));
  out.facts.reactions = {{"доступ", {30, NormUnit::kHours, Running::kWorkingTime}},
                         {"", {120, NormUnit::kHours, Running::kWorkingTime}}};
  return out;
}

inline ProductionYearState published(std::uint16_t year, ProductionCalendar days) {
  ProductionYearState out;
  out.seq = OwnerSeq{1};
  out.facts.year = year;
  out.facts.days = std::move(days);
  return out;
}

// A10: line 1 works 7–18, line 2 with a break for lunch, line 3 daily 8–20. Line 2 has a second
// queue.
inline Timetable::Parts three_lines() {
  Timetable::Parts out;
  out.queues = {queue("first", 1, "seven-to-six"), queue("second", 2, "with-lunch"),
                queue("second-too", 2, "daily"), queue("third", 3, "daily")};
  out.calendars = {calendar("seven-to-six", seven_to_six()), calendar("with-lunch", with_lunch()),
                   calendar("daily", daily())};
  out.published = {published(2025, russia())};
  out.zones_of_sites = {{kWest, "west"}, {kFarEast, "east"}};
  out.home = east(kWestMin);
  out.zones = [](const std::string& name) {
    return std::optional(east(name == "west" ? kWestMin : kFarEastMin));
  };
  return out;
}

inline RubricatorState two_topics() {
  RubricatorState out;
  out.version = 7;
  out.topics = {{"printer", "печать", "", "Принтер"}, {"password", "доступ", "", "Пароль"}};
  return out;
}

class TicketStory {
 public:
  explicit TicketStory(TimeMs now, Timetable::Parts parts = three_lines())
      : now_(now), timetable_(std::move(parts)) {}

  void open(Urgency urgency, std::string topic = "printer",
            std::optional<TimeMs> occurred_at = std::nullopt,
            ContactKind kind = ContactKind::kNone) {
    RegisterContact contact;
    contact.asking.kind = kind;
    if (kind == ContactKind::kWaitingList)
      contact.waits_for = TicketWaitsFor{Speciality::kTherapist, {}};
    contact.occurred_at = occurred_at;
    open(urgency, std::move(topic), std::move(contact));
  }
  // By somebody who can be written to (A15).
  void open_with_mail() {
    RegisterContact contact;
    contact.personal[PersonalField::kMail] = "ivanova@clinic.example";
    open(Urgency::kHigh, "printer", std::move(contact));
  }
  void open(Urgency urgency, std::string topic, RegisterContact contact) {
    contact.topic = std::move(topic);
    contact.outcome = Outcome::kTicket;
    contact.urgency = urgency;
    contact.personal[PersonalField::kSummary] = "не работает";
    const RubricatorState topics = two_topics();
    const auto registered = decide(contact, &topics, nullptr, 1, context());
    ASSERT_TRUE(registered.ok()) << registered.error().message;
    entity_ = {Kind::kTicket, registered->ticket, {}, {}};
    Draft opening = registered->drafts[1];
    // Who left no address is told of nothing, so that such a story has no moments but the ticket's.
    if (!contact.personal.contains(PersonalField::kMail))
      std::get<TicketOpened>(opening.facts).telling = TellRule::kNobody;
    say(opening, owner_);
    if (contact.waits_for) say(registered->drafts[2], owner_);
  }
  // What the rules say; the ticket is as it was.
  Result<Drafts> ask(const TicketAction& action) const {
    const RubricatorState topics = two_topics();
    return decide(action, entity_, context(), &topics);
  }
  bool act(const TicketAction& action) {
    const auto drafts = ask(action);
    if (drafts.ok()) say(drafts->front(), owner_);
    return drafts.ok();
  }
  // What came of telling the applicant; the path of the refusal, empty: it is said.
  std::string tell(const TellApplicant& told) {
    const auto drafts = decide(told, entity_, context());
    if (!drafts.ok()) return drafts.error().path;
    say(drafts->front(), owner_);
    return "";
  }
  // The path of the refusal; empty: it is possible.
  std::string refused(const TicketAction& action) const {
    const auto drafts = ask(action);
    return drafts.ok() ? "" : drafts.error().path;
  }
  // Everything that the owner has to say by itself by now.
  std::size_t moments_pass(ClockTrust trust = ClockTrust::kConfirmed) {
    std::size_t said = 0;
    for (Drafts drafts = decide_moment(entity_, trust, context()); !drafts.empty();
         drafts = decide_moment(entity_, trust, context()), ++said)
      say(drafts.front(), owner_);
    return said;
  }
  // True when there was something to say.
  bool retime() {
    const Drafts drafts = decide_times(entity_, context());
    if (!drafts.empty()) say(drafts.front(), owner_);
    return !drafts.empty();
  }
  void hand_over(SiteNo to) {
    Draft draft;
    draft.aggregate = entity_.id;
    draft.term = OwnerTerm{current_term(ticket()).v + 1};
    draft.seq = OwnerSeq{1};
    draft.facts = TicketOwnerChanged{to, owner_, n_, OwnerCause::kAccepted, 0};
    say(draft, kHubSite);
    owner_ = to;
  }
  // Before it is opened: where that happens.
  void begins_at(SiteNo to) { owner_ = to; }
  // As the owner, or as another that thinks it is.
  void say(const Draft& draft) { say(draft, owner_); }
  void publish(Timetable::Parts parts) { timetable_ = Timetable(std::move(parts)); }
  void pass_minutes(std::int64_t minutes) { now_ = now_ + minutes * kMinuteMs; }
  void go_to(TimeMs now) { now_ = now; }
  // Without such words the region is heard all the time.
  void cut_off_since(TimeMs heard) { heard_ = heard; }
  void was_cut_off(Silence silence) {
    heard_.reset();
    silent_ = silence;
  }

  // Who says what follows; without such words nobody.
  void speaks(AggregateId actor) { actor_ = actor; }

  const TicketState& ticket() const { return *entity_.as<TicketState>(); }
  const Entity& entity() const { return entity_; }
  const Timetable& timetable() const { return timetable_; }
  const std::vector<Event>& events() const { return events_; }
  SiteNo owner() const { return owner_; }
  TimeMs now() const { return now_; }
  DecideContext context() const {
    DecideContext out{owner_, now_, east(east_of(owner_)),
                      CommandId::from("0123456789abcdef").value_or(CommandId{})};
    out.times = &timetable_;
    out.region_heard = heard_.value_or(now_);
    out.region_silent = silent_;
    return out;
  }

  void say(const Draft& draft, SiteNo origin) {
    Event event;
    event.env.origin = origin;
    event.env.n = origin == kHubSite ? StreamPos{1} : StreamPos{++n_.v};
    event.env.hlt = Hlt{static_cast<std::uint64_t>(now_.v) << 16 | events_.size()};
    event.env.type = type_of(draft.facts);
    event.env.actor = actor_;
    event.env.aggregate = draft.aggregate;
    event.env.term = draft.term;
    event.env.seq = draft.seq;
    event.facts = draft.facts;
    events_.push_back(event);
    if (fold(entity_, event) == FoldResult::kFolded) return;
    auto history = events_;
    std::sort(history.begin(), history.end(), canonical_order);
    entity_ = refold(entity_, history);
  }

 private:
  TimeMs now_;
  Timetable timetable_;
  SiteNo owner_ = kWest;
  AggregateId actor_;
  StreamPos n_;
  std::optional<TimeMs> heard_;
  std::optional<Silence> silent_;
  Entity entity_;
  std::vector<Event> events_;
};

// ---- Actions

inline TicketAction action(TicketAction::What what, std::string text = "потому что") {
  TicketAction out;
  out.what = what;
  out.text = std::move(text);
  return out;
}
inline TicketAction assign(std::uint8_t line, std::string to = "petrov") {
  TicketAction out = action(TicketAction::What::kAssign);
  out.line = line;
  out.assignee = std::move(to);
  return out;
}
inline TicketAction start(std::string who = "petrov") {
  TicketAction out = action(TicketAction::What::kStart);
  out.assignee = std::move(who);
  return out;
}
// The same by, or to, somebody of this line by his roles (V3).
inline TicketAction of_line(std::uint8_t holder_line, TicketAction action) {
  action.holder_line = holder_line;
  return action;
}
inline TicketAction wait_for(WaitReason reason, std::optional<TimeMs> until = std::nullopt) {
  TicketAction out = action(TicketAction::What::kWait);
  out.wait = reason;
  out.until = until;
  return out;
}
inline TicketAction resume() { return action(TicketAction::What::kResume); }
inline TicketAction complete() { return action(TicketAction::What::kComplete); }
inline TicketAction reject() {
  TicketAction out = action(TicketAction::What::kReject);
  out.reason = RejectReason::kNotReproducible;
  return out;
}
inline TicketAction reopen() { return action(TicketAction::What::kReopen); }
inline TicketAction close_for_ever() { return action(TicketAction::What::kClose); }
// Of the same site, open, and there before any ticket of a story.
inline MergeTarget an_earlier_ticket(SiteNo owner = kWest) {
  AggregateId id;
  id.b.fill(7);
  return {id, Hlt{1}, owner, TicketStatus::kAssigned, 0};
}
inline TicketAction merge_into(const MergeTarget& into) {
  TicketAction out = action(TicketAction::What::kMerge, "");
  out.into = into;
  return out;
}
inline TicketAction unmerge() { return action(TicketAction::What::kUnmerge, ""); }
inline TicketAction item(TicketAction::What what, std::uint16_t no) {
  TicketAction out = action(what, "");
  out.item = no;
  return out;
}
inline TicketAction of_problem(AggregateId problem = AggregateId{{1}}) {
  TicketAction out = action(TicketAction::What::kLinkProblem, "");
  out.problem = problem;
  return out;
}
inline TicketAction reclassify(std::optional<Urgency> urgency, std::string topic = "") {
  TicketAction out = action(TicketAction::What::kReclassify);
  out.urgency = urgency;
  out.topic = std::move(topic);
  return out;
}

// As a place sees the ticket that hears of its events in this order.
inline Entity heard_in_order(const AggregateId& ticket, const std::vector<Event>& order) {
  Entity replica{Kind::kTicket, ticket, {}, {}};
  std::vector<Event> heard;
  for (const Event& event : order) {
    heard.push_back(event);
    if (fold(replica, event) == FoldResult::kFolded) continue;
    auto history = heard;
    std::sort(history.begin(), history.end(), canonical_order);
    replica = refold(replica, history);
  }
  return replica;
}

}  // namespace opora::protocol::testing
