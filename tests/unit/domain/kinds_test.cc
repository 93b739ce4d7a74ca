// House calls (H1) and the waiting list (H2).
#include "protocol/domain/house_call.h"
#include "protocol/domain/ticket_figures.h"
#include "protocol/domain/waiting_list.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::kFarEast;
using testing::kWest;
using testing::TicketStory;

const TimeMs kMonday = at("2025-02-10 09:00");
const Slot kTomorrow{Speciality::kCardiologist, kWest, kMonday + kDayMs};

template <class Command>
std::string refused(const TicketStory& story, const Command& command) {
  const auto drafts = decide(command, story.entity(), story.context());
  return drafts.ok() ? "" : drafts.error().path;
}

template <class Command>
std::string say(TicketStory& story, const Command& command) {
  const auto drafts = decide(command, story.entity(), story.context());
  if (!drafts.ok()) return drafts.error().path;
  story.say(drafts->front());
  return "";
}

TicketStory a_house_call() {
  TicketStory story(kMonday);
  RegisterContact contact;
  contact.asking.kind = ContactKind::kHouseCall;
  contact.personal[PersonalField::kAddress] = "ул. Мира, 5";
  story.open(Urgency::kHigh, "printer", contact);
  return story;
}

TicketStory somebody_waiting(Speciality whom = Speciality::kCardiologist, SiteNo where = {},
                             Urgency urgency = Urgency::kMedium, TimeMs since = kMonday) {
  TicketStory story(since);
  RegisterContact contact;
  contact.asking.kind = ContactKind::kWaitingList;
  contact.waits_for = {whom, where};
  story.open(urgency, "printer", contact);
  story.go_to(kMonday);
  return story;
}

NoteVisit passed(std::string who = "") {
  return {VisitStep::kPassed, kFarEast, std::move(who), ""};
}
NoteVisit confirmed(std::string who = "Сидорова") {
  return {VisitStep::kConfirmed, {}, std::move(who), ""};
}

TicketAction completed_with(TicketResult result, std::string by = "ivanova") {
  TicketAction out = testing::action(TicketAction::What::kComplete, "");
  out.result = result;
  out.by = std::move(by);
  out.attempts = kDefaultAttempts;
  return out;
}

CallFromList call(ListStep step, std::string by = "ivanova") {
  CallFromList out;
  out.step = step;
  out.by = std::move(by);
  return out;
}
CallFromList claim_for(const Slot& slot, std::string by = "ivanova") {
  CallFromList out = call(ListStep::kClaimed, std::move(by));
  out.slot = slot;
  return out;
}

// ---- H1

TEST(HouseCall, IsPassedToTheClinicAndConfirmedByIt) {
  TicketStory story = a_house_call();
  EXPECT_EQ(visit_stage(story.ticket()), VisitStage::kNew);
  EXPECT_EQ(refused(story, confirmed()), "visit") << "nobody was told of it yet";
  EXPECT_EQ(say(story, passed()), "");
  EXPECT_EQ(visit_stage(story.ticket()), VisitStage::kPassed);
  EXPECT_EQ(story.ticket().status, TicketStatus::kAssigned);
  EXPECT_EQ(story.ticket().reacted_at, story.now()) << "the clinic has it (V3)";
  story.pass_minutes(20);
  EXPECT_EQ(refused(story, confirmed(" ")), "who");
  EXPECT_EQ(say(story, confirmed()), "");
  const HouseVisit visit = visit_of(story.ticket());
  EXPECT_EQ(visit.clinic, kFarEast);
  EXPECT_EQ(visit.passed_at, kMonday);
  EXPECT_EQ(visit.confirmed_at, story.now());
  EXPECT_EQ(story.ticket().status, TicketStatus::kInWork);
  EXPECT_EQ(refused(story, confirmed()), "visit") << "once";
}

TEST(HouseCall, PassedToAnotherClinicIsToBeConfirmedOnceMore) {
  TicketStory story = a_house_call();
  say(story, passed());
  say(story, confirmed());
  story.pass_minutes(5);
  NoteVisit elsewhere = passed();
  elsewhere.clinic = kWest;
  EXPECT_EQ(say(story, elsewhere), "");
  EXPECT_EQ(visit_stage(story.ticket()), VisitStage::kPassed);
  EXPECT_EQ(visit_of(story.ticket()).clinic, kWest);
  EXPECT_EQ(say(story, confirmed()), "");
}

TEST(HouseCall, IsPassedByOfferingItAndConfirmedByAcceptingIt) {
  TicketStory story = a_house_call();
  const auto offered = decide(OfferTicket{kFarEast, {}, ""}, story.entity(), story.context());
  ASSERT_TRUE(offered.ok());
  story.say(offered->front());
  EXPECT_EQ(visit_stage(story.ticket()), VisitStage::kPassed);
  EXPECT_EQ(visit_of(story.ticket()).clinic, kFarEast);
  story.pass_minutes(3);
  story.hand_over(kFarEast);
  EXPECT_EQ(visit_stage(story.ticket()), VisitStage::kConfirmed);
  EXPECT_EQ(visit_of(story.ticket()).confirmed_at, story.now());
}

TEST(HouseCall, AnOfferThatIsTakenBackPassesNothing) {
  TicketStory story = a_house_call();
  story.say(decide(OfferTicket{kFarEast, {}, ""}, story.entity(), story.context())->front());
  story.say(decide(CancelOffer{""}, story.entity(), story.context())->front());
  EXPECT_EQ(visit_stage(story.ticket()), VisitStage::kNew);
}

TEST(HouseCall, ConfirmedByTelephoneBehindAnOfferStaysConfirmed) {
  TicketStory story = a_house_call();
  story.say(decide(OfferTicket{kFarEast, {}, ""}, story.entity(), story.context())->front());
  story.pass_minutes(3);
  EXPECT_EQ(say(story, confirmed()), "");
  EXPECT_EQ(visit_stage(story.ticket()), VisitStage::kConfirmed);
  EXPECT_EQ(visit_of(story.ticket()).clinic, kFarEast);
}

TEST(HouseCall, EndsWithTheVisitsResultAndNothingElse) {
  TicketStory story = a_house_call();
  EXPECT_EQ(story.refused(completed_with(TicketResult::kNone)), "result");
  EXPECT_EQ(story.refused(completed_with(TicketResult::kBooked)), "result");
  ASSERT_TRUE(story.act(completed_with(TicketResult::kHospitalised))) << "the text is a note";
  EXPECT_EQ(story.ticket().result, TicketResult::kHospitalised);
  EXPECT_EQ(visit_stage(story.ticket()), VisitStage::kNone);
  EXPECT_EQ(refused(story, passed()), "action");
  ASSERT_TRUE(story.act(testing::reopen()));
  EXPECT_EQ(story.ticket().result, TicketResult::kNone) << "it is not over";
}

TEST(HouseCall, OfNoOtherKindIsSaidWhatIsSaidOfOne) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  EXPECT_EQ(refused(story, passed()), "kind");
  TicketAction with_result = completed_with(TicketResult::kExamined);
  with_result.text = "сделано";
  EXPECT_EQ(story.refused(with_result), "result");
  EXPECT_EQ(refused(a_house_call(), call(ListStep::kClaimed)), "kind");
}

TEST(HouseCall, IsTheOwnersToSpeakOf) {
  const TicketStory story = a_house_call();
  DecideContext elsewhere = story.context();
  elsewhere.site = kFarEast;
  EXPECT_EQ(decide(passed(), story.entity(), elsewhere).error().path, "owner");
}

// A19: by result, and what is not over by none.
TEST(HouseCall, IsCountedByItsResult) {
  const auto counted = [](const TicketStory& story) {
    std::map<std::string, std::int64_t> out;
    for (const CubeRow& row : facets(story.entity()).cubes) {
      const auto group = keys::ticket_cells(TicketClass::kTickets, kWest, TicketGroup::kResult, {});
      if (!row.key.starts_with(group.substr(0, 7))) continue;
      for (std::size_t i = 0; i < row.delta.size(); ++i)
        out[ticket_cell(row.key).value] += row.delta[i];
    }
    return out;
  };
  TicketStory story = a_house_call();
  EXPECT_EQ(counted(story), (std::map<std::string, std::int64_t>{{"house_call.", 1}}));
  ASSERT_TRUE(story.act(completed_with(TicketResult::kExamined)));
  EXPECT_EQ(counted(story), (std::map<std::string, std::int64_t>{{"house_call.examined", 3}}))
      << "accepted, reacted to and completed";
  TicketStory other(kMonday);
  other.open(Urgency::kHigh);
  EXPECT_TRUE(counted(other).empty()) << "other kinds have no such cells";
}

// ---- H2

TEST(WaitingList, IsInTheOrderOfDaysThenOfUrgencyThenOfTime) {
  std::vector<Bytes> keys;
  const auto add = [&](Urgency urgency, TimeMs since) {
    for (const IndexRow& row :
         facets(somebody_waiting(Speciality::kCardiologist, {}, urgency, since).entity()).index)
      if (row.key.starts_with(keys::waiting_list(kWest))) keys.push_back(row.key);
  };
  add(Urgency::kLow, at("2025-02-07 12:00"));
  add(Urgency::kCritical, at("2025-02-10 11:00"));
  add(Urgency::kLow, at("2025-02-10 09:00"));
  add(Urgency::kLow, at("2025-02-10 10:00"));
  ASSERT_EQ(keys.size(), 4u);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(WaitingList, LeavesItWhenTheTicketIsOver) {
  TicketStory story = somebody_waiting();
  const auto listed = [&] {
    return std::ranges::count_if(facets(story.entity()).index, [](const IndexRow& row) {
      return row.key.starts_with(keys::waiting_list(kWest));
    });
  };
  EXPECT_EQ(listed(), 1);
  ASSERT_TRUE(story.act(completed_with(TicketResult::kNotNeeded)));
  EXPECT_EQ(listed(), 0);
}

TEST(WaitingList, IsOfferedWhatHeWaitsForAtHisFacilityOrAtAny) {
  const auto offered = [](SiteNo waits_at, Slot slot) {
    return wants(wait_row(somebody_waiting(Speciality::kCardiologist, waits_at).ticket()), slot);
  };
  EXPECT_TRUE(offered({}, kTomorrow));
  EXPECT_TRUE(offered(kWest, kTomorrow));
  EXPECT_FALSE(offered(kFarEast, kTomorrow));
  Slot anywhere = kTomorrow;
  anywhere.facility = {};
  EXPECT_TRUE(offered(kFarEast, anywhere));
  Slot surgeon = kTomorrow;
  surgeon.speciality = Speciality::kSurgeon;
  EXPECT_FALSE(offered({}, surgeon));
}

TEST(WaitingList, TwoDesksDoNotCallOnePatient) {
  TicketStory story = somebody_waiting();
  ASSERT_EQ(say(story, claim_for(kTomorrow, "ivanova")), "");
  const auto next_for = [&](const char* login) {
    return is_next(wait_row(story.ticket()), kTomorrow, login, story.now());
  };
  EXPECT_TRUE(next_for("ivanova"));
  EXPECT_FALSE(next_for("petrova"));
  EXPECT_EQ(refused(story, claim_for(kTomorrow, "petrova")), "claim");
  EXPECT_EQ(refused(story, call(ListStep::kNoAnswer, "petrova")), "claim");
  EXPECT_EQ(refused(story, call(ListStep::kReleased, "petrova")), "claim");
  EXPECT_EQ(story.refused(completed_with(TicketResult::kBooked, "petrova")), "claim");
  story.pass_minutes(kClaimMs / kMinuteMs);
  EXPECT_EQ(refused(story, claim_for(kTomorrow, "petrova")), "") << "a claim runs out";
}

TEST(WaitingList, AClaimEndsWithTheOwnersTerm) {
  TicketStory story = somebody_waiting();
  ASSERT_EQ(say(story, call(ListStep::kClaimed, "ivanova")), "");
  story.hand_over(kFarEast);
  EXPECT_EQ(refused(story, call(ListStep::kClaimed, "petrova")), "");
}

TEST(WaitingList, WhoDoesNotAnswerIsCalledLaterAndMayBeGivenUpAfterSoManyCalls) {
  TicketStory story = somebody_waiting();
  for (std::uint32_t i = 1; i <= kDefaultAttempts; ++i) {
    EXPECT_EQ(story.refused(completed_with(TicketResult::kNotReached)), "attempts");
    ASSERT_EQ(say(story, claim_for(kTomorrow)), "");
    ASSERT_EQ(say(story, call(ListStep::kNoAnswer)), "");
    EXPECT_EQ(story.ticket().list_calls.unanswered, i);
    EXPECT_FALSE(is_next(wait_row(story.ticket()), kTomorrow, "ivanova", story.now()));
    story.pass_minutes(kRedialMs / kMinuteMs);
    EXPECT_TRUE(is_next(wait_row(story.ticket()), kTomorrow, "ivanova", story.now()));
  }
  EXPECT_TRUE(story.act(completed_with(TicketResult::kNotReached)));
}

TEST(WaitingList, WhoAskedToBeCalledLaterHasBeenReached) {
  TicketStory story = somebody_waiting();
  say(story, call(ListStep::kNoAnswer));
  CallFromList again = call(ListStep::kAgain);
  EXPECT_EQ(refused(story, again), "until");
  again.until = story.now();
  EXPECT_EQ(refused(story, again), "until") << "is past";
  again.until = story.now() + 2 * 3'600'000;
  ASSERT_EQ(say(story, again), "");
  EXPECT_EQ(story.ticket().list_calls.unanswered, 0u);
  EXPECT_EQ(story.ticket().list_calls.calls, 2u);
  EXPECT_EQ(wait_row(story.ticket()).again_at, *again.until);
}

TEST(WaitingList, ASlotThatIsDeclinedIsOfferedToTheNextAndHeWaitsOn) {
  TicketStory story = somebody_waiting();
  EXPECT_EQ(refused(story, call(ListStep::kDeclinedSlot)), "claim") << "none was offered";
  ASSERT_EQ(say(story, claim_for(kTomorrow)), "");
  ASSERT_EQ(say(story, call(ListStep::kDeclinedSlot)), "");
  EXPECT_FALSE(wants(wait_row(story.ticket()), kTomorrow));
  Slot another = kTomorrow;
  another.at = another.at + kDayMs;
  EXPECT_TRUE(is_next(wait_row(story.ticket()), another, "petrova", story.now()));
  EXPECT_EQ(refused(story, claim_for(kTomorrow)), "slot");
}

TEST(WaitingList, OfDeclinedSlotsTheLastAreKept) {
  TicketStory story = somebody_waiting();
  for (std::size_t i = 1; i <= kMaxDeclined + 1; ++i) {
    Slot slot = kTomorrow;
    slot.at = slot.at + static_cast<std::int64_t>(i) * kDayMs;
    ASSERT_EQ(say(story, claim_for(slot)), "");
    ASSERT_EQ(say(story, call(ListStep::kDeclinedSlot)), "");
  }
  EXPECT_EQ(story.ticket().list_calls.declined.size(), kMaxDeclined);
  EXPECT_EQ(story.ticket().list_calls.declined.front().at, kTomorrow.at + 2 * kDayMs);
}

TEST(WaitingList, WhoIsBookedHasTheSlotThatWasOffered) {
  TicketStory story = somebody_waiting();
  ASSERT_EQ(say(story, claim_for(kTomorrow)), "");
  ASSERT_TRUE(story.act(completed_with(TicketResult::kBooked)));
  EXPECT_EQ(story.ticket().list_calls.slot, kTomorrow);
  EXPECT_TRUE(story.ticket().list_calls.claimed_by.empty());
  ASSERT_TRUE(story.act(testing::reopen()));
  EXPECT_EQ(story.ticket().list_calls.slot, Slot{});
}

TEST(WaitingList, WhatIsWaitedForIsSaidAtFirstAndMayChange) {
  TicketStory story = somebody_waiting();
  EXPECT_EQ(story.ticket().waits_for, (TicketWaitsFor{Speciality::kCardiologist, {}}));
  EXPECT_EQ(refused(story, ChangeWaitsFor{{Speciality::kCardiologist, {}}, ""}), "waits_for");
  EXPECT_EQ(refused(story, ChangeWaitsFor{{Speciality::kNone, kWest}, ""}), "speciality");
  ASSERT_EQ(say(story, ChangeWaitsFor{{Speciality::kNeurologist, kWest}, "Петров"}), "");
  EXPECT_EQ(story.ticket().waits_for, (TicketWaitsFor{Speciality::kNeurologist, kWest}));
}

TEST(WaitingList, ASlotOrATimeThatIsPastOrOfNoUseIsRefused) {
  TicketStory story = somebody_waiting();
  Slot past = kTomorrow;
  past.at = kMonday;
  EXPECT_EQ(refused(story, claim_for(past)), "slot");
  Slot nobodys = kTomorrow;
  nobodys.speciality = Speciality::kNone;
  EXPECT_EQ(refused(story, claim_for(nobodys)), "slot");
  CallFromList with_slot = call(ListStep::kNoAnswer);
  with_slot.slot = kTomorrow;
  EXPECT_EQ(refused(story, with_slot), "slot");
  CallFromList with_time = call(ListStep::kClaimed);
  with_time.until = kMonday + kDayMs;
  EXPECT_EQ(refused(story, with_time), "until");
  EXPECT_EQ(refused(story, call(ListStep::kClaimed, "")), "by");
}

TEST(WaitingList, TheDoctorOfTheLastWordStandsInAnyOrder) {
  Event first;
  first.env.term = OwnerTerm{1};
  first.env.seq = OwnerSeq{2};
  first.env.type = EventType::kTicketWaitsFor;
  first.facts = TicketWaitsFor{Speciality::kCardiologist, {}};
  first.personal[PersonalField::kDoctor] = "Петров";
  Event later = first;
  later.env.seq = OwnerSeq{3};
  later.personal.clear();
  Event sealed = later;
  sealed.sealed = true;
  for (const auto& order : {std::vector{first, later}, std::vector{later, first}}) {
    Entity ticket{Kind::kTicket, {}, {}, {}};
    for (const Event& event : order) fold_personal(ticket, event);
    EXPECT_EQ(ticket.personal.text(PersonalField::kDoctor), "") << "no doctor any more";
  }
  Entity ticket{Kind::kTicket, {}, {}, {}};
  fold_personal(ticket, first);
  fold_personal(ticket, sealed);
  EXPECT_EQ(ticket.personal.text(PersonalField::kDoctor), "Петров") << "nothing is known of it yet";
}

TEST(WaitingList, ATicketOfTheListSaysForWhomAtOnce) {
  const auto topics = testing::two_topics();
  RegisterContact contact;
  contact.topic = "printer";
  contact.outcome = Outcome::kTicket;
  contact.urgency = Urgency::kLow;
  contact.personal[PersonalField::kSummary] = "к кардиологу";
  const TicketStory story(kMonday);
  const auto blamed = [&] {
    const auto out = decide(contact, &topics, nullptr, 1, story.context());
    return out.ok() ? "" : out.error().path;
  };
  contact.waits_for = {Speciality::kCardiologist, {}};
  EXPECT_EQ(blamed(), "speciality") << "of the waiting list only";
  contact.waits_for.reset();
  contact.personal[PersonalField::kDoctor] = "Петров";
  EXPECT_EQ(blamed(), "doctor");
  contact.asking.kind = ContactKind::kWaitingList;
  EXPECT_EQ(blamed(), "speciality") << "required";
  contact.outcome = Outcome::kSolved;
  EXPECT_EQ(blamed(), "") << "nobody is put on the list";
}

}  // namespace
}  // namespace opora::protocol
