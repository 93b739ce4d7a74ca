// T5, T23: a call that goes over to the region counts once, at the desk where it ended, waiting
// from its first entry, in whatever order its events come.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/domain/call_summary.h"
#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"
#include "tests/sim/dice.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

using enum CallStep;
using sim::Dice;

constexpr SiteNo kClinic{17};
constexpr SiteNo kRegion{40};
constexpr std::uint32_t kPhantomMs = 5'000;

JourneyId some_journey() {
  JourneyId out;
  out.b.fill(0xa7);
  return out;
}

// One call of one site, told step by step.
struct Side {
  SiteNo site;
  SiteNo from{};
  std::string call_id{};
  std::vector<CallObserved> steps{};

  void say(CallStep what, std::int64_t at_ms, bool on_journey, std::string agent = "") {
    CallObserved e;
    e.source = "opora";
    e.call_id = call_id;
    e.seq = static_cast<std::uint32_t>(steps.size() + 1);
    e.step = what;
    e.at = kNine + at_ms;
    e.desk = DeskNo{1};
    e.agent = std::move(agent);
    e.zone_offset_min = 180;
    e.phantom_ms = kPhantomMs;
    if (on_journey) {
      e.journey = some_journey();
      e.from_site = from;
    }
    steps.push_back(std::move(e));
  }
};

Entity folded(const Side& call, const std::vector<std::size_t>& order) {
  Entity out = subject(Kind::kCall);
  for (const std::size_t i : order) {
    Event event = told(call.steps[i]).at(i + 1);
    event.env.origin = call.site;
    EXPECT_EQ(fold(out, event), FoldResult::kFolded);
  }
  return out;
}

Entity in_order(const Side& call) {
  std::vector<std::size_t> order(call.steps.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  return folded(call, order);
}

CallClass class_of(const Side& call) {
  return summarize(*in_order(call).as<CallState>()).call_class;
}

Side at_clinic() { return {kClinic, {}, "1"}; }
Side at_region(std::string id = "9") { return {kRegion, kClinic, std::move(id)}; }

TEST(Journey, CountsAtTheRegionWhenAnAgentThereAnswered) {
  Side clinic = at_clinic();
  clinic.say(kQueued, 0, false);
  clinic.say(kHandedOver, 90'000, true);
  Side region = at_region();
  region.say(kQueued, 0, true);  // of the first entry
  region.say(kRinging, 80'000, true, "601");
  region.say(kAnswered, 90'000, true, "601");
  EXPECT_EQ(class_of(clinic), CallClass::kHandedOver);
  EXPECT_EQ(class_of(region), CallClass::kTalking);
  clinic.say(kEnded, 150'000, true);
  region.say(kEnded, 150'000, true);
  EXPECT_EQ(class_of(clinic), CallClass::kHandedOver);
  EXPECT_EQ(class_of(region), CallClass::kAccepted);
  const auto summary = summarize(*in_order(region).as<CallState>());
  EXPECT_EQ(summary.wait_ms(), 90'000);
  EXPECT_EQ(summary.talk_ms(), 60'000);
}

TEST(Journey, CountsAtTheFirstSiteWhenTheRegionDidNotAnswer) {
  Side region = at_region();
  region.say(kQueued, 0, true);
  EXPECT_EQ(class_of(region), CallClass::kWaiting);
  region.say(kEnded, 130'000, true);
  EXPECT_EQ(class_of(region), CallClass::kReturned);
  EXPECT_TRUE(facets(in_order(region)).cubes.empty());
  Side clinic = at_clinic();
  clinic.say(kQueued, 0, false);
  clinic.say(kEnded, 130'000, true);
  EXPECT_EQ(class_of(clinic), CallClass::kLost);
}

TEST(Journey, IsTheRegionsForGoodWhoeverTalkedWithHimBeforeOrAfter) {
  Side passed_on = at_clinic();
  passed_on.say(kQueued, 0, false);
  passed_on.say(kAnswered, 20'000, false, "101");
  passed_on.say(kHandedOver, 60'000, true);
  EXPECT_EQ(class_of(passed_on), CallClass::kHandedOver);
  Side broke = at_clinic();
  broke.say(kQueued, 0, false);
  broke.say(kHandedOver, 60'000, true);
  broke.say(kQueued, 70'000, true);
  EXPECT_EQ(class_of(broke), CallClass::kWaiting) << "until he ends, screens show where he is";
  broke.say(kAnswered, 80'000, true, "101");
  broke.say(kEnded, 90'000, true);
  EXPECT_EQ(class_of(broke), CallClass::kHandedOver);
}

TEST(Journey, OfAnotherSiteIsNeverThisOnesAndNeedsANumber) {
  DecideContext context;
  context.site = kRegion;
  context.now = kNine;
  context.zone_offset = [](TimeMs) { return std::int16_t{180}; };
  ObserveCall command;
  command.source = "opora";
  command.call_id = "9";
  command.seq = 1;
  command.at = kNine;
  command.journey = some_journey();
  command.from_site = kClinic;
  const auto drafts = decide(command, nullptr, kPhantomMs, context);
  ASSERT_TRUE(drafts.ok());
  const auto& facts = std::get<CallObserved>(drafts->front().facts);
  EXPECT_EQ(facts.journey, some_journey());
  EXPECT_EQ(facts.from_site, kClinic);
  command.from_site = kRegion;
  EXPECT_EQ(decide(command, nullptr, kPhantomMs, context).error().path, "from_site");
  command.from_site = kClinic;
  command.journey = {};
  EXPECT_EQ(decide(command, nullptr, kPhantomMs, context).error().path, "from_site");
}

// ---- Any journey, in any order

struct Played {
  std::vector<Side> calls;
  // By T5's words: where it ended, and as what.
  SiteNo counts_at;
  Counter as = Counter::kLost;
  std::int64_t wait_ms = 0;
  bool went_over = false;
};

// The clinic rings the region now and then; somebody takes him here or there, or he gives up.
Played any_journey(Dice& dice) {
  Played out;
  Side clinic = at_clinic();
  std::int64_t now = 0;
  bool rung = false;
  clinic.say(kQueued, now, false);
  const auto attempts = dice.between(0, 3);
  for (std::int64_t i = 0; i < attempts; ++i) {
    now += dice.between(6'000, 60'000);
    rung = true;
    Side region = at_region("9" + std::to_string(i));
    region.say(kQueued, 0, true);
    now += dice.between(1, 30'000);
    if (dice.percent(30)) region.say(kRinging, now, true, "601");
    if (dice.percent(40)) {  // taken
      clinic.say(kHandedOver, now, true);
      region.say(kAnswered, now, true, "601");
      out.counts_at = kRegion, out.as = Counter::kAccepted, out.wait_ms = now, out.went_over = true;
      now += dice.between(1'000, 60'000);
      region.say(kEnded, now, true);
      out.calls.push_back(std::move(region));
      if (dice.percent(20)) {  // the line between the sites broke
        clinic.say(kQueued, now, true);
        if (dice.percent(50)) clinic.say(kAnswered, now += 5'000, true, "101");
      }
      clinic.say(kEnded, now, true);
      out.calls.push_back(std::move(clinic));
      return out;
    }
    region.say(kEnded, now, true);
    out.calls.push_back(std::move(region));
  }
  now += dice.between(6'000, 60'000);
  out.counts_at = kClinic;
  if (dice.percent(50)) {
    clinic.say(kAnswered, now, rung, "101");
    out.as = Counter::kAccepted, out.wait_ms = now;
    now += 30'000;
  }
  clinic.say(kEnded, now, rung);
  out.calls.push_back(std::move(clinic));
  return out;
}

// Each told at least once, late, and some twice.
std::vector<std::size_t> any_order(std::size_t size, Dice& dice) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < size; ++i) {
    out.push_back(i);
    if (dice.percent(20)) out.push_back(i);
  }
  for (std::size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[dice.next() % i]);
  return out;
}

using Sums = std::map<SiteNo, Counters>;

void add(Sums& sums, const Entity& call) {
  for (const CubeRow& row : facets(call).cubes) {
    if (row.key.front() != 'd') continue;
    Counters& sum = sums[day_cell(row.key).site];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += row.delta[i];
  }
}

std::int64_t& of(Counters& counters, Counter which) {
  return counters[static_cast<std::size_t>(which)];
}

TEST(Journey, SumsAreThoseOfANaiveRecountWhateverHappensInWhateverOrder) {
  Sums sums;
  Sums recount;
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    Dice dice(seed);
    const Played journey = any_journey(dice);
    for (const Side& call : journey.calls) {
      const Entity entity = folded(call, any_order(call.steps.size(), dice));
      ASSERT_EQ(to_row(*entity.as<CallState>()), to_row(*in_order(call).as<CallState>())) << seed;
      add(sums, entity);
    }
    Counters& at = recount[journey.counts_at];
    ++of(at, Counter::kReceived);
    ++of(at, journey.as);
    of(at, Counter::kWaitMs) += journey.wait_ms;
    if (journey.went_over) ++of(recount[kClinic], Counter::kHandedOver);
  }
  for (const Counter which : {Counter::kReceived, Counter::kAccepted, Counter::kLost,
                              Counter::kPhantom, Counter::kWaitMs, Counter::kHandedOver})
    for (const SiteNo site : {kClinic, kRegion})
      EXPECT_EQ(of(sums[site], which), of(recount[site], which))
          << site.v << " counter " << static_cast<int>(which);
  EXPECT_EQ(of(sums[kClinic], Counter::kReceived) + of(sums[kRegion], Counter::kReceived), 2'000);
  EXPECT_GT(of(sums[kRegion], Counter::kAccepted), 100) << "else nothing was shown";
}

}  // namespace
}  // namespace opora::protocol
