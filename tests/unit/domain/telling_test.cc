// Telling the applicant (A15): of what, by which way, by whom, until it is settled or overtaken.
#include "protocol/domain/telling.h"

#include "protocol/base/archive.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");

RegisterContact contact(Channel channel, ContactKind kind = ContactKind::kNone) {
  RegisterContact out;
  out.channel = channel;
  out.asking.kind = kind;
  return out;
}

RegisterContact with_mail(RegisterContact out) {
  out.personal[PersonalField::kMail] = "ivanova@clinic.example";
  return out;
}

RegisterContact with_officer(RegisterContact out) {
  out.officer = Officer::kHasAddress;
  return out;
}

std::vector<TellWhat> waiting(const TicketStory& story) {
  std::vector<TellWhat> out;
  for (const Telling& one : story.ticket().tellings) out.push_back(one.what);
  return out;
}
using Whats = std::vector<TellWhat>;

TellApplicant told(const Telling& telling, ToldHow how, TellTrouble why = TellTrouble::kNone) {
  TellApplicant out{telling.term, telling.seq, how, ToldWhom::kApplicant, why, "", ""};
  if (how == ToldHow::kMailed) out.sent_to = "ivanova@clinic.example";
  return out;
}

// Owner, way, moment.
std::vector<std::pair<TellBy, TimeMs>> rows_of(const TicketStory& story) {
  std::vector<std::pair<TellBy, TimeMs>> out;
  const Bytes prefix = keys::untold(story.owner());
  for (const IndexRow& row : facets(story.entity()).index) {
    if (!row.key.starts_with(prefix)) continue;
    KeyReader key(std::string_view(row.key).substr(prefix.size()));
    const auto by = static_cast<TellBy>(key.u8());
    out.emplace_back(by, TimeMs{key.i64()});
    EXPECT_EQ(keys::id_of(row.key), story.entity().id);
  }
  return out;
}

TEST(MailAddress, IsADotAtomAndADomain) {
  for (const char* good : {"a@b.ru", "it.officer+opora@clinic-5.example.org", "x_y'z@1.2.example"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"",
                          "a",
                          "@b.ru",
                          "a@",
                          "a@b",
                          "a@.ru",
                          "a@b.",
                          "a..b@c.ru",
                          ".a@b.ru",
                          "a.@b.ru",
                          "a@-b.ru",
                          "a@b-.ru",
                          "a b@c.ru",
                          "<a@b.ru>",
                          "a@b.ru\r\nBcc: c@d.ru",
                          "a@b.ru\n",
                          "a@b@c.ru",
                          "\"a b\"@c.ru",
                          "почта@клиника.рф",
                          "a,b@c.ru",
                          "a@b.ru>"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_TRUE(is_mail_address(std::string(64, 'a') + "@b.ru"));
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@b.ru"));
  EXPECT_FALSE(is_mail_address("a@" + std::string(64, 'b') + ".ru"));
  std::string longest = "a@";
  while (longest.size() < kMaxMailBytes) longest += "bc.";
  EXPECT_FALSE(is_mail_address(longest + "example"));
}

TEST(MailAddress, ShowsItsFirstLetterAndItsDomainToWhoNeedsNoMore) {
  EXPECT_EQ(masked_mail("ivanova@clinic.example"), "i***@clinic.example");
  EXPECT_EQ(masked_mail("@clinic.example"), "***");
  EXPECT_EQ(masked_mail("nothing"), "***");
}

TEST(TellRule, WhoCalledKnowsTheNumberAlready) {
  EXPECT_EQ(tell_rule(contact(Channel::kPhone)), TellRule::kWhatFollows);
  EXPECT_EQ(tell_rule(contact(Channel::kPaper)), TellRule::kEverything);
  EXPECT_EQ(tell_rule(with_mail(contact(Channel::kPhone))), TellRule::kEverything);
  EXPECT_EQ(tell_rule(with_officer(contact(Channel::kPhone, ContactKind::kSupport))),
            TellRule::kEverything);
}

TEST(TellRule, APatientsOwnAffairIsNoITOfficers) {
  for (const ContactKind kind :
       {ContactKind::kHouseCall, ContactKind::kBooking, ContactKind::kWaitingList}) {
    EXPECT_EQ(tell_rule(with_officer(contact(Channel::kPaper, kind))), TellRule::kNobody);
    EXPECT_EQ(tell_rule(with_mail(contact(Channel::kPhone, kind))), TellRule::kEverything);
    EXPECT_FALSE(officer_is_told({kind, ApplicantRole::kUser, FacilityBy::kName}));
  }
  EXPECT_FALSE(officer_is_told({ContactKind::kSupport, ApplicantRole::kCitizen, {}}));
  EXPECT_FALSE(officer_is_told({ContactKind::kHotLine, ApplicantRole::kUser, {}}));
  EXPECT_TRUE(officer_is_told({ContactKind::kWish, ApplicantRole::kHead, {}}));
  // A patient's question has no kind, and nobody is asked who he is.
  EXPECT_FALSE(officer_is_told({ContactKind::kNone, ApplicantRole::kNone, FacilityBy::kName}));
  EXPECT_FALSE(officer_is_told({ContactKind::kNone, ApplicantRole::kCitizen, {}}));
  EXPECT_TRUE(officer_is_told({ContactKind::kNone, ApplicantRole::kUser, FacilityBy::kName}));
  EXPECT_TRUE(
      officer_is_told({ContactKind::kNone, ApplicantRole::kNone, FacilityBy::kSupportCode}));
}

TEST(Telling, FollowsFromTheOwnersEvents) {
  TicketStory story(kMonday);
  story.open_with_mail();
  EXPECT_EQ(waiting(story), Whats{TellWhat::kRegistered});
  EXPECT_EQ(story.ticket().tellings[0].since, kMonday);
  story.pass_minutes(5);
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_EQ(waiting(story), (Whats{TellWhat::kRegistered, TellWhat::kAsked}));
  EXPECT_EQ(rows_of(story), (std::vector{std::pair{TellBy::kMail, kMonday}})) << "one row a way";
}

TEST(Telling, OfWhatIsOvertakenNobodyIsTold) {
  TicketStory story(kMonday);
  story.open_with_mail();
  EXPECT_TRUE(story.act(testing::start()));
  EXPECT_TRUE(story.act(testing::wait_for(WaitReason::kFiles)));
  EXPECT_TRUE(story.act(testing::resume()));
  EXPECT_EQ(waiting(story), Whats{TellWhat::kRegistered}) << "he answered";
  EXPECT_TRUE(story.act(testing::complete()));
  EXPECT_EQ(waiting(story), Whats{TellWhat::kDone}) << "the end says all";
  EXPECT_TRUE(story.act(testing::reopen()));
  EXPECT_EQ(waiting(story), Whats{}) << "it is not done any more";
  EXPECT_TRUE(story.act(testing::reject()));
  EXPECT_EQ(waiting(story), Whats{TellWhat::kRejected});
}

TEST(Telling, ATicketOfBeforeThereWereLettersTellsNothing) {
  TicketState ticket;
  must_tell(ticket, Envelope{}, {TellWhat::kDone, kMonday});
  EXPECT_TRUE(ticket.tellings.empty());
}

TEST(Telling, IsSettledOnce) {
  TicketStory story(kMonday);
  story.open_with_mail();
  const Telling telling = story.ticket().tellings[0];
  EXPECT_EQ(story.tell(told(telling, ToldHow::kMailed)), "");
  EXPECT_EQ(waiting(story), Whats{});
  EXPECT_TRUE(rows_of(story).empty());
  EXPECT_EQ(story.tell(told(telling, ToldHow::kMailed)), "telling");
  EXPECT_EQ(story.tell(told(telling, ToldHow::kPhoned)), "telling");
}

TEST(Telling, WhatCannotBeMailedIsPhoned) {
  TicketStory story(kMonday);
  story.open_with_mail();
  const Telling telling = story.ticket().tellings[0];
  EXPECT_EQ(story.tell(told(telling, ToldHow::kToPhone, TellTrouble::kRefused)), "");
  ASSERT_EQ(waiting(story), Whats{TellWhat::kRegistered});
  EXPECT_EQ(story.ticket().tellings[0].trouble, TellTrouble::kRefused);
  EXPECT_EQ(rows_of(story), (std::vector{std::pair{TellBy::kPhone, kMonday}}));
  EXPECT_EQ(story.tell(told(telling, ToldHow::kToPhone, TellTrouble::kGivenUp)), "telling");
  EXPECT_EQ(story.tell(told(telling, ToldHow::kNotReached)), "");
  EXPECT_EQ(waiting(story), Whats{});
}

TEST(Telling, GoesWithTheTicketToItsNextOwner) {
  TicketStory story(kMonday);
  story.open_with_mail();
  const Telling telling = story.ticket().tellings[0];
  const std::string letter = letter_id(story.entity().id, telling);
  story.hand_over(testing::kFarEast);
  EXPECT_EQ(rows_of(story), (std::vector{std::pair{TellBy::kMail, kMonday}}));
  EXPECT_FALSE(facets(story.entity()).index.empty());
  EXPECT_EQ(letter_id(story.entity().id, story.ticket().tellings[0]), letter) << "whoever sends it";
  DecideContext former = story.context();
  former.site = testing::kWest;
  const auto refused = decide(told(telling, ToldHow::kMailed), story.entity(), former);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().path, "owner");
  EXPECT_EQ(story.tell(told(telling, ToldHow::kMailed)), "");
}

TEST(Telling, AnotherEventIsAnotherLetter) {
  const AggregateId ticket = AggregateId::from("a ticket of tests").value_or(AggregateId{});
  const Telling first{OwnerTerm{1}, OwnerSeq{4}, TellWhat::kDone, kMonday, {}};
  const Telling later{OwnerTerm{1}, OwnerSeq{7}, TellWhat::kDone, kMonday, {}};
  const Telling others{OwnerTerm{4}, OwnerSeq{1}, TellWhat::kDone, kMonday, {}};
  EXPECT_NE(letter_id(ticket, first), letter_id(ticket, later));
  EXPECT_NE(letter_id(ticket, first), letter_id(ticket, others));
}

TEST(Telling, AnErasedTicketHasNobodyToTell) {
  TicketStory story(kMonday);
  story.open_with_mail();
  Entity erased = story.entity();
  erased.erased = true;
  Facets rows;
  add_tell_rows(rows, erased, story.ticket());
  EXPECT_TRUE(rows.index.empty());
  const auto refused =
      decide(told(story.ticket().tellings[0], ToldHow::kMailed), erased, story.context());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().path, "telling");
}

TEST(Telling, TheAddressIsInThePersonalPartAlone) {
  TicketStory story(kMonday);
  story.open_with_mail();
  const auto drafts =
      decide(told(story.ticket().tellings[0], ToldHow::kMailed), story.entity(), story.context());
  ASSERT_TRUE(drafts.ok());
  EXPECT_EQ(drafts->front().personal.at(PersonalField::kSentTo), "ivanova@clinic.example");
}

TEST(Telling, ARefusedAddressIsNamed) {
  RegisterContact bad = contact(Channel::kPhone);
  bad.topic = "printer";
  bad.personal[PersonalField::kMail] = "a@b.ru\r\nBcc: c@d.ru";
  const RubricatorState topics = testing::two_topics();
  TicketStory story(kMonday);
  const auto refused = decide(bad, &topics, nullptr, 1, story.context());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().path, "email");
}

}  // namespace
}  // namespace opora::protocol
