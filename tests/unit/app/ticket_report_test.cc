// The report of tickets (A19) over a site's figures: what the total of contacts (A12) is of, and
// that a total opens what it counts.
#include "web/app/ticket_report.h"

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "tests/unit/app/app_site.h"
#include "web/app/figure_days.h"
#include "web/app/listing.h"

namespace opora::app {
namespace {

using protocol::ContactFigure;
using protocol::ContactKind;
using protocol::TicketGroup;

class Report : public ::testing::Test {
 protected:
  Report() {
    site_.learn_rubricator();
    site_.make_local(operator_of("anna"));
    who_ = site_.browser(operator_of("anna"));
  }

  void register_contact(const protocol::Asking& asking, const std::string& summary = "") {
    auto contact = testing::contact_from("8913" + std::to_string(1'000'000 + ++made_), summary);
    contact.asking = asking;
    site_.run(testing::registering(std::move(contact)));
    site_.clock().advance(1'000);
  }
  void register_ministry(const std::string& summary = "") {
    protocol::Asking asking;
    asking.kind = ContactKind::kHotLine;
    asking.hot_line = protocol::HotLine::kMinistry;
    register_contact(asking, summary);
  }

  AggregateId open_ticket() {
    auto contact = testing::contact_from("8913" + std::to_string(1'000'000 + ++made_), "нет");
    topic_ = contact.topic;
    const auto answer = site_.run(testing::registering(std::move(contact)));
    return from_row<testing::Saved>(answer).value_or(testing::Saved{}).ticket;
  }
  void reject(const AggregateId& ticket) {
    protocol::TicketAction action;
    action.what = protocol::TicketAction::What::kReject;
    action.reason = protocol::RejectReason::kNotReproducible;
    site_.run(testing::acting(ticket, action));
  }

  TicketReport by(TicketGroup group) {
    const LocalDay today = site_.context().zone.day_of(site_.clock().now());
    const auto rows = site_.store().snapshot();
    return read_ticket_report(
        site_.context(), *rows,
        {protocol::TicketClass::kTickets, group, {today, today}, AppSite::kSite});
  }
  // How many a figure of the total opens.
  int opened(const std::string& figure, const std::string& by) {
    const Answer answer =
        site_.get(who_, "/api/v1/reports/tickets/items?figure=" + figure + "&by=" + by);
    EXPECT_EQ(answer.status, 200) << answer.body;
    int out = 0;
    const std::string mark = R"({"at":)";
    for (auto at = answer.body.find(mark); at != std::string::npos;
         at = answer.body.find(mark, at + 1))
      ++out;
    return out;
  }
  static std::int64_t contacts(const TicketReportRow& row) {
    return row.contacts.at(ContactFigure::kAll);
  }
  static std::int64_t contacts_of_rows(const TicketReport& report) {
    std::int64_t out = 0;
    for (const TicketReportRow& row : report.rows) out += contacts(row);
    return out;
  }

  AppSite site_;
  Browser who_;
  int made_ = 0;
  std::string topic_;
};

TEST_F(Report, A12TotalsTheContactsOfItsRowsByWhateverContactsHave) {
  register_contact({});
  register_contact({}, "нет");
  register_ministry();
  for (const TicketGroup group : {TicketGroup::kDay, TicketGroup::kLine, TicketGroup::kTopic,
                                  TicketGroup::kSite, TicketGroup::kOperator}) {
    const TicketReport report = by(group);
    EXPECT_EQ(contacts(report.total), 3) << static_cast<int>(group);
    EXPECT_EQ(contacts_of_rows(report), 3) << static_cast<int>(group);
    EXPECT_EQ(report.total.contacts.solved_pct(), 67) << static_cast<int>(group);
  }
}

TEST_F(Report, T2TotalsOfHotLinesTheirOwnContactsAsTheirOwnTickets) {
  register_contact({});
  register_contact({}, "нет");
  register_ministry();
  register_ministry("нет");
  const TicketReport report = by(TicketGroup::kSubject);
  EXPECT_EQ(report.total.count.at(protocol::TicketFigure::kAccepted), 1);
  EXPECT_EQ(contacts(report.total), 2);
  EXPECT_EQ(contacts_of_rows(report), 2);
  EXPECT_EQ(report.total.contacts.solved_pct(), 50);
  EXPECT_EQ(opened("accepted", "subject"), 1);
  EXPECT_EQ(opened("contacts", "subject"), 2);
  EXPECT_EQ(opened("solved", "subject"), 1);
}

TEST_F(Report, A12TotalsAllContactsByWhatContactsDoNotHave) {
  register_contact({});
  register_ministry("нет");
  for (const TicketGroup group : {TicketGroup::kUrgency, TicketGroup::kResult}) {
    const TicketReport report = by(group);
    EXPECT_EQ(contacts(report.total), 2) << static_cast<int>(group);
    EXPECT_EQ(contacts_of_rows(report), 0) << static_cast<int>(group);
  }
  for (const std::string by : {"urgency", "result"}) {
    EXPECT_EQ(opened("contacts", by), 2) << by;
    EXPECT_EQ(opened("accepted", by), by == "urgency" ? 1 : 0) << by;
  }
}

// A19: what a figure of few opens costs no look at all that is not in it.
TEST_F(Report, WhatAFigureOpensIsFoundWithoutLookingAtDaysThatHaveNone) {
  constexpr int kDays = 8;
  constexpr int kADay = 6;
  std::vector<AggregateId> made;
  for (int day = 0; day < kDays; ++day) {
    for (int i = 0; i < kADay; ++i) made.push_back(open_ticket());
    site_.clock().advance(protocol::kDayMs);
  }
  reject(made[3 * kADay + 1]);  // today, when nothing else happens
  const auto rows = site_.store().snapshot();
  FigureDays days(*rows, {protocol::TicketClass::kTickets, false, TicketGroup::kDay, "",
                          protocol::rejected_figures(), AppSite::kSite});
  Page page;
  page.most_looked = kDays + 2;  // the first of each day, and what is looked for
  page.leap = [&days](std::string_view key) { return days.leap(key); };
  int found = 0;
  const auto row = [&](std::string_view key, std::string_view value) {
    const auto moment = from_row<protocol::TicketMoment>(value);
    const bool is = (moment->figures.v & protocol::rejected_figures().v) != 0;
    if (is) days.found(key);
    found += is ? 1 : 0;
    return is;
  };
  web::JsonWriter out(1'024);
  write_list(out, *rows, protocol::keys::ticket_moments(protocol::TicketClass::kTickets), page,
             row);
  EXPECT_EQ(found, 1);
  EXPECT_NE(out.take().find(R"("next_cursor":null)"), std::string::npos)
      << "and no more to look at";
}

TEST_F(Report, WhatAFigureOpensIsItsCountInEveryGroup) {
  for (int i = 0; i < 5; ++i) reject(open_ticket());
  open_ticket();
  register_ministry("нет");
  EXPECT_EQ(opened("rejected", "day"), 5);
  EXPECT_EQ(opened("accepted&line=1", "line"), 7);
  EXPECT_EQ(opened("accepted&line=2", "line"), 0);
  EXPECT_EQ(opened("accepted&urgency=medium", "urgency"), 7);
  EXPECT_EQ(opened("accepted&topic=" + topic_, "topic"), 7);
  EXPECT_EQ(opened("accepted&topic=no-such", "topic"), 0);
  EXPECT_EQ(opened("contacts", "day"), 7);
  EXPECT_EQ(opened("accepted&limit=3", "day"), 3);
}

}  // namespace
}  // namespace opora::app
