#include "protocol/domain/facets.h"

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/domain/call_summary.h"
#include "protocol/domain/desk_cells.h"
#include "protocol/domain/local_day.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

// The row of the subject under `prefix`; fails when there is not exactly one.
IndexRow row_under(const Entity& entity, const Bytes& prefix) {
  std::vector<IndexRow> found;
  for (const IndexRow& row : facets(entity).index) {
    if (row.key.starts_with(prefix)) found.push_back(row);
  }
  EXPECT_EQ(found.size(), 1u);
  if (found.empty()) return {};
  EXPECT_EQ(keys::id_of(found[0].key), entity.id);
  return found[0];
}

bool has_row(const Entity& entity, const Bytes& prefix) {
  for (const IndexRow& row : facets(entity).index) {
    if (row.key.starts_with(prefix)) return true;
  }
  return false;
}

ContactRegistered by_phone() {
  ContactRegistered e;
  e.occurred_at = kNine;
  e.desk = DeskNo{2};
  e.topic = "appointment";
  e.zone_offset_min = 180;
  return e;
}

Entity folded(Kind kind, const Event& event) {
  Entity entity = subject(kind);
  EXPECT_EQ(fold(entity, event), FoldResult::kFolded);
  return entity;
}

Entity contact(const ContactRegistered& facts) {
  return folded(Kind::kContact,
                told(facts).at(1).place(1).saying(PersonalField::kPhone, "8 (912) 345-67-89"));
}

// Its cells among the calls'; those of the report of tickets (A12) are contact_figures_test's.
std::vector<CubeRow> among_calls(const Entity& entity) {
  std::vector<CubeRow> out = facets(entity).cubes;
  std::erase_if(out, [](const CubeRow& cell) { return cell.key.starts_with('y'); });
  return out;
}

// T5: what counts as registered.
TEST(ContactFacets, CountIncomingTelephoneContactsInTheHourTheyOccurred) {
  const auto cells = among_calls(contact(by_phone()));
  ASSERT_EQ(cells.size(), 2u);
  const std::int32_t day = local_day(kNine, 180);
  EXPECT_EQ(cells[0].key, keys::day_cube(day, SiteNo{17}, DeskNo{2}));
  EXPECT_EQ(cells[1].key, keys::quarter_cube(SiteNo{17}, DeskNo{2}, kNine, ""));
  EXPECT_TRUE(cells[1].key.starts_with(keys::quarter_cubes(SiteNo{17}, DeskNo{2})));
  EXPECT_FALSE(cells[1].key.starts_with(keys::quarter_cubes(SiteNo{17}, DeskNo{1})));
  Counters registered{};
  registered[static_cast<std::size_t>(Counter::kRegistered)] = 1;
  EXPECT_EQ(cells[0].delta, registered);
  EXPECT_EQ(cells[1].delta, registered);
}

// A2, A8: other channels and outgoing contacts are kept, and counted apart.
TEST(ContactFacets, CountNeitherOutgoingContactsNorOtherChannels) {
  auto facts = by_phone();
  facts.direction = Direction::kOut;
  EXPECT_TRUE(among_calls(contact(facts)).empty());
  for (const Channel channel :
       {Channel::kEmail, Channel::kPaper, Channel::kPortal, Channel::kChat}) {
    facts = by_phone();
    facts.channel = channel;
    EXPECT_TRUE(among_calls(contact(facts)).empty());
    EXPECT_TRUE(has_row(contact(facts),
                        keys::contacts_of_day(local_day(kNine, 180), SiteNo{17}, DeskNo{2})));
  }
}

// T10: the caller is known by the number, however it is written.
TEST(ContactFacets, FindTheCallerByAnyWritingOfTheNumberUntilErased) {
  Entity entity = contact(by_phone());
  EXPECT_TRUE(has_row(entity, keys::by_phone("+79123456789", Kind::kContact)));
  EXPECT_FALSE(has_row(entity, keys::by_phone("+79123456789", Kind::kTicket)));
  const auto cells = facets(entity).cubes.size();
  entity.personal = {};
  entity.erased = true;
  EXPECT_FALSE(has_row(entity, keys::by_phone("+79123456789")));
  EXPECT_EQ(facets(entity).cubes.size(), cells);
}

TEST(ContactFacets, HaveNoTelephoneRowForANumberThatIsNone) {
  const Entity entity =
      folded(Kind::kContact, told(by_phone()).at(1).place(1).saying(PersonalField::kPhone, "нет"));
  EXPECT_FALSE(has_row(entity, Bytes("P")));
}

TEST(ContactFacets, ListTheLatestFirst) {
  const Entity early = folded(Kind::kContact, told(by_phone()).at(1).place(1));
  const Entity late = folded(Kind::kContact, told(by_phone()).at(2).place(1));
  EXPECT_LT(row_under(late, keys::latest_contacts()).key,
            row_under(early, keys::latest_contacts()).key);
}

// A7b.
TEST(ContactFacets, FindACallByItsNumberWhenItHasOne) {
  ContactRegistered numbered;
  numbered.counter = 42;
  const auto key = keys::contact_by_number(SiteNo{17}, 42);
  EXPECT_TRUE(has_row(folded(Kind::kContact, told(numbered).at(1).place(1)), key));
  const Entity none = folded(Kind::kContact, told(ContactRegistered{}).at(1).place(1));
  EXPECT_FALSE(has_row(none, keys::contact_by_number(SiteNo{17}, 0)));
}

Entity ticket() {
  TicketOpened facts;
  facts.site = SiteNo{17};
  facts.counter = 42;
  facts.topic = "printer";
  facts.urgency = Urgency::kHigh;
  facts.received_at = kNine;
  return folded(Kind::kTicket, told(facts).at(1).place(1).saying(PersonalField::kPhone, "104"));
}

TEST(TicketFacets, FindItByNumberAndByTelephone) {
  EXPECT_TRUE(has_row(ticket(), keys::ticket_by_number(SiteNo{17}, 42)));
  EXPECT_TRUE(has_row(ticket(), keys::by_phone("=104", Kind::kTicket)));
}

TEST(TicketFacets, CarryWhatTheListFiltersBy) {
  Entity entity = ticket();
  (void)fold(entity, told(TicketAssigned{2, "petrov"}).at(2).place(2));
  const auto row =
      from_row<TicketListRow>(row_under(entity, keys::tickets(keys::Openness::kOpen)).value);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->site, SiteNo{17});
  EXPECT_EQ(row->status, TicketStatus::kAssigned);
  EXPECT_EQ(row->line, 2);
  EXPECT_EQ(row->assignee, "petrov");
  EXPECT_EQ(row->urgency, Urgency::kHigh);
  EXPECT_EQ(row->topic, "printer");
}

TEST(TicketFacets, MoveItBetweenTheOpenTheDoneAndTheRejected) {
  const auto closed = [](TicketStatus status, RejectReason reason) {
    Entity entity = ticket();
    (void)fold(entity, told(TicketClosed{status, reason}).at(2).place(2));
    return entity;
  };
  const auto where = [](const Entity& entity) {
    std::string out;
    for (const auto which :
         {keys::Openness::kOpen, keys::Openness::kDone, keys::Openness::kRejected})
      out += has_row(entity, keys::tickets(which)) ? '1' : '0';
    return out;
  };
  EXPECT_EQ(where(ticket()), "100");
  EXPECT_EQ(where(closed(TicketStatus::kDone, RejectReason::kNone)), "010");
  EXPECT_EQ(where(closed(TicketStatus::kRejected, RejectReason::kDisrespectful)), "001");
}

// T9.
TEST(ProblemFacets, LeaveTheCurrentOnesWhenClosed) {
  Entity entity = folded(
      Kind::kProblem, told(ProblemOpened{ProblemKind::kNoLink, SiteNo{17}, kNine}).at(1).place(1));
  EXPECT_TRUE(has_row(entity, keys::problems(keys::ProblemRows::kCurrent)));
  (void)fold(entity, told(ProblemClosed{}).at(2));
  EXPECT_FALSE(has_row(entity, keys::problems(keys::ProblemRows::kCurrent)));
  EXPECT_TRUE(has_row(entity, keys::problems(keys::ProblemRows::kClosed)));
}

TEST(UserFacets, LetAProgramInByItsTokenUnlessDisabled) {
  UserChanged facts;
  facts.login = "pbx";
  const auto user = [&] {
    return folded(Kind::kUser, told(facts).at(1).place(1).saying(PersonalField::kTokenHash, "abc"));
  };
  EXPECT_TRUE(has_row(user(), keys::user_by_login("pbx")));
  EXPECT_TRUE(has_row(user(), keys::user_by_token("abc")));
  facts.disabled = true;
  EXPECT_TRUE(has_row(user(), keys::user_by_login("pbx")));
  EXPECT_FALSE(has_row(user(), keys::user_by_token("abc")));
}

TEST(DirectoryFacets, ListSitesAgentsAndErasures) {
  SiteChanged site;
  site.site = SiteNo{18};
  EXPECT_TRUE(has_row(folded(Kind::kSite, told(site).at(1).place(1)), keys::site(SiteNo{18})));
  const AgentStateChanged agent{"101", AgentState::kReady, {}, kNine, DeskNo{1}};
  EXPECT_TRUE(has_row(folded(Kind::kAgent, told(agent).at(1)), keys::agents(SiteNo{17})));
  EXPECT_TRUE(has_row(folded(Kind::kErasure, told(Erased{"заявление"}).at(1)), keys::erasures()));
}

TEST(Facets, AreNoneForWhatDoesNotExist) {
  EXPECT_TRUE(facets(subject(Kind::kTicket)).index.empty());
  EXPECT_TRUE(facets(subject(Kind::kTicket)).cubes.empty());
}

TEST(CounterRows, ReadBackWhatWasWritten) {
  Counters counters{};
  for (std::size_t i = 0; i < counters.size(); ++i) counters[i] = static_cast<std::int64_t>(i) - 3;
  EXPECT_EQ(counters_of(counters_row(counters)), counters);
  EXPECT_EQ(counters_of("short"), Counters{});
  EXPECT_EQ(counters_of(counters_row(counters) + "x"), Counters{});
}

TEST(CubeKeys, ReadBackTheirCell) {
  const DayCell cell = day_cell(keys::day_cube(20'413, SiteNo{17}, DeskNo{3}));
  EXPECT_EQ(cell.day, 20'413);
  EXPECT_EQ(cell.site, SiteNo{17});
  EXPECT_EQ(cell.desk, DeskNo{3});
  EXPECT_TRUE(keys::agent_day(20'413, SiteNo{17}, DeskNo{3}, "101")
                  .starts_with(keys::agent_day_prefix(20'413)));
}

TEST(CubeKeys, FindNoIdInAKeyThatIsTooShort) { EXPECT_TRUE(keys::id_of("short").is_zero()); }

// The projection keeps what waits for a key under K, and reads all of that family as ids.
TEST(IndexKeys, OfSupportCodesAreNoEventsThatWaitForAKey) {
  EXPECT_NE(keys::support_code("482918").front(), 'K');
}

}  // namespace
}  // namespace opora::protocol
