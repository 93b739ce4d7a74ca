// Calls back (O7, N2): who may do what with them when, and that every order of arrival ends alike.
#include "protocol/domain/call_back.h"

#include <algorithm>
#include <random>

#include "protocol/base/archive.h"
#include "protocol/domain/kind_texts.h"
#include "protocol/domain/ownership.h"
#include "tests/unit/domain/golden.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

constexpr SiteNo kHome{17};
constexpr SiteNo kRegion{90};
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kLease = 30 * kMinute;
const TimeMs kNoon = testing::at("2025-02-10 12:00");
const AggregateId kCall{{7}};

// Two sites that hear of each other when the test says so.
class Story : public ::testing::Test {
 protected:
  DecideContext context(SiteNo site) const {
    return {site, now_, testing::east(180),
            CommandId::from("0123456789abcdef").value_or(CommandId{})};
  }
  Entity& at(SiteNo site) { return entities_[site]; }
  const CallBackState& state(SiteNo site) { return *at(site).as<CallBackState>(); }

  void is_lost(QueuePlace place = {}) {
    say(kHome, lost_call({kCall, now_, DeskNo{2}, "Регистратура", "+79120000001", place}, rule_,
                         context(kHome)));
  }
  void is_lost_again(SiteNo site = kHome) {
    say(site, lost_again(task(), {AggregateId{{8}}, now_, DeskNo{2}, "", "+79120000001"}));
  }
  void is_met(SiteNo site, CallBackEnd how = CallBackEnd::kGotThrough) {
    say(site, met(task(), AggregateId{{9}}, how));
  }
  // Empty: done; else what is to blame.
  template <class Command>
  std::string asks(SiteNo site, const Command& command) {
    const auto drafts = [&] {
      if constexpr (std::is_same_v<Command, TryCallBack>)
        return decide(command, rule_, at(site), context(site));
      else return decide(command, at(site), context(site));
    }();
    if (!drafts.ok()) return drafts.error().path;
    for (const Draft& draft : *drafts) say(site, draft);
    return "";
  }
  std::string tries(SiteNo site, CallBackResult result, const std::string& by = "ivanova") {
    return asks(site, TryCallBack{result, by});
  }
  std::string calls(SiteNo site, CallBackResult result) {
    const std::string refused = asks(site, ClaimCallBack{"ivanova"});
    return refused.empty() ? tries(site, result) : refused;
  }
  void passes(std::int64_t ms) { now_ = now_ + ms; }
  // What the other has said and this one has not heard yet.
  void hears(SiteNo site) {
    for (const Event& event : said_)
      if (event.env.origin != site && !heard_[site].contains(key(event))) take(site, event);
  }
  static std::pair<SiteNo, StreamPos> key(const Event& event) {
    return {event.env.origin, event.env.n};
  }
  AggregateId task() const { return call_back_aggregate(kHome, kCall); }
  Bytes row(const Entity& entity) const { return to_row(*entity.as<CallBackState>()); }

  Entity replay(std::vector<Event> events) const {
    std::sort(events.begin(), events.end(), canonical_order);
    return refold(fresh(), events);
  }
  Entity fresh() const {
    Entity out;
    out.kind = Kind::kCallBack;
    out.id = task();
    return out;
  }
  // As a replica does that hears of them in this order.
  Entity arrived(const std::vector<Event>& events) const {
    Entity out = fresh();
    std::vector<Event> here;
    for (const Event& event : events) {
      here.push_back(event);
      if (fold(out, event) == FoldResult::kRefold) out = replay(here);
    }
    return out;
  }

  void say(SiteNo site, const Draft& draft) {
    Event event;
    event.env.origin = site;
    event.env.n = StreamPos{++positions_[site]};
    clock_ = std::max(clock_ + 1, static_cast<std::uint64_t>(now_.v) << 16);
    event.env.hlt = Hlt{clock_};
    event.env.type = type_of(draft.facts);
    event.env.aggregate = draft.aggregate;
    event.env.term = draft.term;
    event.env.seq = draft.seq;
    event.facts = draft.facts;
    event.personal = draft.personal;
    event.sealed = !draft.personal.empty();
    said_.push_back(event);
    take(site, event);
  }
  void take(SiteNo site, const Event& event) {
    heard_[site].insert(key(event));
    auto& known = known_[site];
    known.push_back(event);
    Entity& entity = at(site);
    if (!entity.exists()) entity = fresh();
    if (fold(entity, event) == FoldResult::kRefold) entity = replay(known);
  }

  CallBackRule rule_;
  TimeMs now_ = kNoon;
  std::uint64_t clock_ = 0;
  std::map<SiteNo, Entity> entities_;
  std::map<SiteNo, std::uint64_t> positions_;
  std::map<SiteNo, std::vector<Event>> known_;
  std::map<SiteNo, std::set<std::pair<SiteNo, StreamPos>>> heard_;
  std::vector<Event> said_;
};

class CallBackTest : public Story {};

TEST_F(CallBackTest, IsOwedAtOnceWithinTheHoursAndInTheMorningOutsideThem) {
  const auto zone = testing::east(180);
  EXPECT_EQ(in_hours(rule_, testing::at("2025-02-10 12:00"), zone),
            testing::at("2025-02-10 12:00"));
  EXPECT_EQ(in_hours(rule_, testing::at("2025-02-10 07:59"), zone),
            testing::at("2025-02-10 08:00"));
  EXPECT_EQ(in_hours(rule_, testing::at("2025-02-10 20:00"), zone),
            testing::at("2025-02-11 08:00"));
}

TEST_F(CallBackTest, SeveralLostCallsAreOneTaskThatCountsThem) {
  is_lost();
  passes(kMinute);
  is_lost_again();
  EXPECT_EQ(state(kHome).asked, 2U);
  EXPECT_EQ(state(kHome).lost_at, kNoon);
  EXPECT_EQ(state(kHome).lost_last, kNoon + kMinute);
}

TEST_F(CallBackTest, TheEarliestPlaceInTheQueueIsKept) {
  is_lost();
  QueuePlace place{3, kNoon, 1, 0};
  say(kHome, lost_again(task(), {kCall, now_, {}, "", "", place}));
  place.entered_at = kNoon + kMinute;
  say(kHome, lost_again(task(), {kCall, now_, {}, "", "", place}));
  EXPECT_EQ(state(kHome).place.entered_at, kNoon);
}

TEST_F(CallBackTest, WhatADeskHasTakenUpNoOtherDeskCalls) {
  is_lost();
  EXPECT_EQ(asks(kHome, ClaimCallBack{"ivanova"}), "");
  EXPECT_EQ(asks(kHome, ClaimCallBack{"petrov"}), "claim");
  EXPECT_EQ(tries(kHome, CallBackResult::kReached, "petrov"), "claim");
  passes(kCallBackClaimMs);
  EXPECT_EQ(asks(kHome, ClaimCallBack{"petrov"}), "");
}

TEST_F(CallBackTest, IsTriedAgainLaterAndEndsWithTheLastAttempt) {
  is_lost();
  EXPECT_EQ(calls(kHome, CallBackResult::kNoAnswer), "");
  EXPECT_EQ(asks(kHome, ClaimCallBack{"ivanova"}), "again_at");
  passes(rule_.retry_ms);
  EXPECT_EQ(calls(kHome, CallBackResult::kBusy), "");
  passes(rule_.retry_ms);
  EXPECT_TRUE(is_open(state(kHome)));
  EXPECT_EQ(calls(kHome, CallBackResult::kNoAnswer), "");
  EXPECT_EQ(end_of(state(kHome)), CallBackEnd::kNotReached);
  EXPECT_EQ(asks(kHome, ClaimCallBack{"ivanova"}), "state");
}

TEST_F(CallBackTest, ReleasedItIsNoAttempt) {
  is_lost();
  EXPECT_EQ(calls(kHome, CallBackResult::kReleased), "");
  EXPECT_EQ(state(kHome).tried, 0U);
  EXPECT_EQ(asks(kHome, ClaimCallBack{"petrov"}), "");
}

TEST_F(CallBackTest, ThatTheTelephoneSystemCouldNotMakeIsPutOffAndNoAttempt) {
  is_lost();
  EXPECT_EQ(asks(kHome, TryCallBack{CallBackResult::kReleased, "opora", SaidBy::kSystem}), "");
  EXPECT_EQ(state(kHome).tried, 0U);
  EXPECT_EQ(state(kHome).again_at, now_ + rule_.retry_ms);
  EXPECT_EQ(asks(kHome, ClaimCallBack{"petrov"}), "again_at");
  passes(rule_.retry_ms);
  EXPECT_TRUE(is_due(at(kHome), context(kHome)));
  EXPECT_EQ(asks(kHome, ClaimCallBack{"petrov"}), "");
  EXPECT_FALSE(is_due(at(kHome), context(kHome)));
}

TEST_F(CallBackTest, WhoGotThroughMeanwhileIsNotCalled) {
  is_lost();
  passes(kMinute);
  is_met(kHome);
  EXPECT_EQ(end_of(state(kHome)), CallBackEnd::kGotThrough);
  EXPECT_EQ(calls(kHome, CallBackResult::kReached), "state");
}

TEST_F(CallBackTest, WhoCallsOnceMoreBehindTheEndIsOwedAgain) {
  is_lost();
  calls(kHome, CallBackResult::kReached);
  EXPECT_FALSE(is_open(state(kHome)));
  passes(kMinute);
  is_lost_again();
  EXPECT_TRUE(is_open(state(kHome)));
}

TEST_F(CallBackTest, UnderALeaseTheOtherSiteAloneCalls) {
  is_lost();
  EXPECT_EQ(asks(kHome, RouteCallBack{kRegion, kLease}), "");
  EXPECT_EQ(calls(kHome, CallBackResult::kReached), "owner");
  EXPECT_EQ(asks(kHome, TakeCallBackHome{}), "lease");
  hears(kRegion);
  EXPECT_EQ(calls(kRegion, CallBackResult::kReached), "");
  hears(kHome);
  EXPECT_EQ(end_of(state(kHome)), CallBackEnd::kReached);
  EXPECT_FALSE(called_twice(state(kHome)));
}

TEST_F(CallBackTest, TheOtherSiteStopsBeforeTheFirstBegins) {
  is_lost();
  asks(kHome, RouteCallBack{kRegion, kLease});
  hears(kRegion);
  passes(kLease - kLeaseClockBoundMs);
  EXPECT_EQ(asks(kRegion, ClaimCallBack{"petrov"}), "lease");
  EXPECT_EQ(asks(kHome, TakeCallBackHome{}), "lease");
  passes(2 * kLeaseClockBoundMs);
  EXPECT_EQ(asks(kHome, TakeCallBackHome{}), "");
  EXPECT_EQ(calls(kHome, CallBackResult::kReached), "");
}

TEST_F(CallBackTest, AClaimDoesNotOutlastTheLease) {
  is_lost();
  asks(kHome, RouteCallBack{kRegion, kMinLeaseMs});
  hears(kRegion);
  EXPECT_EQ(asks(kRegion, ClaimCallBack{"petrov"}), "");
  EXPECT_EQ(state(kRegion).claim.until, kNoon + (kMinLeaseMs - kLeaseClockBoundMs));
}

TEST_F(CallBackTest, ACutThatOutlastsTheLeaseIsToldToBoth) {
  is_lost();
  asks(kHome, RouteCallBack{kRegion, kLease});
  hears(kRegion);
  EXPECT_EQ(calls(kRegion, CallBackResult::kNoAnswer), "");  // nobody at home hears of it
  passes(kLease + kLeaseClockBoundMs);
  EXPECT_EQ(asks(kHome, TakeCallBackHome{}), "");
  EXPECT_EQ(calls(kHome, CallBackResult::kReached), "");
  for (const SiteNo site : {kHome, kRegion}) {
    hears(site);
    ASSERT_TRUE(called_twice(state(site))) << site.v;
    EXPECT_EQ(state(site).late_calls.front().site, kRegion);
    EXPECT_EQ(state(site).tried, 1U);  // without effect
    EXPECT_EQ(end_of(state(site)), CallBackEnd::kReached);
  }
  EXPECT_EQ(row(at(kHome)), row(at(kRegion)));
}

TEST_F(CallBackTest, ATalkThatOutlastedItsClaimWhileItWasLentIsKeptAndNobodyCallsHimAgain) {
  is_lost();
  EXPECT_EQ(asks(kHome, ClaimCallBack{"ivanova"}), "");
  passes(kCallBackClaimMs);
  EXPECT_EQ(asks(kHome, RouteCallBack{kRegion, kLease}), "");
  EXPECT_EQ(tries(kHome, CallBackResult::kReached, "petrov"), "owner");  // he had not taken it up
  EXPECT_EQ(tries(kHome, CallBackResult::kReleased), "owner");           // and nobody was called
  EXPECT_EQ(tries(kHome, CallBackResult::kReached), "");
  hears(kRegion);
  hears(kHome);
  for (const SiteNo site : {kHome, kRegion}) {
    ASSERT_TRUE(called_twice(state(site))) << site.v;
    EXPECT_EQ(state(site).late_calls.front().by, "ivanova");
    EXPECT_EQ(state(site).late_calls.front().result, CallBackResult::kReached);
    EXPECT_EQ(state(site).tried, 0U);
    EXPECT_EQ(end_of(state(site)), CallBackEnd::kReached);
  }
  EXPECT_EQ(asks(kRegion, ClaimCallBack{"petrov"}), "state");
  EXPECT_EQ(row(at(kHome)), row(at(kRegion)));
}

TEST_F(CallBackTest, ALateWordUsesItsClaimUpAndIsNobodyElses) {
  is_lost();
  EXPECT_EQ(asks(kHome, ClaimCallBack{"ivanova"}), "");
  passes(kCallBackClaimMs);
  EXPECT_EQ(asks(kHome, RouteCallBack{kRegion, kLease}), "");
  EXPECT_EQ(tries(kHome, CallBackResult::kBusy), "");
  EXPECT_EQ(tries(kHome, CallBackResult::kReached), "owner") << "said already";
  EXPECT_EQ(tries(kHome, CallBackResult::kReached, "petrov"), "owner") << "he took up nobody";
  hears(kRegion);
  EXPECT_TRUE(is_open(state(kRegion)));
  EXPECT_EQ(state(kRegion).late_calls.size(), 1U);
}

TEST_F(CallBackTest, AClaimThatCameLateItselfMayBeSpokenOfOnce) {
  is_lost();
  asks(kHome, RouteCallBack{kRegion, kMinLeaseMs});
  hears(kRegion);
  passes(kMinLeaseMs + kLeaseClockBoundMs);
  EXPECT_EQ(asks(kHome, TakeCallBackHome{}), "");  // the region does not hear of it
  now_ = now_ + -(kMinLeaseMs + kLeaseClockBoundMs);
  EXPECT_EQ(asks(kRegion, ClaimCallBack{"petrov"}), "");
  hears(kRegion);
  EXPECT_EQ(tries(kRegion, CallBackResult::kReached, "sidorov"), "owner");
  EXPECT_EQ(tries(kRegion, CallBackResult::kBusy, "petrov"), "");
  EXPECT_EQ(tries(kRegion, CallBackResult::kReached, "petrov"), "owner") << "said already";
  hears(kHome);
  EXPECT_EQ(state(kHome).late_calls.size(), 1U);
  EXPECT_EQ(row(at(kHome)), row(at(kRegion)));
}

TEST_F(CallBackTest, ATalkThatOutlastedALeaseIsKeptAsWell) {
  is_lost();
  asks(kHome, RouteCallBack{kRegion, kMinLeaseMs});
  hears(kRegion);
  EXPECT_EQ(asks(kRegion, ClaimCallBack{"petrov"}), "");
  passes(kMinLeaseMs + kLeaseClockBoundMs);
  EXPECT_EQ(asks(kHome, TakeCallBackHome{}), "");
  hears(kRegion);
  EXPECT_EQ(tries(kRegion, CallBackResult::kBusy, "petrov"), "");
  hears(kHome);
  EXPECT_TRUE(called_twice(state(kHome)));
  EXPECT_TRUE(is_open(state(kHome)));  // nobody talked with him
  EXPECT_EQ(state(kHome).unanswered, 0U);
  EXPECT_EQ(row(at(kHome)), row(at(kRegion)));
}

TEST_F(CallBackTest, WhatWasHeardInTimeCountsAfterItCameHome) {
  is_lost();
  asks(kHome, RouteCallBack{kRegion, kLease});
  hears(kRegion);
  calls(kRegion, CallBackResult::kNoAnswer);
  hears(kHome);
  passes(kLease + kLeaseClockBoundMs);
  EXPECT_EQ(asks(kHome, TakeCallBackHome{}), "");
  EXPECT_EQ(state(kHome).tried, 1U);
  EXPECT_FALSE(called_twice(state(kHome)));
}

TEST_F(CallBackTest, IsCountedOnTheDayOfTheFirstLostCall) {
  is_lost();
  const auto cells = [&] { return facets(at(kHome)).cubes; };
  ASSERT_EQ(cells().size(), 1U);
  const auto count = [&](Counter counter) {
    return cells().front().delta.at(static_cast<std::size_t>(counter));
  };
  EXPECT_EQ(count(Counter::kToCallBack), 1);
  EXPECT_EQ(count(Counter::kCalledBack), 0);
  passes(kDayMs);
  calls(kHome, CallBackResult::kReached);
  EXPECT_EQ(count(Counter::kCalledBack), 1);
  EXPECT_EQ(day_cell(cells().front().key).desk, DeskNo{2});
}

TEST_F(CallBackTest, AnErasedOneHasItsCountAndNoRow) {
  is_lost();
  at(kHome).erased = true;
  at(kHome).personal = {};
  EXPECT_TRUE(facets(at(kHome)).index.empty());
  EXPECT_EQ(facets(at(kHome)).cubes.size(), 1U);
  EXPECT_EQ(asks(kHome, ClaimCallBack{"ivanova"}), "id");
}

// Every state, every action, at home and at the other site: the field to blame, or what it ends as.
class Table : public Story {
 protected:
  using Make = std::function<void()>;
  std::string line(const Make& make, SiteNo site, const std::string& action) {
    entities_.clear();
    known_.clear();
    heard_.clear();
    said_.clear();
    positions_.clear();
    now_ = kNoon;
    make();
    std::string refused;
    if (action == "claim") refused = asks(site, ClaimCallBack{"petrov"});
    else if (action == "route") refused = asks(site, RouteCallBack{SiteNo{91}, kLease});
    else if (action == "take home") refused = asks(site, TakeCallBackHome{});
    else refused = tries(site, *from_name<CallBackResult>(action), "petrov");
    if (!refused.empty()) return "– " + refused;
    if (!is_open(state(site))) return std::string(to_name(end_of(state(site))));
    if (owner_of(state(site)) != kHome) return "elsewhere";
    return claimed_by(state(site), now_).empty() ? "open" : "claimed";
  }
};

TEST_F(Table, OfStatesAndActions) {
  const auto claimed = [&](const char* by) {
    is_lost();
    asks(kHome, ClaimCallBack{by});
  };
  const auto lent = [&] {
    is_lost();
    asks(kHome, RouteCallBack{kRegion, kLease});
    hears(kRegion);
  };
  const std::vector<std::pair<std::string, Make>> states = {
      {"open", [&] { is_lost(); }},
      {"not yet", [&] { calls((is_lost(), kHome), CallBackResult::kNoAnswer); }},
      {"claimed by another", [&] { claimed("ivanova"); }},
      {"claimed", [&] { claimed("petrov"); }},
      {"claimed, too long ago", [&] { claimed("ivanova"), passes(kCallBackClaimMs); }},
      {"lent", lent},
      {"lent, over", [&] { lent(), passes(kLease + kLeaseClockBoundMs); }},
      {"reached", [&] { calls((is_lost(), kHome), CallBackResult::kReached); }},
      {"got through", [&] { is_lost(), passes(1), is_met(kHome); }},
  };
  std::string out;
  for (const SiteNo site : {kHome, kRegion}) {
    for (const auto& [name, make] : states) {
      if (site == kRegion && !name.starts_with("lent")) continue;
      out += (site == kHome ? "home, " : "the other site, ") + name + "\n";
      for (const char* action : {"claim", "no_answer", "busy", "wrong_number", "reached",
                                 "not_needed", "released", "route", "take home"})
        out += "  " + std::string(action) + ": " + line(make, site, action) + "\n";
    }
  }
  expect_golden("call_back.txt", out);
}

// Random lives of one task at two sites, with cuts: what each replica makes of the events, in any
// order of arrival, is the same; and nobody calls out of his turn unless it is told.
TEST_F(Story, AnyOrderOfArrivalEndsInTheSameRow) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    entities_.clear();
    known_.clear();
    heard_.clear();
    said_.clear();
    positions_.clear();
    now_ = kNoon;
    std::mt19937 dice(seed);
    is_lost();
    for (int step = 0; step < 25; ++step) {
      const SiteNo site = dice() % 2 == 0 ? kHome : kRegion;
      passes(static_cast<std::int64_t>(dice() % 12) * kMinute);
      if (!at(site).exists()) hears(site);
      switch (dice() % 8) {
        case 0: hears(site); break;
        case 1: static_cast<void>(asks(site, RouteCallBack{kRegion, kLease})); break;
        case 2: static_cast<void>(asks(site, TakeCallBackHome{})); break;
        case 3: is_lost_again(site); break;
        case 4:
          if (dice() % 4 == 0) is_met(site);
          break;
        default: static_cast<void>(calls(site, static_cast<CallBackResult>(1 + dice() % 6)));
      }
    }
    const Entity whole = replay(said_);
    std::vector<Event> events = said_;
    for (int shuffle = 0; shuffle < 4; ++shuffle) {
      std::shuffle(events.begin(), events.end(), dice);
      ASSERT_EQ(row(arrived(events)), row(whole));
    }
    hears(kHome);
    hears(kRegion);
    EXPECT_EQ(row(at(kHome)), row(whole));
    EXPECT_EQ(row(at(kRegion)), row(whole));
    const bool out_of_turn = whole.as<CallBackState>()->late > 0;
    EXPECT_TRUE(out_of_turn || !called_twice(*whole.as<CallBackState>()));
  }
}

}  // namespace
}  // namespace opora::protocol
