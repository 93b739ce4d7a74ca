// Which queue a ticket waits in (A9, A10): the one that is meant most closely for its site, line
// and topic.
#include "protocol/domain/timetable.h"

#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::kFarEast;
using testing::kWest;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

QueueState meant(std::string id, std::vector<std::string> topics, std::vector<SiteNo> sites) {
  QueueState out = testing::queue(std::move(id), 1, "daily");
  out.facts.topics = std::move(topics);
  out.facts.sites = std::move(sites);
  return out;
}

Timetable::Parts parts_with(std::vector<QueueState> queues) {
  Timetable::Parts out = testing::three_lines();
  out.queues = std::move(queues);
  out.groups = {{"printer", "Техника"}, {"password", "Доступ"}};
  return out;
}

// Every way in which a queue of the line may be meant, from the furthest to the closest.
std::vector<QueueState> from_furthest() {
  return {meant("z-all", {}, {}),
          meant("y-group", {"Техника"}, {}),
          meant("x-topic", {"printer"}, {}),
          meant("w-site", {}, {kWest}),
          meant("v-site-group", {"Техника"}, {kWest}),
          meant("u-site-topic", {"printer"}, {kFarEast, kWest})};
}

TEST(Timetable, TheQueueThatIsMeantMostCloselyTakesIt) {
  std::vector<QueueState> queues;
  for (const QueueState& closer : from_furthest()) {
    queues.insert(queues.begin(), closer);
    EXPECT_EQ(Timetable(parts_with(queues)).queue_for({1, kWest, "printer"}), closer.facts.id);
  }
}

TEST(Timetable, AQueueForOthersTakesNothing) {
  const Timetable times(parts_with(from_furthest()));
  EXPECT_EQ(times.queue_for({1, kFarEast, "printer"}), "u-site-topic");
  EXPECT_EQ(times.queue_for({1, kFarEast, "password"}), "z-all");
  EXPECT_EQ(times.queue_for({1, kWest, "password"}), "w-site");
  EXPECT_EQ(times.queue_for({1, kWest, "a topic of a later rubricator"}), "w-site");
  EXPECT_EQ(times.queue_for({2, kWest, "printer"}), "") << "of another line";
  EXPECT_EQ(Timetable(parts_with({meant("a", {"Доступ"}, {})})).queue_for({1, kWest, "printer"}),
            "");
}

TEST(Timetable, OfTwoThatAreEquallyCloseTheFirstByIdTakesItInWhateverOrderTheyCome) {
  std::vector<QueueState> queues = {meant("b", {"Техника"}, {}), meant("a", {"Техника"}, {}),
                                    meant("c", {"Техника"}, {})};
  for (int i = 0; i < 3; ++i) {
    std::rotate(queues.begin(), queues.begin() + 1, queues.end());
    EXPECT_EQ(Timetable(parts_with(queues)).queue_for({1, kWest, "printer"}), "a");
  }
}

TEST(Timetable, AQueueThatTakesNoTicketsAnyMoreKeepsThoseThatItHas) {
  auto queues = from_furthest();
  queues.back().facts.disabled = true;
  const Timetable times(parts_with(queues));
  EXPECT_EQ(times.queue_for({1, kWest, "printer"}), "v-site-group");
  EXPECT_EQ(times.queue_kept({1, kWest, "printer"}, "u-site-topic"), "u-site-topic");
}

// A3, A10: desks 8–20, the region round the clock.
TEST(Timetable, A10OneLineHasACalendarPerSite) {
  auto desks = meant("desks", {}, {kWest});
  auto region = meant("region", {}, {});
  region.facts.calendar = "always";
  Timetable::Parts parts = parts_with({desks, region});
  WorkCalendar always;
  always.week.fill({{0, kDayMinutes}});
  always.holidays = Holidays::kIgnored;
  parts.calendars.push_back(testing::calendar("always", always));
  TicketStory story(at("2025-02-10 21:00"), parts);
  story.open(Urgency::kHigh);
  EXPECT_EQ(story.ticket().times.queue, "desks");
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 16:00"));
  // Handed over, it waits by the hours of who has it.
  story.hand_over(kFarEast);
  EXPECT_TRUE(story.retime());
  EXPECT_EQ(story.ticket().times.queue, "region");
  EXPECT_EQ(story.ticket().times.completion_due, at("2025-02-11 05:00"));
}

TEST(Timetable, ATicketStaysWhereItWaitsUntilItsLineOrTopicIsAnother) {
  TicketStory story(kMonday, parts_with({meant("all", {}, {}), meant("printers", {"Техника"}, {}),
                                         testing::queue("second", 2, "daily")}));
  story.open(Urgency::kHigh, "printer");
  EXPECT_EQ(story.ticket().times.queue, "printers");
  TicketAction elsewhere = testing::assign(1, "");
  elsewhere.queue = "all";
  EXPECT_TRUE(story.act(elsewhere));
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_EQ(story.ticket().times.queue, "all") << "somebody has said so";
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kLow)));
  EXPECT_EQ(story.ticket().times.queue, "all");
  EXPECT_TRUE(story.act(testing::reclassify(std::nullopt, "password")));
  EXPECT_TRUE(story.act(testing::reclassify(std::nullopt, "printer")));
  EXPECT_EQ(story.ticket().times.queue, "printers");
  EXPECT_TRUE(story.act(testing::assign(2)));
  EXPECT_EQ(story.ticket().times.queue, "second");
}

TEST(Timetable, AnotherTopicThatNoQueueTakesLeavesTheTicketItsDeadlines) {
  TicketStory story(kMonday, parts_with({meant("printers", {"printer"}, {})}));
  story.open(Urgency::kHigh, "printer");
  EXPECT_TRUE(story.act(testing::reclassify(std::nullopt, "password")));
  EXPECT_EQ(story.ticket().times.queue, "printers");
  EXPECT_NE(story.ticket().times.completion_due, TimeMs{});
}

TEST(Timetable, NobodyPutsATicketIntoTheQueueOfAnotherSite) {
  TicketStory story(kMonday, parts_with({meant("all", {}, {}), meant("east", {}, {kFarEast})}));
  story.open(Urgency::kHigh);
  TicketAction there = testing::assign(1, "");
  there.queue = "east";
  EXPECT_EQ(story.refused(there), "queue");
}

}  // namespace
}  // namespace opora::protocol
