#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "protocol/domain/decide.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

using What = TicketAction::What;

// At site 17, in Moscow's summer of 1990 when asked about it.
DecideContext context() {
  return {SiteNo{17}, kNine,
          [](TimeMs at) { return at == kNine ? std::int16_t{180} : std::int16_t{240}; },
          CommandId::from("0123456789abcdef").value_or(CommandId{})};
}

RubricatorState rubricator() {
  RubricatorState state;
  state.version = 7;
  state.topics = {{"printer", "", "", "Принтер"}};
  return state;
}

RegisterContact solved() {
  RegisterContact contact;
  contact.topic = "printer";
  return contact;
}

RegisterContact for_a_ticket() {
  RegisterContact contact = solved();
  contact.outcome = Outcome::kTicket;
  contact.urgency = Urgency::kHigh;
  contact.personal[PersonalField::kSummary] = "не печатает";
  return contact;
}

// The field that the decision blames; "" when it went well.
std::string blamed(const RegisterContact& contact, const ProblemState* problem = nullptr) {
  const RubricatorState topics = rubricator();
  const auto out = decide(contact, &topics, problem, 1, context());
  if (out.ok()) return "";
  EXPECT_EQ(out.error().code, Code::kInvalid);
  return out.error().path;
}

// A2, A12: every contact is registered; one solved during the call needs no ticket.
TEST(DecideContact, RegistersASolvedContactWithoutATicket) {
  const RubricatorState topics = rubricator();
  auto contact = solved();
  contact.personal[PersonalField::kPhone] = "89123456789";
  const auto out = decide(contact, &topics, nullptr, 5, context());
  ASSERT_EQ(out->drafts.size(), 1u);
  EXPECT_TRUE(out->ticket.is_zero());
  EXPECT_EQ(out->counter, 0u);
  const auto& facts = std::get<ContactRegistered>(out->drafts[0].facts);
  EXPECT_EQ(facts.occurred_at, kNine);
  EXPECT_EQ(facts.catalogue_version, 7u);
  EXPECT_EQ(facts.zone_offset_min, 180);
  EXPECT_EQ(out->drafts[0].personal.at(PersonalField::kPhone), "89123456789");
}

// A7b, V 6.1: the number of a call that was answered at once, where the site gives one.
TEST(DecideContact, NumbersACallThatWasAnsweredAtOnceWhereTheSiteDoes) {
  const RubricatorState topics = rubricator();
  auto contact = solved();
  contact.numbered = true;
  const auto out = decide(contact, &topics, nullptr, 5, context());
  EXPECT_EQ(out->counter, 5u);
  EXPECT_EQ(std::get<ContactRegistered>(out->drafts[0].facts).counter, 5u);
}

TEST(DecideContact, NumbersNeitherALetterNorACallThatTheDeskMade) {
  const RubricatorState topics = rubricator();
  auto letter = solved();
  letter.numbered = true;
  letter.channel = Channel::kEmail;
  auto made = solved();
  made.numbered = true;
  made.direction = Direction::kOut;
  for (const auto& contact : {letter, made})
    EXPECT_EQ(decide(contact, &topics, nullptr, 5, context())->counter, 0u);
}

TEST(DecideContact, ATicketHasTheNumberAndItsContactNone) {
  const RubricatorState topics = rubricator();
  auto contact = for_a_ticket();
  contact.numbered = true;
  const auto out = decide(contact, &topics, nullptr, 5, context());
  EXPECT_EQ(std::get<ContactRegistered>(out->drafts[0].facts).counter, 0u);
  EXPECT_EQ(std::get<TicketOpened>(out->drafts[1].facts).counter, 5u);
}

// A14: a ticket has one of the four urgencies.
TEST(DecideContact, OpensATicketWithTheNextNumberAndTheSameWords) {
  const RubricatorState topics = rubricator();
  const auto out = decide(for_a_ticket(), &topics, nullptr, 5, context());
  ASSERT_EQ(out->drafts.size(), 2u);
  const auto& contact = std::get<ContactRegistered>(out->drafts[0].facts);
  const auto& ticket = std::get<TicketOpened>(out->drafts[1].facts);
  EXPECT_EQ(out->drafts[0].aggregate, out->contact);
  EXPECT_EQ(out->drafts[1].aggregate, out->ticket);
  EXPECT_EQ(contact.ticket, out->ticket);
  EXPECT_EQ(ticket.contact, out->contact);
  EXPECT_EQ(ticket.counter, 5u);
  EXPECT_EQ(ticket.site, SiteNo{17});
  EXPECT_EQ(ticket.line, 1);
  EXPECT_EQ(ticket.urgency, Urgency::kHigh);
  EXPECT_EQ(ticket.received_at, kNine);
  EXPECT_EQ(out->drafts[1].personal, out->drafts[0].personal);
  EXPECT_EQ(out->drafts[1].seq.v, 1u);
}

TEST(DecideContact, NamesTheRecordsAfterTheCommand) {
  const RubricatorState topics = rubricator();
  const auto first = decide(for_a_ticket(), &topics, nullptr, 5, context());
  const auto again = decide(for_a_ticket(), &topics, nullptr, 6, context());
  EXPECT_EQ(first->contact, again->contact);
  EXPECT_EQ(first->ticket, again->ticket);
  EXPECT_NE(first->contact, first->ticket);
}

TEST(DecideContact, WhatCommandsBeginStandsInTheOrderOfTheirKeysTimes) {
  const RubricatorState topics = rubricator();
  DecideContext early = context();
  early.key_time = TimeMs{0x018f3a2b1c5d};
  DecideContext other = early;
  other.command = CommandId::from("another command.").value_or(CommandId{});
  const auto one = decide(for_a_ticket(), &topics, nullptr, 5, early);
  const auto two = decide(for_a_ticket(), &topics, nullptr, 5, other);
  for (const AggregateId& id : {one->contact, one->ticket, two->contact, two->ticket})
    EXPECT_EQ(id.hex().substr(0, 12), "018f3a2b1c5d");
  EXPECT_NE(one->contact, one->ticket);
  EXPECT_NE(one->contact, two->contact);
  EXPECT_NE(one->ticket, two->ticket);
  EXPECT_EQ(decide(for_a_ticket(), &topics, nullptr, 6, early)->contact, one->contact);
}

TEST(DecideContact, WhatACommandWithoutATimeBeginsIsNamedByItAlone) {
  const RubricatorState topics = rubricator();
  const auto out = decide(for_a_ticket(), &topics, nullptr, 5, context());
  EXPECT_EQ(out->contact, id_from("contact", {context().command.view()}));
  EXPECT_EQ(out->ticket, id_from("ticket", {context().command.view()}));
}

// A8, OFF: paper forms of an outage, typed in afterwards.
TEST(DecideContact, CountsAPaperFormInItsOwnHour) {
  const RubricatorState topics = rubricator();
  auto contact = solved();
  contact.occurred_at = kNine + -86'400'000;
  const auto out = decide(contact, &topics, nullptr, 5, context());
  const auto& facts = std::get<ContactRegistered>(out->drafts[0].facts);
  EXPECT_EQ(facts.occurred_at, kNine + -86'400'000);
  EXPECT_EQ(facts.zone_offset_min, 240);
}

TEST(DecideContact, AddsOneToTheProblemItNames) {
  const RubricatorState topics = rubricator();
  const ProblemState open;
  auto contact = solved();
  contact.problem = kSubject;
  const auto out = decide(contact, &topics, &open, 5, context());
  ASSERT_EQ(out->drafts.size(), 2u);
  EXPECT_EQ(out->drafts[1].aggregate, kSubject);
  EXPECT_EQ(out->drafts[1].seq.v, 0u);
  EXPECT_EQ(std::get<ProblemAffected>(out->drafts[1].facts).contact, out->contact);
}

// T7: one rubricator for all desks.
TEST(DecideContact, RefusesATopicOutsideTheRubricator) {
  auto contact = solved();
  contact.topic = "plumbing";
  EXPECT_EQ(blamed(contact), "topic");
  EXPECT_EQ(decide(solved(), nullptr, nullptr, 1, context()).error().path, "topic");
}

TEST(DecideContact, RefusesATimeOutsideItsBounds) {
  auto contact = solved();
  contact.occurred_at = kNine + kMaxFutureMs;
  EXPECT_EQ(blamed(contact), "");
  contact.occurred_at = kNine + (kMaxFutureMs + 1);
  EXPECT_EQ(blamed(contact), "occurred_at");
  contact.occurred_at = kMinEventTime;
  EXPECT_EQ(blamed(contact), "");
  contact.occurred_at = kMinEventTime + -1;
  EXPECT_EQ(blamed(contact), "occurred_at");
}

TEST(DecideContact, RefusesATicketWithoutUrgencyOrSummary) {
  auto contact = for_a_ticket();
  contact.urgency.reset();
  EXPECT_EQ(blamed(contact), "urgency");
  contact = for_a_ticket();
  contact.personal.clear();
  EXPECT_EQ(blamed(contact), "summary");
  for (const char* nothing : {"", " \n\t", "\u00A0\u3000"}) {
    contact.personal[PersonalField::kSummary] = nothing;
    EXPECT_EQ(blamed(contact), "summary") << nothing;
  }
  contact.personal[PersonalField::kSummary] = " ю";
  EXPECT_EQ(blamed(contact), "");
}

TEST(DecideContact, RefusesAProblemThatIsUnknownOrClosed) {
  auto contact = solved();
  contact.problem = kSubject;
  EXPECT_EQ(blamed(contact), "problem");
  ProblemState closed;
  closed.closed = Hlt{1};
  EXPECT_EQ(blamed(contact, &closed), "problem");
}

// ---- Actions

Entity ticket() {
  Entity entity = subject(Kind::kTicket);
  TicketOpened facts;
  facts.site = SiteNo{17};
  facts.counter = 42;
  (void)fold(entity, told(facts).at(1).place(1));
  (void)fold(entity, told(TicketAssigned{2, "petrov"}).at(2).place(2));
  return entity;
}

Entity closed_ticket() {
  Entity entity = ticket();
  (void)fold(entity, told(TicketClosed{TicketStatus::kDone, RejectReason::kNone}).at(3).place(3));
  return entity;
}

TicketAction assign(std::uint8_t line, std::string to, std::string why) {
  return {What::kAssign, line, std::move(to), {}, std::move(why)};
}
TicketAction say(What what, std::string text) { return {what, 1, "", {}, std::move(text)}; }
TicketAction reject(RejectReason reason) { return {What::kReject, 1, "", reason, ""}; }

Draft draft_of(const TicketAction& action, const Entity& entity = ticket()) {
  const auto out = decide(action, entity, context());
  EXPECT_EQ(out->size(), 1u);
  return out->front();
}

Error error_of(const TicketAction& action, const Entity& entity = ticket()) {
  return decide(action, entity, context()).error();
}

TEST(DecideTicket, TakesTheNextPlaceInTheOwnersOrder) {
  const Draft draft = draft_of(assign(3, "sidorov", "нужен эксперт"));
  EXPECT_EQ(draft.aggregate, kSubject);
  EXPECT_EQ(draft.term.v, 1u);
  EXPECT_EQ(draft.seq.v, 3u);
  const auto& assigned = std::get<TicketAssigned>(draft.facts);
  EXPECT_EQ(assigned.line, 3);
  EXPECT_EQ(assigned.assignee, "sidorov");
  EXPECT_EQ(assigned.times.at, kNine);
  EXPECT_EQ(draft.personal.at(PersonalField::kText), "нужен эксперт");
}

TEST(DecideTicket, CommentsOutsideTheOrderAlsoWhenClosed) {
  for (const Entity& entity : {ticket(), closed_ticket()}) {
    const Draft draft = draft_of(say(What::kComment, "звонила ещё раз"), entity);
    EXPECT_EQ(draft.seq.v, 0u);
    EXPECT_TRUE(std::holds_alternative<TicketCommented>(draft.facts));
  }
}

TEST(DecideTicket, CompletesAndRejects) {
  EXPECT_EQ(std::get<TicketClosed>(draft_of(say(What::kComplete, "заменил")).facts),
            (TicketClosed{TicketStatus::kDone, RejectReason::kNone, kNine, {}}));
  EXPECT_EQ(std::get<TicketClosed>(draft_of(reject(RejectReason::kOutsideCompetence)).facts),
            (TicketClosed{TicketStatus::kRejected, RejectReason::kOutsideCompetence, kNine, {}}));
}

// A9: three lines; a hand-over upwards says why.
TEST(DecideTicket, AsksForAReasonOnlyWhenItGoesUp) {
  EXPECT_EQ(error_of(assign(3, "", "")).path, "reason");
  EXPECT_EQ(error_of(assign(3, "", " ")).path, "reason");
  EXPECT_EQ(draft_of(assign(2, "ivanov", "")).seq.v, 3u);
  EXPECT_EQ(draft_of(assign(1, "", "")).seq.v, 3u);
}

TEST(DecideTicket, RefusesALineThatDoesNotExist) {
  EXPECT_EQ(error_of(assign(0, "", "почему")).path, "line");
  EXPECT_EQ(error_of(assign(4, "", "почему")).path, "line");
}

TEST(DecideTicket, RefusesACommentOrACompletionWithoutWords) {
  for (const char* nothing : {"", " ", "\n\u00A0"}) {
    EXPECT_EQ(error_of(say(What::kComment, nothing)).path, "text");
    EXPECT_EQ(error_of(say(What::kComplete, nothing)).path, "text");
  }
}

// A16, V11: a refusal has one of the fixed reasons.
TEST(DecideTicket, RefusesARejectionWithoutAReason) {
  EXPECT_EQ(error_of(reject(RejectReason::kNone)).path, "reason");
}

TEST(DecideTicket, RefusesEverythingButCommentsOnceClosed) {
  for (const auto& action :
       {assign(1, "", ""), say(What::kComplete, "ещё раз"), reject(RejectReason::kDisrespectful)}) {
    EXPECT_EQ(error_of(action, closed_ticket()).code, Code::kConflict);
  }
}

TEST(DecideTicket, KnowsNoTicketThatIsNotThere) {
  EXPECT_EQ(error_of(say(What::kComment, "слово"), subject(Kind::kTicket)).code, Code::kNotFound);
}

}  // namespace
}  // namespace opora::protocol
