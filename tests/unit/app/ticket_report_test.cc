// The report of tickets (A19) over a site's figures: what the total of contacts (A12) is of, and
// that a total opens what it counts.
#include "web/app/ticket_report.h"

#include <gtest/gtest.h>

#include "tests/unit/app/app_site.h"

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

}  // namespace
}  // namespace opora::app
