// Which kind of contact a topic means: said by the rubricator, known of its name once, taken for
// whoever names none.
#include "protocol/domain/topic_kinds.h"

#include <gtest/gtest.h>

#include "protocol/domain/decide.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

DecideContext at(std::uint32_t site) {
  return {SiteNo{site}, kNine, [](TimeMs) { return std::int16_t{180}; },
          CommandId::from("0123456789abcdef").value_or(CommandId{})};
}

ContactKind known(const char* kind, const char* name) {
  return shipped_kind({"id", kind, "", name});
}

TEST(TopicKinds, AreKnownByTheTopicsOwnNameBeforeThatOfItsKindInBothLanguages) {
  EXPECT_EQ(known("запись", "Первичная запись"), ContactKind::kBooking);
  EXPECT_EQ(known("запись", "Лист ожидания"), ContactKind::kWaitingList);
  EXPECT_EQ(known("Вызов на дом", "Взрослый"), ContactKind::kHouseCall);
  EXPECT_EQ(known("Support", "Mail"), ContactKind::kSupport);
  EXPECT_EQ(known("HOT LINE", "Medicines"), ContactKind::kHotLine);
  EXPECT_EQ(known("пожелание", "К программам"), ContactKind::kWish);
  EXPECT_EQ(known("консультация", "Режим работы"), ContactKind::kNone);
  EXPECT_EQ(known("", ""), ContactKind::kNone);
}

const std::vector<Topic> kTopics = {{"login", "поддержка", "", "Не входит"},
                                    {"hours", "консультация", "", "Режим работы"}};

std::vector<ContactKind> published(const PublishRubricator& command,
                                   const RubricatorState* before = nullptr) {
  const auto drafts = decide(command, before, at(0));
  EXPECT_TRUE(drafts.ok());
  std::vector<ContactKind> out;
  if (!drafts.ok() || drafts->empty()) return out;
  for (const Topic& topic : std::get<RubricatorPublished>(drafts->front().facts).topics)
    out.push_back(topic.contact_kind);
  return out;
}

RubricatorState in_force(std::vector<Topic> topics) {
  RubricatorState out;
  out.version = 4;
  out.topics = std::move(topics);
  return out;
}

using Kinds = std::vector<ContactKind>;

TEST(TopicKinds, WhatTheWriterSaysStandsEvenThatItIsNone) {
  auto topics = kTopics;
  topics[1].contact_kind = ContactKind::kWish;
  EXPECT_EQ(published({topics, 0}), (Kinds{ContactKind::kNone, ContactKind::kWish}));
}

TEST(TopicKinds, WhatTheWriterDoesNotSayIsFilledInOnceAndKeptFromThenOn) {
  PublishRubricator command{kTopics, 0, {"login", "hours"}};
  EXPECT_EQ(published(command), (Kinds{ContactKind::kSupport, ContactKind::kNone}));

  // A region whose rubricator is older than the field.
  const RubricatorState silent = in_force(kTopics);
  command.base = 4;
  EXPECT_EQ(published(command, &silent), (Kinds{ContactKind::kSupport, ContactKind::kNone}));

  // Somebody has said that it is another, and that the second is none.
  auto said = kTopics;
  said[0].contact_kind = ContactKind::kWish;
  said[1].kind = "запись";
  const RubricatorState speaking = in_force(said);
  command.topics[1].kind = "запись";
  command.topics.push_back({"new", "запись", "", "Ещё одна"});
  command.unsaid.insert("new");
  EXPECT_EQ(published(command, &speaking),
            (Kinds{ContactKind::kWish, ContactKind::kNone, ContactKind::kBooking}));
}

RubricatorState of_kind(ContactKind kind) {
  return in_force({{"topic", "assistance", "", "Anything", kind}});
}

RegisterContact unnamed() {
  RegisterContact out;
  out.topic = "topic";
  out.kind_of_topic = true;
  out.outcome = Outcome::kTicket;
  out.urgency = Urgency::kLow;
  out.personal[PersonalField::kSummary] = "не входит в систему";
  return out;
}

Asking asked(const RegisterContact& contact, ContactKind of_topic) {
  const RubricatorState rubricator = of_kind(of_topic);
  const auto out = decide(contact, &rubricator, nullptr, 1, at(17));
  EXPECT_TRUE(out.ok());
  if (!out.ok()) return {};
  const auto& contact_facts = std::get<ContactRegistered>(out->drafts[0].facts);
  EXPECT_EQ(std::get<TicketOpened>(out->drafts[1].facts).asking, contact_facts.asking);
  return contact_facts.asking;
}

TEST(TopicKinds, WhoNamesNoKindGetsThatOfTheTopic) {
  EXPECT_EQ(asked(unnamed(), ContactKind::kSupport).kind, ContactKind::kSupport);
  EXPECT_EQ(asked(unnamed(), ContactKind::kNone).kind, ContactKind::kNone);
}

TEST(TopicKinds, WhoNamesOneOrSaysThatItIsNoneIsBelieved) {
  RegisterContact contact = unnamed();
  contact.kind_of_topic = false;
  EXPECT_EQ(asked(contact, ContactKind::kSupport).kind, ContactKind::kNone);
  contact.asking.kind = ContactKind::kWish;
  EXPECT_EQ(asked(contact, ContactKind::kSupport).kind, ContactKind::kWish);
}

// H1, H2.
TEST(TopicKinds, AKindWhoseFieldsAreMissingIsNotTakenAndTheContactIsNotRefused) {
  RegisterContact contact = unnamed();
  EXPECT_EQ(asked(contact, ContactKind::kHouseCall).kind, ContactKind::kNone);
  EXPECT_EQ(asked(contact, ContactKind::kWaitingList).kind, ContactKind::kNone);
  contact.personal[PersonalField::kAddress] = "ул. Мира, 5";
  EXPECT_EQ(asked(contact, ContactKind::kHouseCall).kind, ContactKind::kHouseCall);
  contact = unnamed();
  contact.waits_for = TicketWaitsFor{};
  contact.waits_for->speciality = Speciality::kCardiologist;
  EXPECT_EQ(asked(contact, ContactKind::kWaitingList).kind, ContactKind::kWaitingList);
}

}  // namespace
}  // namespace opora::protocol
