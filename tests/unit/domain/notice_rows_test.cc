// Whom a ticket's deadlines concern: rows of its state, the same at every replica.
#include "protocol/domain/notice_rows.h"

#include <set>

#include "protocol/base/archive.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::kFarEast;
using testing::kWest;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");
const TimeMs kWarn = at("2025-02-10 15:00");
const TimeMs kDue = at("2025-02-10 17:00");

std::vector<Notice> told(const TicketStory& story, const Bytes& prefix) {
  std::vector<Notice> out;
  for (const IndexRow& row : facets(story.entity()).index) {
    if (row.key.compare(0, prefix.size(), prefix) != 0) continue;
    EXPECT_EQ(keys::id_of(row.key), story.entity().id);
    const auto notice = from_row<Notice>(row.value);
    EXPECT_TRUE(notice);
    if (notice) out.push_back(*notice);
  }
  return out;
}
std::size_t person(const TicketStory& story, std::string_view login, SiteNo site = kWest) {
  return told(story, keys::notices_of_person(site, login)).size();
}
std::size_t line(const TicketStory& story, std::uint8_t line, SiteNo site = kWest) {
  return told(story, keys::notices_of_line(site, line)).size();
}
std::size_t supervisors(const TicketStory& story, SiteNo site = kWest) {
  return told(story, keys::notices_of_supervisors(site)).size();
}
std::size_t region(const TicketStory& story) {
  return told(story, keys::notices_of_region()).size();
}

TicketStory started() {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start("petrov")));
  return story;
}
void pass_to(TicketStory& story, TimeMs now) {
  story.go_to(now);
  story.moments_pass();
}

TEST(NoticeRows, NobodyIsToldBeforeAThreshold) {
  const TicketStory story = started();
  EXPECT_EQ(person(story, "petrov") + supervisors(story) + region(story), 0U);
}

TEST(NoticeRows, AtThreeQuartersItsAssigneeIsTold) {
  TicketStory story = started();
  pass_to(story, kWarn);
  EXPECT_EQ(person(story, "petrov"), 1U);
  EXPECT_EQ(person(story, "petro") + line(story, 1) + supervisors(story) + region(story), 0U);
}

TEST(NoticeRows, WithoutAnAssigneeItsLineIsTold) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  pass_to(story, at("2025-02-10 10:30"));
  EXPECT_EQ(line(story, 1), 1U);
  EXPECT_EQ(line(story, 2) + supervisors(story) + region(story), 0U);
  EXPECT_TRUE(story.act(testing::assign(2, "")));
  EXPECT_EQ(line(story, 1), 0U);
  EXPECT_EQ(line(story, 2), 1U);
}

TEST(NoticeRows, AtTheBreachSupervisorsAndTheRegionAreToldToo) {
  TicketStory story = started();
  pass_to(story, kDue);
  EXPECT_EQ(supervisors(story), 1U);
  EXPECT_EQ(region(story), 1U);
  const auto notices = told(story, keys::notices_of_person(kWest, "petrov"));
  ASSERT_EQ(notices.size(), 1U) << "of one clock the higher threshold alone";
  EXPECT_EQ(notices[0].threshold, Threshold::kMissed);
  EXPECT_EQ(notices[0].moment, kDue);
}

TEST(NoticeRows, AreGoneWhenItIsDone) {
  TicketStory story = started();
  pass_to(story, kDue);
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(person(story, "petrov") + supervisors(story) + region(story), 0U);
}

TEST(NoticeRows, OfTheReactionAreGoneWhenSomebodyHasIt) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  pass_to(story, at("2025-02-10 11:00"));
  EXPECT_EQ(supervisors(story), 1U);
  EXPECT_TRUE(story.act(testing::start("petrov")));
  EXPECT_EQ(supervisors(story) + person(story, "petrov") + line(story, 1), 0U);
}

TEST(NoticeRows, AreGoneWhenTheMomentLiesAheadAgain) {
  TicketStory story = started();
  pass_to(story, kDue);
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kLow)));
  EXPECT_EQ(person(story, "petrov") + supervisors(story) + region(story), 0U);
}

TEST(NoticeRows, GoWithAssigneeAndOwner) {
  TicketStory story = started();
  pass_to(story, kDue);
  EXPECT_TRUE(story.act(testing::assign(2, "sidorov")));
  EXPECT_EQ(person(story, "petrov"), 0U);
  EXPECT_EQ(person(story, "sidorov"), 1U);
  story.hand_over(kFarEast);
  EXPECT_EQ(supervisors(story) + person(story, "sidorov"), 0U);
  EXPECT_EQ(supervisors(story, kFarEast), 1U);
  EXPECT_EQ(person(story, "sidorov", kFarEast), 1U);
  EXPECT_EQ(region(story), 1U);
}

TEST(NoticeRows, ToldAgainItIsAnother) {
  TicketStory story = started();
  pass_to(story, kDue);
  const auto first = told(story, keys::notices_of_region());
  EXPECT_TRUE(story.act(testing::reclassify(Urgency::kLow)));
  pass_to(story, kDue + 30 * 24 * 60 * kMinuteMs);
  const auto second = told(story, keys::notices_of_region());
  ASSERT_EQ(first.size(), 1U);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_NE(id_of(first[0]), id_of(second[0]));
}

// ---- Who reads which

Roles roles(std::initializer_list<Role> list) { return roles_of(list); }

TEST(NoticesFor, EachRoleItsOwn) {
  using Keys = std::vector<Bytes>;
  const auto at_node = [](Roles of) { return notices_for(Place::kNode, kWest, of, "petrov"); };
  const Bytes own = keys::notices_of_person(kWest, "petrov");
  EXPECT_EQ(at_node(roles({Role::kOperator})), (Keys{own, keys::notices_of_line(kWest, 1)}));
  EXPECT_EQ(at_node(roles({Role::kSpecialist})), (Keys{own, keys::notices_of_line(kWest, 2)}));
  EXPECT_EQ(at_node(roles({Role::kExpert})), (Keys{own, keys::notices_of_line(kWest, 3)}));
  EXPECT_EQ(at_node(roles({Role::kSupervisor})), (Keys{own, keys::notices_of_supervisors(kWest)}));
}

TEST(NoticesFor, WhoWorksOnNoTicketsIsToldOfNone) {
  for (const Role role : {Role::kAdministrator, Role::kAuditor, Role::kProgram})
    EXPECT_TRUE(notices_for(Place::kNode, kWest, roles({role}), "petrov").empty());
}

TEST(NoticesFor, AtTheRegionItsSupervisorsAlone) {
  EXPECT_EQ(notices_for(Place::kHub, kHubSite, roles({Role::kSupervisor}), "petrov"),
            std::vector<Bytes>{keys::notices_of_region()});
  for (const Role role : kAllRoles) {
    if (role == Role::kSupervisor) continue;
    EXPECT_TRUE(notices_for(Place::kHub, kHubSite, roles({role}), "petrov").empty());
  }
}

TEST(NoticesFor, ANamesakeIsNotTheAssignee) {
  EXPECT_EQ(notices_for(Place::kNode, kWest, roles({Role::kOperator}), ""),
            std::vector<Bytes>{keys::notices_of_line(kWest, 1)});
}

}  // namespace
}  // namespace opora::protocol
