// GET tickets and GET contacts at a site with more records than a page looks at: whose history they
// give, what a sparse filter costs, what goes on from a cursor.
#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "tests/unit/app/app_site.h"

namespace opora::app {
namespace {

using protocol::PersonalField;

class TicketList : public ::testing::Test {
 protected:
  TicketList() {
    site_.learn(
        testing::publishing({{"rare", "Услуги", "", "Редкое"}, {"often", "Услуги", "", "Частое"}}));
    site_.make_local(operator_of("anna"));
    who_ = site_.browser(operator_of("anna"));
  }

  AggregateId open(const std::string& topic, const protocol::Personal& said = {}) {
    auto contact = testing::contact_from("8913" + std::to_string(1'000'000 + ++opened_), "нет");
    contact.topic = topic;
    for (const auto& [field, text] : said) contact.personal[field] = text;
    const auto answer = site_.run(testing::registering(std::move(contact)));
    site_.clock().advance(1'000);
    return from_row<testing::Saved>(answer).value_or(testing::Saved{}).ticket;
  }
  void open_others(int count) {
    for (int i = 0; i < count; ++i) open("often");
  }
  void give(const AggregateId& ticket, const std::string& login) {
    protocol::TicketAction action;
    action.what = protocol::TicketAction::What::kAssign;
    action.line = 1;
    action.assignee = login;
    site_.run(testing::acting(ticket, action));
  }

  Answer get(const std::string& target) { return site_.get(who_, "/api/v1/" + target); }
  static std::size_t items(const Answer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.count("receipt");
  }
  std::string refused(const std::string& target) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.member("path");
  }

  AppSite site_;
  Browser who_;
  int opened_ = 0;
};

const protocol::Personal kIvanova{{PersonalField::kApplicant, "Ivanova Maria Petrovna"},
                                  {PersonalField::kBirthDate, "1970-01-31"},
                                  {PersonalField::kMail, "ivanova@clinic.example"}};
constexpr const char* kHer = "applicant=maria+ivanova&birth_date=1970-01-31";

TEST_F(TicketList, GivesTheHistoryOfAPersonByMailAddressAndByNameAndBirth) {
  open("rare", kIvanova);
  auto namesake = kIvanova;
  namesake[PersonalField::kBirthDate] = "1980-01-31";
  open("rare", namesake);
  open("rare");
  for (const char* list : {"tickets?status=all&", "contacts?"}) {
    EXPECT_EQ(items(get(std::string(list) + "email=IVANOVA@clinic.example")), 2u) << list;
    EXPECT_EQ(items(get(std::string(list) + kHer)), 1u) << list;
    EXPECT_EQ(items(get(std::string(list) + "email=petrova@clinic.example")), 0u) << list;
  }
}

TEST_F(TicketList, AsksForOnePersonInOneWayAndSaysWhichFieldIsTooMuch) {
  for (const std::string list : {"tickets", "contacts"}) {
    EXPECT_EQ(refused(list + "?applicant=Ivanova"), "birth_date");
    EXPECT_EQ(refused(list + "?birth_date=1970-01-31"), "applicant");
    EXPECT_EQ(refused(list + "?applicant=Ivanova&birth_date=1970-02-31"), "birth_date");
    EXPECT_EQ(refused(list + "?applicant=12&birth_date=1970-01-31"), "applicant");
    EXPECT_EQ(refused(list + "?email=ivanova"), "email");
    EXPECT_EQ(refused(list + "?phone=+"), "phone");
    EXPECT_EQ(refused(list + "?phone=89131000001&email=a@b.example"), "email");
    EXPECT_EQ(refused(list + "?phone=89131000001&" + kHer), "applicant");
  }
  EXPECT_EQ(refused("tickets?email=a@b.example&q=x"), "email");
  EXPECT_EQ(refused(std::string("tickets?due=late&") + kHer), "applicant");
}

TEST_F(TicketList, ANumberAPersonAndADayAreListsOfTheirOwn) {
  EXPECT_EQ(refused("contacts?number=17-000001-0&phone=89131000001"), "number");
  EXPECT_EQ(refused("contacts?number=17-000001-0&date=2026-03-02"), "date");
  EXPECT_EQ(refused("contacts?phone=89131000001&date=2026-03-02"), "date");
}

TEST_F(TicketList, CountsWithItsFirstPageAlone) {
  open_others(3);
  const Answer first = get("tickets?limit=2");
  EXPECT_EQ(first.member("total_estimate"), "3");
  const Answer next = get("tickets?limit=2&cursor=" + first.member("next_cursor"));
  EXPECT_EQ(items(next), 1u);
  EXPECT_EQ(next.member("total_estimate"), "null");
  EXPECT_EQ(next.member("next_cursor"), "null");
}

// Five thousand rows a page, whatever the filter: what few match comes in parts.
TEST_F(TicketList, ASparseFilterIsAnsweredInPartsAndFindsAllInTheEnd) {
  open("rare");
  open_others(5'000);
  const Answer first = get("tickets?topic=rare");
  EXPECT_EQ(items(first), 0u);
  ASSERT_NE(first.member("next_cursor"), "null") << "there is more to look at";
  const Answer next = get("tickets?topic=rare&cursor=" + first.member("next_cursor"));
  EXPECT_EQ(items(next), 1u);
  EXPECT_EQ(next.member("next_cursor"), "null");
}

TEST_F(TicketList, WhatSomebodyHasIsFoundAtOnceAmongMany) {
  const AggregateId hers = open("rare");
  give(hers, "anna");
  open_others(5'000);
  for (const char* query : {"assignee=anna", "assignee=me", "assignee=me&topic=rare"}) {
    const Answer answer = get(std::string("tickets?") + query);
    EXPECT_EQ(items(answer), 1u) << query;
    EXPECT_EQ(answer.member("next_cursor"), "null") << query;
    EXPECT_EQ(answer.member("total_estimate"), "1") << query;
  }
  EXPECT_EQ(items(get("tickets?assignee=me&status=waiting")), 0u);
  EXPECT_EQ(items(get("tickets?assignee=me&topic=often")), 0u);
}

// What a list on screen asks about the rows that it has.
TEST_F(TicketList, OfKnownTicketsGivesThoseThatTheFilterHas) {
  const AggregateId mine = open("often");
  give(mine, "anna");
  const AggregateId rare = open("rare");
  const AggregateId often = open("often");
  const auto among = [&](const std::string& more) {
    return get("tickets?among=" + often.hex() + "," + mine.hex() + "," + rare.hex() + more);
  };
  EXPECT_EQ(items(among("")), 3u);
  EXPECT_EQ(among("").member("id"), often.hex()) << "in the order asked for";
  EXPECT_EQ(items(among("&topic=rare")), 1u);
  EXPECT_EQ(items(among("&assignee=anna")), 1u);
  EXPECT_EQ(items(among("&status=done")), 0u);
  EXPECT_EQ(items(among("&due=late")), 0u) << "nothing is late yet";
  EXPECT_EQ(items(get("tickets?among=" + std::string(32, '0'))), 0u) << "nobody's";
}

TEST_F(TicketList, RefusesKnownTicketsThatAreNoIdsTooManyOrOfASearch) {
  const std::string id(32, 'a');
  std::string many = id;
  for (int i = 1; i < 64; ++i) many += "," + id;
  EXPECT_EQ(items(get("tickets?among=" + many)), 0u) << "64 are taken";
  for (const std::string& wrong : {many + "," + id, id + ",", "," + id, id.substr(1), id + id}) {
    EXPECT_EQ(refused("tickets?among=" + wrong), "among") << wrong;
  }
  EXPECT_EQ(refused("tickets?q=x&among=" + id), "among");
  EXPECT_EQ(refused("tickets?phone=89131000001&among=" + id), "among");
}

}  // namespace
}  // namespace opora::app
