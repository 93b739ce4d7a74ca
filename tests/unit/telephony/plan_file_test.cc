// The plan of calls as people write it: the sample is O8 and T4 to the minute, and each mistake is
// told with the place where it stands.
#include "node/telephony/plan_file.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "protocol/domain/production_calendar.h"

namespace opora::telephony {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kDay = 1'440 * kMinute;
constexpr std::int64_t kMoscow = 180 * kMinute;
// 00:00 in Moscow.
constexpr TimeMs kMonday{1'795'442'400'000 - 17 * 60 * kMinute};  // 23 November 2026
constexpr TimeMs kSaturday{kMonday.v + 5 * kDay};
constexpr TimeMs kThirtyFirst{kMonday.v + 38 * kDay};  // of December, a Thursday

std::string sample() {
  const std::ifstream in(std::string(OPORA_SAMPLE) + "/hospital_calls.json");
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}
Result<SitePlan> read(const std::string& json) {
  return read_plan(json, [](TimeMs) { return std::int16_t{kMoscow / kMinute}; }, {});
}
std::string changed(const std::string& from, const std::string& to) {
  std::string json = sample();
  json.replace(json.find(from), from.size(), to);
  return json;
}
std::string path_of(const std::string& json) {
  const auto plan = read(json);
  return plan.ok() ? "none" : plan.error().path;
}

class SamplePlan : public ::testing::Test {
 protected:
  Route at(TimeMs midnight, int hour, int minute, const std::string& line = "100") const {
    return route_of(plan_.calls, line, midnight + (hour * 60 + minute) * kMinute);
  }
  bool desks(TimeMs midnight, int hour, int minute) const {
    return at(midnight, hour, minute) == Route(ToQueue{QueueNo{1}});
  }
  bool menu(TimeMs midnight, int hour, int minute) const {
    return at(midnight, hour, minute) == Route(ToMenu{MenuNo{1}});
  }
  bool closed(TimeMs midnight, int hour, int minute) const {
    return at(midnight, hour, minute) == Route(ToClosed{QueueNo{1}});
  }
  const SitePlan plan_ = read(sample()).value();
};

// O8: Mon–Fri 7:30–16:00 the menu, 16:01–20:00 and Sat–Sun 7:30–20:00 straight to the desks.
TEST_F(SamplePlan, RoutesByWeekdayAndHour) {
  EXPECT_TRUE(closed(kMonday, 7, 29));
  EXPECT_TRUE(menu(kMonday, 7, 30));
  EXPECT_TRUE(menu(kMonday, 16, 0));
  EXPECT_TRUE(desks(kMonday, 16, 1));
  EXPECT_TRUE(desks(kMonday, 19, 59));
  EXPECT_TRUE(closed(kMonday, 20, 0));
  EXPECT_TRUE(closed(kSaturday, 7, 29));
  EXPECT_TRUE(desks(kSaturday, 7, 30));
  EXPECT_TRUE(desks(kSaturday, 19, 59));
}

// O8: 1 children's clinic (101, 102), 2 adult clinic (104–106), 3 or wait trauma and reference
// (100, 103).
TEST_F(SamplePlan, HasTheMenusOfTheOrders) {
  const MenuPlan& menu = plan_.calls.menus.at(MenuNo{1});
  EXPECT_EQ(menu.digits.at('1'), Route(ToQueue{QueueNo{2}}));
  EXPECT_EQ(menu.digits.at('2'), Route(ToQueue{QueueNo{3}}));
  EXPECT_EQ(menu.digits.at('3'), Route(ToQueue{QueueNo{1}}));
  EXPECT_EQ(menu.otherwise, Route(ToQueue{QueueNo{1}}));
  const auto serve = [&](QueueNo queue) {
    std::vector<std::uint32_t> out;
    for (const auto& [no, agent] : plan_.calls.agents)
      if (const auto rank = agent.serves.find(queue);
          rank != agent.serves.end() && rank->second == Rank{1})
        out.push_back(no.v);
    return out;
  };
  EXPECT_EQ(serve(QueueNo{1}), (std::vector<std::uint32_t>{100, 103}));
  EXPECT_EQ(serve(QueueNo{2}), (std::vector<std::uint32_t>{101, 102}));
  EXPECT_EQ(serve(QueueNo{3}), (std::vector<std::uint32_t>{104, 105, 106}));
  // T4: 1 reference, 2 doctor to the home, 3 appointment, 4 covid.
  EXPECT_EQ(plan_.calls.menus.at(MenuNo{2}).digits.size(), 4U);
  EXPECT_EQ(at(kMonday, 3, 0, "103"), Route(ToQueue{QueueNo{1}, Priority{9}}));  // A2b
}

// O6, A18: whoever is recorded has heard that he is.
TEST_F(SamplePlan, RecordsAndSaysSoOnEachLine) {
  for (const auto& [no, queue] : plan_.calls.queues)
    EXPECT_EQ(queue.recording, Recording::kAll) << no.v;
  ASSERT_EQ(plan_.calls.lines.size(), 3U);
  for (const auto& [number, line] : plan_.calls.lines)
    EXPECT_EQ(line.notice, LinePlan::Notice::kFirst) << number;
}

// O7: outside the hours, and who has waited for a minute.
TEST_F(SamplePlan, OffersToCallBack) {
  for (const auto& [no, queue] : plan_.calls.queues)
    EXPECT_EQ(queue.call_back_after_ms, kMinute) << no.v;
}

TEST_F(SamplePlan, HasDaysOfItsOwn) {
  EXPECT_TRUE(menu(kThirtyFirst, 12, 0));
  EXPECT_TRUE(closed(TimeMs{kThirtyFirst.v + kDay}, 17, 0));
}

TEST(PlanFile, ObservesTheProductionCalendarUnlessToldOtherwise) {
  protocol::ProductionCalendar production;
  for (const auto& year : protocol::shipped_production_years())
    for (const auto& [day, what] : year.days) production.emplace(day, what);
  const auto plan = read_plan(
                        sample(), [](TimeMs) { return std::int16_t{180}; }, production)
                        .value();
  // 4 November 2026, a Wednesday: the menu keeps the holiday, the desks do not.
  const TimeMs holiday{kMonday.v - 19 * kDay};
  EXPECT_EQ(route_of(plan.calls, "100", holiday + 12 * 60 * kMinute), Route(ToClosed{QueueNo{1}}));
  EXPECT_EQ(route_of(plan.calls, "100", holiday + 17 * 60 * kMinute), Route(ToQueue{QueueNo{1}}));
}

TEST(PlanFile, KnowsAgentsByNumberAndName) {
  const auto plan =
      read(changed(R"({"name": "103",)", R"({"name": "Петрова", "no": 103,)")).value();
  EXPECT_EQ(plan.name_of(AgentNo{103}), "Петрова");
  EXPECT_EQ(plan.name_of(AgentNo{100}), "100");
}

TEST(PlanFile, SaysWhenAndHowOftenPeopleAreCalledBack) {
  const auto usual = read(sample()).value();
  EXPECT_EQ(usual.call_backs, protocol::CallBackRule{});
  EXPECT_EQ(usual.call_backs_region.site, SiteNo{});
  const auto plan = read(changed(R"("home":)", R"("call_backs": {"hours": "09:30-18:00",
      "attempts": 5, "retry_s": 600, "region": {"site": 90, "after_s": 300}}, "home":)"))
                        .value();
  EXPECT_EQ(plan.call_backs, (protocol::CallBackRule{570, 1080, 5, 600'000}));
  EXPECT_EQ(plan.call_backs_region.site, SiteNo{90});
  EXPECT_EQ(plan.call_backs_region.after_ms, 300'000);
  const auto offers = read(changed(R"("otherwise": {"closed": true, "calls_back": "reference"})",
                                   R"("otherwise": {"closed": true, "calls_back": "children"})"))
                          .value();
  EXPECT_EQ(route_of(offers.calls, "100", kMonday), Route(ToClosed{QueueNo{2}}));
}

TEST(PlanFile, SaysWhichRuleOfCallsBackIsWrong) {
  const auto path = [](const std::string& rule) {
    return path_of(changed(R"("home":)", R"("call_backs": )" + rule + R"(, "home":)"));
  };
  EXPECT_EQ(path(R"({"hours": "20:00-08:00"})"), "call_backs.hours");
  EXPECT_EQ(path(R"({"hours": "8-20"})"), "call_backs.hours");
  EXPECT_EQ(path(R"({"attempts": 0})"), "call_backs.attempts");
  EXPECT_EQ(path(R"({"region": {"site": 90, "lease_s": 10}})"), "call_backs.region.lease_s");
  EXPECT_EQ(path(R"({"often": true})"), "call_backs.often");
}

TEST(PlanFile, SaysWhereAMistakeStands) {
  EXPECT_EQ(path_of("{"), "");
  EXPECT_EQ(path_of(changed(R"("home": "reference")", R"("home": "nowhere")")), "home");
  EXPECT_EQ(path_of(changed(R"("otherwise": {"closed": true, "calls_back": "reference"})",
                            R"("otherwise": {})")),
            "lines[0].otherwise");
  EXPECT_EQ(path_of(changed(R"({"digit": "1", "queue": "children"})",
                            R"({"digit": "1", "queue": "adult"})")),
            "menus[0].digits[0].queue");
  EXPECT_EQ(path_of(changed("07:30-16:01", "07:30-24:01")), "lines[0].rules[0].week[0].hours");
  EXPECT_EQ(path_of(changed("16:01-20:00", "20:00-16:01")), "lines.100.rules[1].when.week[0]");
  EXPECT_EQ(path_of(changed("mon-fri", "fri-mon")), "lines[0].rules[0].week[0].days");
  EXPECT_EQ(path_of(changed(R"("no": 2)", R"("no": 1)")), "queues[1].no");
  EXPECT_EQ(path_of(changed(R"("name": "children")", R"("name": "reference")")), "queues[1].name");
  EXPECT_EQ(path_of(changed(R"(["covid"]},)", R"(["typhus"]},)")), "agents[0].skills");
  EXPECT_EQ(path_of(changed(R"({"name": "103",)", R"({"name": "Петрова",)")), "agents[1].no");
  EXPECT_EQ(path_of(changed(R"("wrap_up_s": 20)", R"("wrap_up": 20)")), "queues[0].wrap_up");
  EXPECT_EQ(path_of(changed(R"(["105", "106"])", R"(["105", "107"])")), "reserves[0].agents");
  EXPECT_EQ(path_of(changed(R"("to": "queue", "queue": "reference", "waited_s": 120)",
                            R"("to": "queue", "queue": "children")")),
            "queues[2].overflow");
  EXPECT_EQ(path_of(changed(R"("no_trunk": "calls_back")", R"("no_trunk": "waits")")),
            "queues[0].overflow.no_trunk");
  EXPECT_EQ(path_of(changed(R"("queue": "reference", "waited_s": 120)",
                            R"("queue": "reference", "no_trunk": "calls_back")")),
            "queues[1].overflow.no_trunk");
  EXPECT_EQ(read(std::string(kMaxPlanBytes + 1, ' ')).error().code, Code::kTooLarge);
}

// T23
TEST(PlanFile, SaysWhyCallersGoOver) {
  const auto plan = read(sample());
  ASSERT_TRUE(plan.ok()) << plan.error().path;
  const Overflow& rule = plan->calls.queues.at(QueueNo{1}).overflow;
  EXPECT_EQ(rule.nobody, Overflow::When::kGoes);
  EXPECT_EQ(rule.closed, Overflow::When::kGoes);
  EXPECT_EQ(rule.fault, Overflow::When::kGoes);
  EXPECT_EQ(rule.no_trunk, Overflow::NoTrunk::kCallsBack);
  const Overflow& usual = plan->calls.queues.at(QueueNo{2}).overflow;
  EXPECT_EQ(usual.closed, Overflow::When::kStays);
  EXPECT_EQ(usual.no_trunk, Overflow::NoTrunk::kStays);
}

}  // namespace
}  // namespace opora::telephony
