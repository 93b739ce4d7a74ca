// Tickets that live by chance, in a region whose administrator changes calendars and norms, at
// places whose clocks are changed: the moments that their owners say, against a counter of minutes.
#include <algorithm>
#include <map>
#include <random>

#include "protocol/base/archive.h"
#include "tests/unit/domain/minutes.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

class RandomLives : public ::testing::TestWithParam<unsigned> {
 protected:
  // Where it was, and whether its clocks ran, from this minute on.
  struct Turn {
    TimeMs from;
    std::string queue;
    SiteNo site;
    bool runs = true;
  };
  RandomLives()
      : random_(GetParam()),
        began_(at("2025-04-20 00:00") + below(20'000) * kMinuteMs),
        zones_{{testing::kWest, testing::some_zone(random_, began_)},
               {testing::kFarEast, testing::some_zone(random_, began_)}},
        parts_(other_parts()),
        story_(began_, parts_) {}

  std::int64_t below(unsigned limit) { return testing::below(random_, limit); }

  // Calendars and norms of a region that its administrator changes: line 3 runs in a zone of its
  // own, the others in that of the place that holds the ticket.
  Timetable::Parts other_parts() {
    ++version_;
    const LocalDay near = local_day(began_, testing::east(180));
    Timetable::Parts out = testing::three_lines();
    for (CalendarState& calendar : out.calendars) {
      calendar.seq = OwnerSeq{version_};
      calendar.facts.hours = testing::some_calendar(random_, near);
    }
    out.calendars.back().facts.zone = "west";
    for (QueueState& queue : out.queues) {
      queue.seq = OwnerSeq{version_};
      for (Norms& norms : queue.facts.norms) norms = {some_norm(), some_norm()};
      for (Reaction& reaction : queue.facts.reactions) reaction.norm = some_norm();
    }
    out.published = {testing::published(2025, testing::some_production(random_, near))};
    out.published.front().seq = OwnerSeq{version_};
    out.zones = [this](const std::string& name) {
      return std::optional(zones_.at(name == "west" ? testing::kWest : testing::kFarEast).offset());
    };
    tables_.clear();
    return out;
  }
  Norm some_norm() {
    const bool days = below(3) == 0;
    const auto minutes = static_cast<std::uint32_t>(days ? 1'440 * (1 + below(5)) : 1 + below(900));
    return {minutes, days && below(2) == 0 ? NormUnit::kWeeks : NormUnit::kHours,
            below(3) == 0 ? Running::kRoundTheClock : Running::kWorkingTime};
  }

  TicketAction any_action() {
    const auto line = static_cast<std::uint8_t>(1 + below(3));
    const auto urgency = static_cast<Urgency>(1 + below(4));
    switch (below(10)) {
      case 0:
        return testing::of_line(static_cast<std::uint8_t>(below(4)),
                                testing::assign(line, below(2) == 0 ? "" : "petrov"));
      case 1:
        return testing::start(story_.ticket().assignee.empty() ? "ivanov"
                                                               : story_.ticket().assignee);
      case 2: return testing::wait_for(WaitReason::kInformation);
      case 3: return testing::resume();
      case 4: return testing::reclassify(urgency, below(2) == 0 ? "" : "password");
      case 5: return testing::complete();
      case 6: return testing::reopen();
      // Merged by mistake and taken back, its clocks ran on.
      case 7: return testing::merge_into(testing::an_earlier_ticket(story_.owner()));
      case 8: return testing::unmerge();
      default: return testing::start("ivanov");
    }
  }

  // By hand, from what was asked for and went well.
  void note(const TicketAction& done) {
    Turn turn = turns_.back();
    turn.from = story_.now();
    using What = TicketAction::What;
    const bool stops = done.what == What::kWait || done.what == What::kComplete;
    const bool goes_on = done.what == What::kResume || done.what == What::kReopen;
    if (stops || goes_on) turn.runs = goes_on;
    if (done.what == What::kAssign && line_of(turn.queue) != done.line)
      turn.queue = std::array{"first", "second", "third"}[done.line - 1];
    turns_.push_back(turn);
    note_reaction(done);
    if (done.urgency) urgency_ = *done.urgency;
    if (!done.topic.empty()) topic_ = done.topic;
  }
  // V3: a specialist has it, or line 1 what stays with it; whoever completes it has had it.
  void note_reaction(const TicketAction& done) {
    using What = TicketAction::What;
    const std::uint8_t line = line_of(turns_.back().queue);
    const bool loses = reacted_ && of_line_1_ && done.what == What::kAssign && line > 1;
    if (loses) reacted_.reset();
    const bool given = done.what == What::kAssign && !done.assignee.empty();
    if (done.what == What::kComplete) {
      if (!reacted_) reacted_ = story_.now();
      of_line_1_ = false;
    } else if (given || done.what == What::kStart) {
      const std::uint8_t holder = done.holder_line == 0 ? line : done.holder_line;
      const bool counts = holder > 1 || line == 1;
      if (counts && (!reacted_ || (of_line_1_ && holder > 1))) {
        reacted_ = story_.now();
        of_line_1_ = holder == 1;
      }
    }
  }
  static std::uint8_t line_of(const std::string& queue) {
    return queue == "first" ? 1 : queue == "third" ? 3 : 2;
  }

  void open() {
    urgency_ = static_cast<Urgency>(1 + below(4));
    received_ = began_ + -below(600) * kMinuteMs;
    story_.open(urgency_, topic_, received_);
    turns_.push_back({story_.now(), "first", testing::kWest});
  }

  void one_step() {
    story_.pass_minutes(below(2'000));
    const bool over = story_.ticket().closed.v != 0;
    switch (below(12)) {
      case 0:
      case 1:
        if (over) return;
        hand_over();
        break;
      case 2: story_.publish(parts_ = other_parts()); break;
      default:
        const TicketAction action = any_action();
        if (story_.act(action)) note(action);
        return;
    }
    story_.retime();  // nothing to say where no moment changes
  }
  void hand_over() {
    const SiteNo to = story_.owner() == testing::kWest ? testing::kFarEast : testing::kWest;
    story_.hand_over(to);
    story_.pass_minutes(below(600));  // up to its first word it is the sender's
    turns_.push_back({story_.now(), turns_.back().queue, to, turns_.back().runs});
  }

  // ---- What was raised by hand, counted

  const QueueChanged& facts_of(const std::string& queue) const {
    return std::ranges::find(parts_.queues, queue, [](const QueueState& q) { return q.facts.id; })
        ->facts;
  }
  const testing::MinuteTable& table(const std::string& queue, SiteNo site) {
    const auto found = tables_.find({queue, site});
    if (found != tables_.end()) return found->second;
    const CalendarChanged& calendar =
        std::ranges::find(parts_.calendars, facts_of(queue).calendar, [](const CalendarState& c) {
          return c.facts.id;
        })->facts;
    const testing::ZoneTable& zone = zones_.at(calendar.zone.empty() ? site : testing::kWest);
    return tables_
        .try_emplace({queue, site}, calendar.hours, days_of(parts_), zone, received_, counted_to())
        .first->second;
  }
  // Those of the year that was published; the others are as they were shipped.
  static ProductionCalendar days_of(const Timetable::Parts& parts) {
    return parts.published.front().facts.days;
  }
  TimeMs counted_to() const { return began_ + 60 * kDayMs; }

  // What happened from the end of a clock on is not of it.
  struct Clock {
    const char* name;
    TimeMs from;
    TimeMs end = kMaxEventTime;
  };
  template <class NormIn>
  void expect_counted(const Clock& clock, TimeMs due, double whole, NormIn norm_in) {
    std::size_t turn = 0;
    const auto share_of = [&](TimeMs t) {
      const auto next_is_on = [&] {
        return turns_[turn + 1].from <= t && turns_[turn + 1].from < clock.end;
      };
      while (turn + 1 < turns_.size() && next_is_on()) ++turn;
      const Turn& now = turns_[turn];
      return now.runs || t < turns_.front().from || t >= clock.end
                 ? table(now.queue, now.site).share(norm_in(facts_of(now.queue)), t)
                 : 0;
    };
    const auto said = due.v == 0 ? std::nullopt : std::optional(due);
    EXPECT_TRUE(testing::made_by(said, clock.from, counted_to(), whole, share_of))
        << clock.name << " at " << story_.now().v;
  }

  // The minute in which each norm is used up when nothing changes any more.
  void expect_moments_as_counted() {
    const auto completion = [this](const QueueChanged& queue) {
      return queue.norms[static_cast<std::size_t>(urgency_) - 1].completion;
    };
    const DueTimes& times = story_.ticket().times;
    expect_counted({"completion", began_}, times.completion_due, 1, completion);
    expect_counted({"its warning", began_}, times.completion_warn, 0.75, completion);
    const auto reaction = [this](const QueueChanged& queue) {
      return queue.reactions[topic_ == "password" ? 0 : 1].norm;
    };
    const Clock until_reacted{"reaction", began_, reacted_.value_or(kMaxEventTime)};
    expect_counted(until_reacted, times.reaction_due, 1, reaction);
    const auto registration = [this](const QueueChanged& queue) {
      return queue.norms[static_cast<std::size_t>(urgency_) - 1].registration;
    };
    expect_counted({"registration", received_, began_}, times.registration_due, 1, registration);
    EXPECT_EQ(story_.ticket().reacted_at, reacted_.value_or(TimeMs{}));
  }

  std::mt19937 random_;
  const TimeMs began_;
  const std::map<SiteNo, testing::ZoneTable> zones_;
  std::map<std::pair<std::string, SiteNo>, testing::MinuteTable> tables_;
  std::uint32_t version_ = 0;
  Timetable::Parts parts_;
  TicketStory story_;
  std::vector<Turn> turns_;
  Urgency urgency_{};
  std::string topic_ = "printer";
  TimeMs received_;
  std::optional<TimeMs> reacted_;
  bool of_line_1_ = false;
};

TEST_P(RandomLives, HaveTheMomentsOfACountOfMinutes) {
  open();
  expect_moments_as_counted();
  for (int i = 0; i < 25; ++i) {
    one_step();
    if (story_.ticket().closed.v == 0) expect_moments_as_counted();
    if (HasFailure()) return;
  }
}

// Whatever way the events come in, the moments are the same.
TEST_P(RandomLives, FoldAlikeInAnyOrderOfArrival) {
  open();
  for (int i = 0; i < 25; ++i) one_step();
  std::vector<Event> left = story_.events();
  std::shuffle(left.begin(), left.end(), random_);
  const Entity replica = testing::heard_in_order(story_.entity().id, left);
  EXPECT_EQ(to_row(*replica.as<TicketState>()), to_row(story_.ticket()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomLives, ::testing::Range(1u, 81u));

}  // namespace
}  // namespace opora::protocol
