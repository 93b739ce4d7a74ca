// What a user is told of deadlines, what he has read, and what bounds it.
#include "web/app/notices.h"

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/base/hash.h"
#include "tests/unit/app/app_site.h"

namespace opora::app {
namespace {

using protocol::Role;
using web::Method;

constexpr std::int64_t kHourMs = 3'600'000;

Person person(const std::string& login, Role role) {
  return {login, protocol::roles_of({role}), "secret-of-" + login};
}

class NoticesTest : public ::testing::Test {
 protected:
  NoticesTest() {
    site.learn_rubricator();
    protocol::CalendarChanged always;
    always.id = "always";
    always.name_ru = always.name_en = "Always";
    always.hours.week.fill({{0, 24 * 60}});
    always.hours.holidays = protocol::Holidays::kIgnored;
    site.learn(testing::changing_calendar(always));
    site.learn(testing::changing_queue(queue_of("first", 1)));
  }

  static protocol::QueueChanged queue_of(const std::string& id, std::uint8_t line) {
    protocol::QueueChanged out;
    out.id = id;
    out.name_ru = out.name_en = id;
    out.line = line;
    out.calendar = "always";
    const protocol::Norm norm{480, protocol::NormUnit::kHours, protocol::Running::kRoundTheClock};
    out.norms.fill({norm, norm});
    return out;
  }

  static AggregateId user_id(const std::string& login) {
    return id_from("test-user", {login + "@here"});
  }
  AggregateId open(const AggregateId& by = {}) {
    const std::string phone = "+7912" + std::to_string(1'000'000 + ++opened);
    auto command = testing::registering(testing::contact_from(phone, "не печатает"));
    command.actor = by;
    const auto answer = site.run(std::move(command));
    return from_row<testing::Saved>(answer).value_or(testing::Saved{}).ticket;
  }
  void act(const AggregateId& ticket, protocol::TicketAction::What what,
           const std::string& assignee = "", const AggregateId& by = {}) {
    protocol::TicketAction action;
    action.what = what;
    action.text = "потому что";
    action.assignee = assignee;
    auto command = testing::acting(ticket, action);
    command.actor = by;
    site.run(std::move(command));
  }
  // Time passes, and the owner says what is to be said of it.
  void pass(std::int64_t ms, const std::vector<AggregateId>& tickets) {
    site.clock().advance(ms);
    for (const AggregateId& ticket : tickets) {
      site.run(testing::passing_moment(ticket));
      site.run(testing::passing_moment(ticket));
    }
  }
  std::string unread(const Browser& who) {
    const Answer count = site.get(who, "/api/v1/notices/count");
    EXPECT_EQ(count.status, 200) << count.body;
    return count.member("unread");
  }
  Answer list(const Browser& who) { return site.get(who, "/api/v1/notices"); }
  Answer read(const Browser& who, const std::string& ids) {
    return site.change(who, Method::kPost, "/api/v1/notices/read", R"({"ids":)" + ids + "}");
  }

  Browser signed_in(const Person& who) {
    site.make_local(who);
    return site.browser(who);
  }

  AppSite site;
  int opened = 0;
};

TEST_F(NoticesTest, WhoWorksOnItIsToldAndNobodyElse) {
  const Browser petrov = signed_in(person("petrov", Role::kSpecialist));
  const Browser sidorov = signed_in(person("sidorov", Role::kSpecialist));
  const AggregateId ticket = open();
  act(ticket, protocol::TicketAction::What::kStart, "petrov");
  EXPECT_EQ(unread(petrov), "0");
  pass(6 * kHourMs, {ticket});
  EXPECT_EQ(unread(petrov), "1");
  EXPECT_EQ(list(petrov).member("threshold"), "warned");
  EXPECT_EQ(unread(sidorov), "0");
}

TEST_F(NoticesTest, TheBreachReachesTheSupervisorUntilItIsDone) {
  const Browser boss = signed_in(person("boss", Role::kSupervisor));
  const AggregateId ticket = open();
  act(ticket, protocol::TicketAction::What::kStart, "petrov");
  pass(6 * kHourMs, {ticket});
  EXPECT_EQ(unread(boss), "0");
  pass(2 * kHourMs, {ticket});
  EXPECT_EQ(unread(boss), "1");
  act(ticket, protocol::TicketAction::What::kComplete);
  EXPECT_EQ(unread(boss), "0");
}

TEST_F(NoticesTest, WhatNobodyHasConcernsTheLine) {
  const Browser first = signed_in(operator_of("first"));
  const Browser second = signed_in(person("second", Role::kSpecialist));
  const AggregateId ticket = open();
  pass(6 * kHourMs, {ticket});
  EXPECT_EQ(unread(first), "1");
  EXPECT_EQ(unread(second), "0");
}

TEST_F(NoticesTest, WhatWaitsOnALineThatIsNobodysOwnConcernsThoseWhoWorkOnIt) {
  site.learn(testing::changing_queue(queue_of("second", 2)));
  const Browser alone = signed_in(operator_of("alone"));
  const AggregateId ticket = open();
  protocol::TicketAction up;
  up.what = protocol::TicketAction::What::kAssign;
  up.line = 2;
  up.text = "нестандартный вопрос";
  site.run(testing::acting(ticket, up));
  pass(6 * kHourMs, {ticket});
  EXPECT_EQ(unread(alone), "1");
  EXPECT_EQ(list(alone).member("threshold"), "warned");
  const Browser expert = signed_in(person("expert", Role::kExpert));
  EXPECT_EQ(unread(expert), "1");
  EXPECT_EQ(unread(alone), "0");
}

TEST_F(NoticesTest, EachHasMarksOfHisOwnWhichAStoreKeeps) {
  const Browser one = signed_in(operator_of("one"));
  const Browser other = signed_in(operator_of("other"));
  pass(6 * kHourMs, {open(), open()});
  EXPECT_EQ(unread(one), "2");
  const Answer marked = read(one, R"([")" + list(one).member("id") + R"("])");
  EXPECT_EQ(marked.status, 200) << marked.body;
  EXPECT_EQ(marked.member("unread"), "1");
  EXPECT_EQ(unread(one), "1");
  EXPECT_EQ(unread(other), "2");
}

TEST_F(NoticesTest, ToldAgainItIsUnreadAgain) {
  const Browser petrov = signed_in(person("petrov", Role::kSpecialist));
  const AggregateId ticket = open();
  act(ticket, protocol::TicketAction::What::kStart, "petrov");
  pass(6 * kHourMs, {ticket});
  (void)read(petrov, R"([")" + list(petrov).member("id") + R"("])");
  EXPECT_EQ(unread(petrov), "0");
  pass(2 * kHourMs, {ticket});
  EXPECT_EQ(unread(petrov), "1") << "three quarters were read, the breach was not";
}

TEST_F(NoticesTest, IdsOfOthersArePassedOver) {
  const Browser one = signed_in(operator_of("one"));
  pass(6 * kHourMs, {open()});
  const Answer answer = read(one, R"(["00000000000000000000000000000007"])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.member("unread"), "1");
}

TEST_F(NoticesTest, OnlyTheNewestAreShownAndItIsSaid) {
  const Browser one = signed_in(operator_of("one"));
  std::vector<AggregateId> tickets;
  for (std::size_t i = 0; i <= kMaxNotices; ++i) tickets.push_back(open());
  pass(6 * kHourMs, tickets);
  EXPECT_EQ(unread(one), std::to_string(kMaxNotices));
  EXPECT_EQ(list(one).member("more"), "true");
}

TEST_F(NoticesTest, NoRecordIsReadByThem) {
  const Browser one = signed_in(operator_of("one"));
  pass(6 * kHourMs, {open()});
  const Answer shown = list(one);
  EXPECT_EQ(shown.body.find("не печатает"), std::string::npos);
  EXPECT_EQ(shown.body.find("+7912"), std::string::npos);
  EXPECT_EQ(unread(one), "1");
  EXPECT_EQ(site.context().read_memory.size(), 0U);
}

TEST_F(NoticesTest, ANamesakeOfAnotherPlaceIsNotTheAssignee) {
  const Person local = person("petrov", Role::kSpecialist);
  const Browser meant = signed_in(local);
  const AggregateId regional = site.make_regional(person("petrov", Role::kSpecialist));
  const AggregateId ticket = open();
  act(ticket, protocol::TicketAction::What::kStart, "petrov");
  pass(6 * kHourMs, {ticket});
  EXPECT_EQ(unread(meant), "1");
  User other;
  other.id = regional;
  other.login = "petrov";
  other.roles = local.roles;
  EXPECT_TRUE(notices_of(site.context(), *site.store().snapshot(), other).items.empty());
}

// ---- News (A9), and what the region knows itself

TEST_F(NoticesTest, A9WhoOpenedOrHadATicketHearsWhatBecameOfItAndWhoDidItDoesNot) {
  const Person first = operator_of("first");
  const Browser opener = signed_in(first);
  const Browser petrov = signed_in(person("petrov", Role::kSpecialist));
  const Browser expert = signed_in(person("expert", Role::kExpert));
  const AggregateId ticket = open(user_id("first"));
  act(ticket, protocol::TicketAction::What::kStart, "petrov");
  act(ticket, protocol::TicketAction::What::kAssign, "expert");
  EXPECT_EQ(list(expert).member("what"), "given");
  EXPECT_EQ(unread(petrov), "0");
  act(ticket, protocol::TicketAction::What::kComplete, "", user_id("expert"));
  EXPECT_EQ(list(opener).member("what"), "answered");
  EXPECT_EQ(list(opener).member("clock"), "null");
  EXPECT_EQ(unread(petrov), "1");
  EXPECT_EQ(unread(expert), "0");
  (void)read(opener, R"([")" + list(opener).member("id") + R"("])");
  EXPECT_EQ(unread(opener), "0");
}

TEST_F(NoticesTest, NewsAreOldAfterTwoWeeks) {
  const Person petrov = person("petrov", Role::kSpecialist);
  site.make_local(petrov);
  act(open(), protocol::TicketAction::What::kAssign, "petrov");
  site.clock().advance(protocol::kNewsMs);
  EXPECT_EQ(unread(site.browser(petrov)), "1");
  site.clock().advance(kHourMs);
  EXPECT_EQ(unread(site.browser(petrov)), "0");
}

class RegionsNotices : public NoticesTest {
 protected:
  // As the hub reads the same records, with a supervisor of the region.
  ToldList of_region(std::optional<TimeMs> heard) {
    Context hub = site.context();
    hub.place = protocol::Place::kHub;
    hub.site = kHubSite;
    hub.data_through = [heard](SiteNo) { return heard; };
    User boss;
    boss.id = user_id("boss");
    boss.roles = protocol::roles_of({Role::kSupervisor});
    return notices_of(hub, *site.store().snapshot(), boss);
  }
  TimeMs now() { return site.clock().now(); }
};

TEST_F(RegionsNotices, OfAnOwnerThatIsNotHeardItKnowsTheBreachItself) {
  open();
  site.clock().advance(7 * kHourMs);
  const TimeMs heard = now();
  site.clock().advance(2 * kHourMs);
  EXPECT_TRUE(of_region(now()).items.empty()) << "whom it hears says it himself";
  const ToldList told = of_region(heard);
  ASSERT_EQ(told.items.size(), 1U) << "the reaction has no norm";
  EXPECT_EQ(told.items[0].unheard_since, heard);
  EXPECT_EQ(told.items[0].notice.clock, protocol::DueClock::kCompletion);
  EXPECT_EQ(told.unread, 1U);
  EXPECT_EQ(of_region(std::nullopt).items[0].unheard_since, TimeMs{}) << "never heard of";
}

TEST_F(RegionsNotices, TheOwnersOwnWordTakesTheirPlace) {
  const AggregateId ticket = open();
  site.clock().advance(9 * kHourMs);
  const ToldList before = of_region(now() + -kHourMs);
  pass(0, {ticket});
  const ToldList after = of_region(now() + -kHourMs);
  ASSERT_EQ(before.items.size(), 1U);
  ASSERT_EQ(after.items.size(), 1U);
  EXPECT_EQ(after.items[0].id, before.items[0].id);
  EXPECT_EQ(after.items[0].unheard_since, std::nullopt);
}

TEST_F(RegionsNotices, TheSupervisorHasHisTimeFirst) {
  const Browser boss = signed_in(person("boss", Role::kSupervisor));
  const AggregateId ticket = open();
  pass(8 * kHourMs, {ticket});
  EXPECT_EQ(unread(boss), "1");
  EXPECT_TRUE(of_region(now()).items.empty());
  site.clock().advance(kHourMs / 4);
  EXPECT_EQ(of_region(now()).items.size(), 1U);
}

TEST_F(NoticesTest, WhoHasNoPartInTicketsIsRefused) {
  const Browser admin = signed_in(person("admin", Role::kAdministrator));
  EXPECT_EQ(list(admin).status, 403);
  EXPECT_EQ(site.get(admin, "/api/v1/notices/count").status, 403);
  EXPECT_EQ(read(admin, R"(["00000000000000000000000000000007"])").status, 403);
  EXPECT_EQ(list({}).status, 401);
  EXPECT_EQ(site.get({}, "/api/v1/notices/count").status, 401);
}

TEST_F(NoticesTest, BadInputNamesItsPlace) {
  const Browser one = signed_in(operator_of("one"));
  for (const char* ids : {"[]", R"(["short"])", R"(["zz000000000000000000000000000007"])", "7"}) {
    const Answer answer = read(one, ids);
    EXPECT_EQ(answer.status, 422) << ids;
    EXPECT_EQ(answer.member("path").substr(0, 3), "ids") << answer.body;
  }
  EXPECT_EQ(site.get(one, "/api/v1/notices?all=1").status, 422);
  EXPECT_EQ(site.get(one, "/api/v1/notices/count?all=1").status, 422);
  std::string many;
  for (std::size_t i = 0; i <= kMaxNotices; ++i)
    many += std::string(i == 0 ? "" : ",") + R"("00000000000000000000000000000007")";
  EXPECT_EQ(read(one, "[" + many + "]").status, 422);
}

}  // namespace
}  // namespace opora::app
