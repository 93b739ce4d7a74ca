// By when a ticket must be given to a specialist and completed (A14, V3, V10), as its owner says it
// in each event: through pauses, moves, another urgency, another owner, another calendar; against a
// counter of minutes.
#include "protocol/domain/ticket_times.h"

#include <algorithm>
#include <map>
#include <random>

#include "protocol/base/archive.h"
#include "protocol/domain/texts.h"
#include "tests/unit/domain/minutes.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

TEST(TicketTimes, A14RegistrationRunsFromTheReceiptAndTheOthersFromTheRegistration) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh, "printer", at("2025-02-10 08:30"));
  const DueTimes& times = story.ticket().times;
  EXPECT_EQ(times.at, kMonday);
  EXPECT_EQ(times.registration_due, at("2025-02-10 09:30"));
  EXPECT_EQ(times.reaction_due, at("2025-02-10 11:00"));
  EXPECT_EQ(times.completion_due, at("2025-02-10 17:00"));
  EXPECT_EQ(times.completion_warn, at("2025-02-10 15:00"));
}

TEST(TicketTimes, NameTheVersionsThatTheyWereWorkedOutFrom) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const DueTimes& times = story.ticket().times;
  EXPECT_EQ(times.queue, "first");
  EXPECT_EQ(times.queue_version, 3u);
  EXPECT_EQ(times.calendar_version, 5u);
  EXPECT_EQ(times.production_version, 1u);
}

TEST(TicketTimes, V3ReactionGoesByTheKindOfTheTopic) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh, "password");
  EXPECT_EQ(story.ticket().times.reaction_due, at("2025-02-10 09:30"));
  EXPECT_TRUE(story.act(testing::reclassify(std::nullopt, "printer")));
  EXPECT_EQ(story.ticket().times.reaction_due, at("2025-02-10 11:00"));
}

TEST(TicketTimes, V3ASpecialistWhoHasItEndsTheReaction) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::assign(2, "")));
  EXPECT_EQ(story.ticket().reacted_at, TimeMs{}) << "a queue is nobody";
  story.pass_minutes(20);
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_EQ(story.ticket().reacted_at, story.now());
  const TimeMs due = story.ticket().times.reaction_due;
  story.pass_minutes(20);
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kLow, "password")));
  EXPECT_EQ(story.ticket().times.reaction_due, due) << "what was reached in time stays so";
}

TEST(TicketTimes, V10StandWhileTheApplicantIsWaitedForAndGoOnBehindIt) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start()));
  story.pass_minutes(60);
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(story.ticket().times.completion_due, TimeMs{}) << "nobody knows yet";
  EXPECT_EQ(story.ticket().waits.back().reason, WaitReason::kFiles);
  story.pass_minutes(45);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 17:45"));
}

TEST(TicketTimes, AnotherUrgencyCountsFromTheBeginningAndResetsNothing) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.pass_minutes(300);
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kCritical)));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 13:00")) << "late at once";
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kMedium)));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-15 09:00"));
}

TEST(TicketTimes, A9PassingOnKeepsTheClocks) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const DueTimes before = story.ticket().times;
  story.pass_minutes(120);
  EXPECT_TRUE(story.act(testing::assign(1, "sidorov")));
  EXPECT_EQ(story.ticket().times.completion_due, before.completion_due);
  EXPECT_TRUE(story.act(testing::assign(2, "petrov")));
  // Two of eight hours are used; six are left, with a lunch and the end of a day in them.
  EXPECT_EQ(story.ticket().times.queue, "second");
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 09:18"));
}

TEST(TicketTimes, AQueueOfTheSameLineMayBeNamed) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  TicketAction up = testing::assign(2);
  up.queue = "second-too";
  EXPECT_TRUE(story.act(up));
  EXPECT_EQ(story.ticket().times.queue, "second-too");
  EXPECT_TRUE(story.act(testing::assign(2, "sidorov")));
  EXPECT_EQ(story.ticket().times.queue, "second-too") << "it stays where it waits";
  up.queue = "third";
  EXPECT_EQ(story.refused(up), "queue");
  up.queue = "nowhere";
  EXPECT_EQ(story.refused(up), "queue");
}

TEST(TicketTimes, A17ReopenedGoesOnWhereItStoodWhenItWasDone) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.pass_minutes(120);
  EXPECT_TRUE(story.act(testing::complete()));
  story.go_to(at("2025-02-12 10:00"));
  EXPECT_TRUE(story.act(testing::reopen()));
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-12 16:00"));
  EXPECT_EQ(story.ticket().reopened, 1u);
  EXPECT_EQ(story.ticket().closed, Hlt{});
}

TEST(TicketTimes, A17TheApplicantHasUntilTheEndOfTheThirdWorkingDay) {
  TicketStory story(at("2025-04-29 16:00"));
  story.open(Urgency::kLow);
  EXPECT_TRUE(story.act(testing::complete()));
  // 30 April, 5 and 6 May.
  EXPECT_EQ(story.ticket().reopen_until, at("2025-05-07 00:00"));
  story.go_to(at("2025-05-06 23:59"));
  EXPECT_EQ(story.refused(testing::reopen()), "");
  story.go_to(at("2025-05-07 00:00"));
  EXPECT_EQ(story.refused(testing::reopen()), "reopen_until");
}

TEST(TicketTimes, ANewOwnerWorksThemOutInItsPlaceAndTheHandoverIsItsSenders) {
  TicketStory story(at("2025-02-10 16:00"));
  story.open(Urgency::kHigh);
  const TimeMs before = story.ticket().times.completion_due;
  story.pass_minutes(60);
  story.hand_over(testing::kFarEast);
  EXPECT_EQ(story.ticket().times.completion_due, before) << "until the new owner speaks";
  story.pass_minutes(5);
  EXPECT_TRUE(story.retime());
  // One hour was used; seven are left of the next day there.
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 14:00", testing::kFarEastMin));
  EXPECT_FALSE(story.retime()) << "said once";
}

TEST(TicketTimes, AreSaidAgainWhenACalendarIsAnother) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_FALSE(story.retime());
  auto parts = testing::three_lines();
  parts.calendars[0].seq = OwnerSeq{6};
  parts.calendars[0].facts.hours.own_days[testing::day("2025-02-10")] = {};
  story.publish(parts);
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 15:00"));
  EXPECT_EQ(story.ticket().times.calendar_version, 6u);
}

TEST(TicketTimes, ASiteWithoutQueuesSaysNoneUntilTheyCome) {
  auto parts = testing::three_lines();
  parts.queues.clear();
  TicketStory story(kMonday, parts);
  story.open(Urgency::kHigh);
  EXPECT_EQ(story.ticket().times.queue, "");
  EXPECT_EQ(story.ticket().times.completion_due, TimeMs{});
  story.pass_minutes(30);
  EXPECT_FALSE(story.retime());
  story.publish(testing::three_lines());
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 17:00")) << "from the beginning";
}

TEST(TicketTimes, AClockThatWasSetBackDoesNotGoBehindWhatWasSaid) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start()));
  story.pass_minutes(60);
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kInformation)));
  story.pass_minutes(-30);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.ticket().waits.back().from, story.ticket().waits.back().to);
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-10 17:00"));
}

TEST(TicketTimes, TheShareOfTheNormIsWhatTheMomentsSay) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const auto share = [&](TimeMs when) {
    return share_used(story.ticket(), DueClock::kCompletion, when, story.timetable());
  };
  EXPECT_EQ(share(kMonday), 0);
  EXPECT_EQ(share(story.ticket().times.completion_warn), kWarnedNorm);
  EXPECT_EQ(share(story.ticket().times.completion_due), kWholeNorm);
}

// ---- What the owner says by itself (A-esc)

std::vector<std::string> said(const TicketStory& story) {
  std::vector<std::string> out;
  for (const Event& event : story.events()) {
    const auto* reached = std::get_if<TicketDueReached>(&event.facts);
    if (reached != nullptr)
      out.push_back(std::string(to_name(reached->clock)) + " " +
                    std::string(to_name(reached->threshold)));
  }
  return out;
}
using Words = std::vector<std::string>;

TEST(TicketMoments, EachThresholdIsSaidOnceAndInOrder) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_EQ(next_moment(story.ticket())->at, at("2025-02-10 10:30"));
  EXPECT_EQ(story.moments_pass(), 0u);
  story.go_to(at("2025-02-10 15:00"));
  EXPECT_EQ(story.moments_pass(), 3u);
  EXPECT_EQ(story.moments_pass(), 0u);
  story.go_to(at("2025-02-11 12:00"));
  EXPECT_EQ(story.moments_pass(), 1u);
  EXPECT_EQ(said(story), (Words{"reaction warned", "reaction missed", "completion warned",
                                "completion missed"}));
  EXPECT_EQ(next_moment(story.ticket()), std::nullopt);
}

TEST(TicketMoments, WhatMovedAheadIsSaidAgainAndWhatStandsIsNot) {
  TicketStory story(kMonday);
  story.open(Urgency::kCritical);
  EXPECT_TRUE(story.act(testing::start()));
  story.go_to(at("2025-02-10 12:30"));
  EXPECT_EQ(story.moments_pass(), 1u) << "three of four hours";
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  story.pass_minutes(300);
  EXPECT_EQ(story.moments_pass(), 0u);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(story.moments_pass(), 0u) << "three quarters are used, and were told of";
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kMedium)));
  story.go_to(at("2025-02-17 09:00"));
  EXPECT_EQ(story.moments_pass(), 2u);
}

TEST(TicketMoments, OnlyTheOwnerSpeaks) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  story.go_to(at("2025-02-12 12:00"));
  DecideContext other = story.context();
  other.site = testing::kFarEast;
  EXPECT_TRUE(decide_moment(story.entity(), ClockTrust::kConfirmed, other).empty());
  EXPECT_TRUE(decide_times(story.entity(), other).empty());
}

TEST(TicketMoments, A17IsClosedForEverWhenTheTimeToObjectIsOver) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::complete()));
  const TimeMs until = story.ticket().reopen_until;
  story.go_to(until + -1);
  EXPECT_EQ(story.moments_pass(), 0u);
  story.go_to(until);
  EXPECT_EQ(story.moments_pass(ClockTrust::kOwn), 0u) << "not on a clock that may be wrong";
  EXPECT_EQ(story.moments_pass(), 1u);
  EXPECT_EQ(story.ticket().status, TicketStatus::kClosed);
  EXPECT_EQ(story.moments_pass(), 0u);
  EXPECT_EQ(story.refused(testing::reopen()), "action");
}

// ---- Against a counter that looks at each minute.

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
      case 0: return testing::assign(line, below(2) == 0 ? "" : "petrov");
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
    const bool given = done.what == What::kAssign && !done.assignee.empty();
    // Whoever completes it has had it.
    if (given || done.what == What::kStart || done.what == What::kComplete) reacted_ = true;
    if (done.urgency) urgency_ = *done.urgency;
    if (!done.topic.empty()) topic_ = done.topic;
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

  template <class NormIn>
  void expect_counted(const char* name, TimeMs due, TimeMs from, double whole, NormIn norm_in) {
    std::size_t turn = 0;
    const auto share_of = [&](TimeMs t) {
      while (turn + 1 < turns_.size() && turns_[turn + 1].from <= t) ++turn;
      const Turn& now = turns_[turn];
      return now.runs || t < turns_.front().from
                 ? table(now.queue, now.site).share(norm_in(facts_of(now.queue)), t)
                 : 0;
    };
    const auto said = due.v == 0 ? std::nullopt : std::optional(due);
    EXPECT_TRUE(testing::made_by(said, from, counted_to(), whole, share_of))
        << name << " at " << story_.now().v;
  }

  // The minute in which each norm is used up when nothing changes any more.
  void expect_moments_as_counted() {
    const auto completion = [this](const QueueChanged& queue) {
      return queue.norms[static_cast<std::size_t>(urgency_) - 1].completion;
    };
    const DueTimes& times = story_.ticket().times;
    expect_counted("completion", times.completion_due, began_, 1, completion);
    expect_counted("its warning", times.completion_warn, began_, 0.75, completion);
    if (reacted_) return;
    const auto reaction = [this](const QueueChanged& queue) {
      return queue.reactions[topic_ == "password" ? 0 : 1].norm;
    };
    expect_counted("reaction", times.reaction_due, began_, 1, reaction);
  }
  void expect_registration_as_counted() {
    const auto norm_in = [this](const QueueChanged& queue) {
      return queue.norms[static_cast<std::size_t>(urgency_) - 1].registration;
    };
    expect_counted("registration", story_.ticket().times.registration_due, received_, 1, norm_in);
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
  bool reacted_ = false;
};

TEST_P(RandomLives, HaveTheMomentsOfACountOfMinutes) {
  open();
  expect_registration_as_counted();
  expect_moments_as_counted();
  for (int i = 0; i < 25; ++i) {
    const TimeMs registration = story_.ticket().times.registration_due;
    const TimeMs reaction = story_.ticket().times.reaction_due;
    const bool reacted = reacted_;
    one_step();
    if (story_.ticket().closed.v == 0) expect_moments_as_counted();
    EXPECT_EQ(story_.ticket().times.registration_due, registration) << "it is registered";
    if (reacted) {
      EXPECT_EQ(story_.ticket().times.reaction_due, reaction) << "somebody has it";
    }
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
