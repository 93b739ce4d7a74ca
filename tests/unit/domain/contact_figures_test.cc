// A12: what a contact counts as beside the figures of tickets, under what; and that a figure opens
// as many rows as it says.
#include "protocol/domain/contact_figures.h"

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

constexpr std::int16_t kMoscow = 180;
const AggregateId kOperator = AggregateId::from_hex(std::string(32, 'a')).value();

ContactRegistered solved() {
  ContactRegistered out;
  out.occurred_at = kNine;
  out.desk = DeskNo{2};
  out.topic = "appointment";
  out.zone_offset_min = kMoscow;
  return out;
}

Entity contact(const ContactRegistered& facts) {
  Entity out = subject(Kind::kContact);
  EXPECT_EQ(fold(out, told(facts).at(1).place(1)), FoldResult::kFolded);
  std::get<ContactState>(out.state).operator_id = kOperator;
  return out;
}

LocalDay that_day() { return LocalDay{local_day(kNine, kMoscow)}; }

ContactCount count(const Entity& entity, TicketGroup group, std::string_view value,
                   SiteNo scope = SiteNo{17}, TicketClass of = TicketClass::kTickets) {
  const Bytes key =
      KeyWriter().raw(keys::contact_cells(of, scope, group, that_day())).raw(value).take();
  ContactCount out;
  for (const CubeRow& row : facets(entity).cubes) {
    if (row.key == key) out.add(row.delta);
  }
  return out;
}

std::vector<std::int64_t> of_day(const Entity& entity) {
  const ContactCount found = count(entity, TicketGroup::kDay, "");
  return {found.at(ContactFigure::kAll), found.at(ContactFigure::kOther),
          found.at(ContactFigure::kSolved)};
}
using Counted = std::vector<std::int64_t>;

std::size_t rows(const Entity& entity, ContactFigure figure,
                 TicketClass of = TicketClass::kTickets) {
  std::size_t out = 0;
  for (const IndexRow& row : facets(entity).index) {
    if (!row.key.starts_with(keys::contact_moments(of, that_day()))) continue;
    EXPECT_EQ(keys::id_of(row.key), entity.id);
    EXPECT_EQ(ticket_moment_at(row.key), kNine);
    const auto moment = from_row<TicketMoment>(row.value);
    EXPECT_TRUE(moment);
    if (moment && (moment->figures.v & set_of(figure).v) != 0) ++out;
  }
  return out;
}

TEST(ContactFigures, A12WhatIsSolvedOnTheLineCountsWithoutATicketAndOpensItsContact) {
  EXPECT_EQ(of_day(contact(solved())), (Counted{1, 0, 1}));
  EXPECT_EQ(rows(contact(solved()), ContactFigure::kSolved), 1u);
  EXPECT_EQ(rows(contact(solved()), ContactFigure::kOther), 0u);
  ContactRegistered ticket = solved();
  ticket.outcome = Outcome::kTicket;
  EXPECT_EQ(of_day(contact(ticket)), (Counted{1, 0, 0}));
  EXPECT_EQ(rows(contact(ticket), ContactFigure::kSolved), 0u);
  EXPECT_EQ(rows(contact(ticket), ContactFigure::kAll), 1u);
}

TEST(ContactFigures, A12WhatIsNoIncomingCallCountsTooAndIsToldApart) {
  for (const Channel channel :
       {Channel::kEmail, Channel::kPaper, Channel::kPortal, Channel::kChat}) {
    ContactRegistered letter = solved();
    letter.channel = channel;
    EXPECT_EQ(of_day(contact(letter)), (Counted{1, 1, 1}));
    EXPECT_EQ(rows(contact(letter), ContactFigure::kOther), 1u);
  }
  ContactRegistered called = solved();
  called.direction = Direction::kOut;
  EXPECT_EQ(of_day(contact(called)), (Counted{1, 1, 1}));
}

TEST(ContactFigures, A12CountByDayLineTopicAndOperatorAndInTheRegionBySite) {
  const Entity entity = contact(solved());
  const auto found = [&](TicketGroup group, std::string_view value, SiteNo scope) {
    return count(entity, group, value, scope).at(ContactFigure::kSolved);
  };
  for (const SiteNo scope : {SiteNo{17}, kHubSite}) {
    EXPECT_EQ(found(TicketGroup::kDay, "", scope), 1);
    EXPECT_EQ(found(TicketGroup::kLine, "1", scope), 1);
    EXPECT_EQ(found(TicketGroup::kTopic, "appointment", scope), 1);
    EXPECT_EQ(found(TicketGroup::kOperator, kOperator.hex(), scope), 1);
  }
  EXPECT_EQ(found(TicketGroup::kSite, "17", kHubSite), 1);
  EXPECT_EQ(found(TicketGroup::kSite, "17", SiteNo{17}), 0) << "a site's figures are its own";
}

TEST(ContactFigures, V13AWishCountsApartByWhatItIsFor) {
  ContactRegistered wish = solved();
  wish.asking.kind = ContactKind::kWish;
  wish.asking.wish = WishSubject::kDocuments;
  const Entity entity = contact(wish);
  EXPECT_EQ(of_day(entity), (Counted{0, 0, 0}));
  const auto found =
      count(entity, TicketGroup::kSubject, "wish.documents", SiteNo{17}, TicketClass::kWishes);
  EXPECT_EQ(found.at(ContactFigure::kSolved), 1);
  EXPECT_EQ(rows(entity, ContactFigure::kSolved, TicketClass::kWishes), 1u);
  EXPECT_EQ(rows(entity, ContactFigure::kSolved), 0u);
}

TEST(ContactFigures, TheShareIsOfAllContactsAndOfNoneThereIsNone) {
  EXPECT_FALSE(ContactCount{}.solved_pct());
  ContactCount sum;
  sum.add(count(contact(solved()), TicketGroup::kDay, "").counters);
  EXPECT_EQ(sum.solved_pct(), 100);
  ContactRegistered ticket = solved();
  ticket.outcome = Outcome::kTicket;
  for (int i = 0; i < 2; ++i) sum.add(count(contact(ticket), TicketGroup::kDay, "").counters);
  EXPECT_EQ(sum.solved_pct(), 33);
}

}  // namespace
}  // namespace opora::protocol
