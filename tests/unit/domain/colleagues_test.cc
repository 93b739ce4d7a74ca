// Who may be given a ticket, and who may act on one that somebody has (A9). Every role, line and
// holder is in the table of ticket_table_test; here are people.
#include "protocol/domain/colleagues.h"

#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using What = TicketAction::What;

Colleague somebody(std::string login, Role role) {
  return {std::move(login), roles_of({role}), false, false, ""};
}

std::string refused(const Gift& gift) {
  const Status may = may_be_given(gift);
  return may.ok() ? "" : may.error().path;
}

TicketState in_work_of(std::string login, std::uint8_t line = 1) {
  TicketState out;
  out.status = TicketStatus::kInWork;
  out.line = line;
  out.assignee = std::move(login);
  return out;
}

bool may(What what, const TicketState& ticket, const Colleague& actor, const Colleague& holder) {
  return may_act(what, ticket, actor, holder).ok();
}

TEST(Absence, LastsToItsLastDay) {
  const Absence week{LocalDay{100}, LocalDay{106}, ""};
  EXPECT_FALSE(absent_on(week, LocalDay{99}));
  EXPECT_TRUE(absent_on(week, LocalDay{100}));
  EXPECT_TRUE(absent_on(week, LocalDay{106}));
  EXPECT_FALSE(absent_on(week, LocalDay{107}));
  EXPECT_FALSE(absent_on({}, LocalDay{0}));
}

TEST(Colleagues, WhoIsNotHereAnyMoreIsGivenNothing) {
  EXPECT_EQ(refused({{"nobody", {}}, 1}), "assignee");
  Colleague gone = somebody("petrov", Role::kExpert);
  gone.disabled = true;
  EXPECT_EQ(refused({gone, 3}), "assignee");
  EXPECT_EQ(refused({somebody("audit", Role::kAuditor), 1}), "assignee");
  EXPECT_EQ(refused({somebody("admin", Role::kAdministrator), 1}), "assignee");
  EXPECT_EQ(refused({somebody("petrov", Role::kExpert), 3}), "");
}

TEST(Colleagues, ALineIsGivenToThoseWhoWorkOnItOrOnOneAbove) {
  EXPECT_EQ(refused({somebody("petrova", Role::kOperator), 2}), "assignee_line");
  EXPECT_EQ(refused({somebody("petrova", Role::kSpecialist), 2}), "");
  EXPECT_EQ(refused({somebody("petrova", Role::kSpecialist), 3}), "assignee_line");
  EXPECT_EQ(refused({somebody("petrova", Role::kExpert), 1}), "");
  EXPECT_EQ(refused({somebody("petrova", Role::kSupervisor), 3}), "");
}

TEST(Colleagues, AHospitalWithOperatorsAloneHasThreeLinesAllTheSame) {
  const std::vector<Colleague> small = {somebody("petrova", Role::kOperator),
                                        somebody("head", Role::kSupervisor)};
  EXPECT_EQ(staffed(small, 1), Staffed::kYes);
  EXPECT_EQ(staffed(small, 3), Staffed::kNo);
  EXPECT_EQ(refused({small[0], 3, staffed(small, 3)}), "");
  auto larger = small;
  larger.push_back(somebody("expert", Role::kExpert));
  EXPECT_EQ(refused({small[0], 3, staffed(larger, 3)}), "assignee_line");
  larger.back().disabled = true;
  EXPECT_EQ(staffed(larger, 3), Staffed::kNo);
}

TEST(Colleagues, ALineThatIsNobodysOwnFallsToThoseAboveElseToEverybody) {
  std::vector<Colleague> people = {somebody("petrova", Role::kOperator),
                                   somebody("head", Role::kSupervisor)};
  const auto fall_to = [&](Role role) {
    std::vector<int> out;
    for (int line = 1; line <= 3; ++line) {
      if (falls_to(roles_of({role}), people, static_cast<std::uint8_t>(line))) out.push_back(line);
    }
    return out;
  };
  using Lines = std::vector<int>;
  EXPECT_EQ(fall_to(Role::kOperator), (Lines{2, 3}));
  people.push_back(somebody("expert", Role::kExpert));
  EXPECT_EQ(fall_to(Role::kOperator), Lines{}) << "the expert works on both";
  EXPECT_EQ(fall_to(Role::kExpert), Lines{2});
  people.back().disabled = true;
  EXPECT_EQ(fall_to(Role::kOperator), (Lines{2, 3}));
  people = {somebody("petrov", Role::kSpecialist)};
  EXPECT_EQ(fall_to(Role::kSpecialist), (Lines{1, 3}));
  EXPECT_EQ(fall_to(Role::kSupervisor), Lines{}) << "all lines are his own; he minds the breach";
  EXPECT_EQ(fall_to(Role::kAuditor), Lines{});
}

TEST(Colleagues, WhoIsAwayIsGivenATicketByASupervisorWhoSaysSoAlone) {
  Colleague away = somebody("petrova", Role::kOperator);
  away.away = true;
  const Roles operators = roles_of({Role::kOperator});
  const Roles supervisors = roles_of({Role::kSupervisor});
  EXPECT_EQ(refused({away, 1, Staffed::kYes, EvenAbsent::kNo, supervisors}), "assignee_absent");
  EXPECT_EQ(refused({away, 1, Staffed::kYes, EvenAbsent::kYes, operators}), "even_absent");
  EXPECT_EQ(refused({away, 1, Staffed::kYes, EvenAbsent::kYes, supervisors}), "");
}

TEST(Colleagues, WhoStandsInGoesOnWithWhatTheOtherHas) {
  const Colleague actor = somebody("sidorov", Role::kOperator);
  Colleague holder = somebody("petrova", Role::kOperator);
  holder.substitute = "sidorov";
  const TicketState ticket = in_work_of("petrova");
  EXPECT_FALSE(may(What::kComplete, ticket, actor, holder)) << "she is here";
  holder.away = true;
  EXPECT_TRUE(may(What::kComplete, ticket, actor, holder));
  EXPECT_FALSE(may(What::kComplete, ticket, somebody("third", Role::kOperator), holder));
}

TEST(Colleagues, WhatAnExpertHasIsTakenFromHimOnlyWhenHeIsNotThere) {
  const Colleague actor = somebody("sidorov", Role::kOperator);
  Colleague expert = somebody("petrova", Role::kExpert);
  const TicketState ticket = in_work_of("petrova", 3);
  EXPECT_FALSE(may(What::kAssign, ticket, actor, expert));
  EXPECT_TRUE(may(What::kAssign, ticket, somebody("other", Role::kExpert), expert));
  expert.away = true;
  EXPECT_TRUE(may(What::kAssign, ticket, actor, expert));
  expert.away = false;
  expert.disabled = true;
  EXPECT_TRUE(may(What::kAssign, ticket, actor, expert));
}

TEST(Colleagues, EverybodyAddsToWhatAnotherHasAndASupervisorDoesAll) {
  const Colleague holder = somebody("petrova", Role::kExpert);
  const TicketState ticket = in_work_of("petrova", 3);
  for (const What what : {What::kComment, What::kAddItem, What::kTickItem, What::kLinkProblem})
    EXPECT_TRUE(may(what, ticket, somebody("sidorov", Role::kOperator), holder));
  for (const What what : {What::kComplete, What::kReject, What::kWait, What::kResume,
                          What::kReclassify, What::kMerge, What::kAssign})
    EXPECT_TRUE(may(what, ticket, somebody("head", Role::kSupervisor), holder));
}

}  // namespace
}  // namespace opora::protocol
