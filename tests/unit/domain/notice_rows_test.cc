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
  EXPECT_EQ(person(story, "sidorov", kFarEast), 0U) << "a namesake there, or nobody";
  EXPECT_EQ(line(story, 2, kFarEast), 1U);
  EXPECT_EQ(region(story), 1U);
}

TEST(NoticeRows, AEscTheRegionIsToldWhenTheSupervisorHadHisTime) {
  TicketStory story = started();
  pass_to(story, kDue);
  const auto told_at = [&](TimeMs now) {
    const Bytes from = keys::told_by(keys::notices_of_region(), now);
    std::size_t out = 0;
    for (const IndexRow& row : facets(story.entity()).index)
      out += row.key >= from && row.key.starts_with(keys::notices_of_region()) ? 1 : 0;
    return out;
  };
  EXPECT_EQ(told_at(kDue + 14 * kMinuteMs), 0U) << "fifteen working minutes are the supervisor's";
  EXPECT_EQ(told_at(kDue + 15 * kMinuteMs), 1U);
}

TEST(NoticeRows, AQueueMaySayThatTheRegionIsToldAtOnce) {
  auto parts = testing::three_lines();
  parts.queues[0].facts.region_after = {};
  TicketStory story(kMonday, std::move(parts));
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start("petrov")));
  pass_to(story, kDue);
  const auto notices = told(story, keys::notices_of_region());
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].at, told(story, keys::notices_of_supervisors(kWest))[0].at);
}

// ---- While it waits for its applicant (V10)

TEST(NoticeRows, AtTheAgreedTimeOfASessionWhoHasItIsRemindedAlone) {
  TicketStory story = started();
  const TimeMs session = at("2025-02-10 14:00");
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kRemoteSession, session)));
  pass_to(story, session + -kMinuteMs);
  EXPECT_EQ(person(story, "petrov"), 0U);
  pass_to(story, session);
  const auto notices = told(story, keys::notices_of_person(kWest, "petrov"));
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].clock, DueClock::kSession);
  EXPECT_EQ(notices[0].moment, session);
  EXPECT_EQ(supervisors(story) + region(story), 0U) << "no deadline was missed";
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(person(story, "petrov"), 0U);
}

TEST(NoticeRows, ASilentApplicantIsRememberedOfAndAgainAfterTheNextQuestion) {
  TicketStory story = started();
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kInformation)));
  pass_to(story, at("2025-02-13 08:59"));
  EXPECT_EQ(person(story, "petrov"), 0U);
  pass_to(story, at("2025-02-13 09:00"));
  ASSERT_EQ(person(story, "petrov"), 1U) << "three working days";
  EXPECT_EQ(told(story, keys::notices_of_person(kWest, "petrov"))[0].clock, DueClock::kSilence);
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(person(story, "petrov"), 0U);
  pass_to(story, at("2025-02-18 09:00"));
  EXPECT_EQ(person(story, "petrov"), 1U);
}

TEST(NoticeRows, WhoDoesNotComeToHisSessionIsSilentFromThere) {
  TicketStory story = started();
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kRemoteSession, at("2025-02-12 09:00"))));
  EXPECT_EQ(story.ticket().times.silence_at, at("2025-02-17 09:00")) << "a weekend is between";
}

TEST(NoticeRows, WithoutSuchASettingNobodyIsReminded) {
  auto parts = testing::three_lines();
  parts.queues[0].facts.silence = {};
  TicketStory story(kMonday, std::move(parts));
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(next_moment(story.entity()), std::nullopt);
}

// ---- Of an owner that the region does not hear

TEST(UnheardNotices, TheRegionKnowsTheMomentsItself) {
  TicketStory story = started();
  const auto heard_at = [&](TimeMs now) {
    return unheard_notices(story.entity(), now, story.timetable());
  };
  EXPECT_TRUE(heard_at(kDue + 14 * kMinuteMs).empty());
  const auto notices = heard_at(kDue + 15 * kMinuteMs);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].clock, DueClock::kCompletion);
  EXPECT_EQ(notices[0].moment, kDue);
  pass_to(story, kDue);
  EXPECT_TRUE(heard_at(kDue + 60 * kMinuteMs).empty()) << "the owner's own word takes its place";
  EXPECT_EQ(id_of(told(story, keys::notices_of_region())[0]), id_of(notices[0]))
      << "who has read the one has read the other";
}

TEST(UnheardNotices, OfWhatStandsOrIsDoneThereAreNone) {
  TicketStory story = started();
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  const TimeMs later = kDue + 30 * 24 * 60 * kMinuteMs;
  EXPECT_TRUE(unheard_notices(story.entity(), later, story.timetable()).empty());
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_TRUE(unheard_notices(story.entity(), later, story.timetable()).empty());
}

// ---- News (A9)

const AggregateId kOperator{{1}};
const AggregateId kExpert{{2}};

std::vector<NewsWhat> news(const TicketStory& story, const Bytes& prefix) {
  std::vector<NewsWhat> out;
  for (const Notice& notice : told(story, prefix)) out.push_back(notice.what);
  return out;
}
std::vector<NewsWhat> of_person(const TicketStory& story, std::string_view login,
                                SiteNo site = kWest) {
  return news(story, keys::news_of_person(site, login));
}
std::vector<NewsWhat> of_opener(const TicketStory& story) {
  return news(story, keys::news_of_opener(kWest, kOperator));
}
using News = std::vector<NewsWhat>;

// Opened by line 1, started by line 2, passed up to line 3, where an expert has it.
TicketStory at_line_3() {
  TicketStory story(kMonday);
  story.speaks(kOperator);
  story.open(Urgency::kHigh);
  EXPECT_TRUE(story.act(testing::assign(2, "")));
  EXPECT_TRUE(story.act(testing::start("sidorov")));
  EXPECT_TRUE(story.act(testing::assign(3, "expert")));
  story.speaks(kExpert);
  return story;
}

TEST(News, WhoIsGivenATicketIsToldUntilHeStarts) {
  TicketStory story = at_line_3();
  EXPECT_EQ(of_person(story, "expert"), News{NewsWhat::kGiven});
  EXPECT_EQ(told(story, keys::news_of_person(kWest, "expert"))[0].by, kOperator);
  EXPECT_EQ(of_person(story, "sidorov"), News{});
  EXPECT_TRUE(story.act(testing::start("expert")));
  EXPECT_EQ(of_person(story, "expert"), News{});
}

TEST(News, A9AnExpertsAnswerInformsLines1And2) {
  TicketStory story = at_line_3();
  EXPECT_TRUE(story.act(testing::start("expert")));
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(of_opener(story), News{NewsWhat::kAnswered});
  EXPECT_EQ(of_person(story, "sidorov"), News{NewsWhat::kAnswered});
  EXPECT_EQ(told(story, keys::news_of_opener(kWest, kOperator))[0].by, kExpert)
      << "who answered is not told by himself";
  EXPECT_TRUE(story.act(testing::close_for_ever()));
  EXPECT_EQ(of_opener(story), News{}) << "it is over";
}

TEST(News, PassingDownAndTheApplicantsObjectionAreTold) {
  TicketStory story = at_line_3();
  EXPECT_TRUE(story.act(testing::assign(1, "")));
  EXPECT_EQ(of_opener(story), News{NewsWhat::kPassedDown});
  EXPECT_EQ(of_person(story, "sidorov"), News{NewsWhat::kPassedDown});
  EXPECT_EQ(of_person(story, "expert"), News{NewsWhat::kPassedDown}) << "and not: given";
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_TRUE(story.act(testing::reopen()));
  EXPECT_EQ(of_person(story, "sidorov"), News{NewsWhat::kReopened});
}

TEST(News, StayWithThePeopleOfTheSiteThatHandedItOver) {
  TicketStory story = at_line_3();
  story.hand_over(kFarEast);
  EXPECT_EQ(of_person(story, "expert"), News{}) << "he has it no more";
  EXPECT_TRUE(story.act(testing::start("ivanov")));
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(of_person(story, "sidorov"), News{NewsWhat::kAnswered});
  EXPECT_EQ(of_person(story, "sidorov", kFarEast), News{}) << "a namesake";
  EXPECT_EQ(of_person(story, "ivanov", kFarEast), News{NewsWhat::kAnswered});
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

TEST(NoticesFor, NewsAreForPeopleOfTheSite) {
  const auto read = [](Place place, Role role, std::string login) {
    return news_for(place, kWest, roles({role}), {std::move(login), kOperator});
  };
  const Bytes opened = keys::news_of_opener(kWest, kOperator);
  EXPECT_EQ(read(Place::kNode, Role::kOperator, "petrov"),
            (std::vector<Bytes>{opened, keys::news_of_person(kWest, "petrov")}));
  EXPECT_EQ(read(Place::kNode, Role::kOperator, ""), std::vector<Bytes>{opened}) << "a namesake";
  EXPECT_TRUE(read(Place::kNode, Role::kAuditor, "petrov").empty());
  EXPECT_TRUE(read(Place::kHub, Role::kSupervisor, "petrov").empty());
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

// A-esc: nobody's sickness hides a deadline.
TEST(NoticeRows, WhatConcernsTheAbsentConcernsTheirLineTheSupervisorsAndWhoStandsIn) {
  TicketState ticket;
  ticket.line = 2;
  Colleague holder{"petrov", roles({Role::kSpecialist}), false, false, "sidorov"};
  const auto told = [&](Role role, std::string_view login = "other") {
    return told_instead(ticket, holder, roles({role}), login);
  };
  EXPECT_FALSE(told(Role::kSupervisor)) << "he is there";
  holder.away = true;
  EXPECT_TRUE(told(Role::kSpecialist));
  EXPECT_TRUE(told(Role::kSupervisor));
  EXPECT_FALSE(told(Role::kOperator));
  EXPECT_TRUE(told(Role::kOperator, "sidorov"));
  holder.away = false;
  holder.disabled = true;
  EXPECT_TRUE(told(Role::kSpecialist));
  EXPECT_FALSE(told(Role::kOperator, "sidorov")) << "who has left needs nobody to stand in";
}

}  // namespace
}  // namespace opora::protocol
