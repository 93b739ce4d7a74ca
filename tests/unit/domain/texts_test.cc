#include <set>

#include <gtest/gtest.h>

#include "protocol/domain/kind_texts.h"
#include "tests/unit/domain/golden.h"

namespace opora::protocol {
namespace {

// One line a value, in numeric order over the whole range of the type, so that a value without a
// name is seen.
template <class E>
std::string lines(std::string_view type) {
  std::string out;
  for (std::uint32_t raw = 0; raw <= 255; ++raw) {
    const auto name = to_name(static_cast<E>(raw));
    if (!name.empty())
      out += std::string(type) + " " + std::to_string(raw) + " " + std::string(name) + "\n";
  }
  return out;
}

template <class E>
class EveryEnum : public testing::Test {};
using Enums =
    testing::Types<EventType, CallStep, Direction, Channel, Outcome, Refusal, Urgency, TicketStatus,
                   RejectReason, ProblemKind, AgentState, BreakReason, PersonalField, OfferReply,
                   OwnerCause, YearStatus, DayKind, DayReason, Holidays, NormUnit, Running,
                   TemplateUse, Filling, WaitReason, DueClock, Threshold, LinkThen, Missed>;
TYPED_TEST_SUITE(EveryEnum, Enums);

TYPED_TEST(EveryEnum, NamesGoBothWaysAndNoneIsUsedTwice) {
  std::set<std::string_view> names;
  std::set<TypeParam> values;
  for (const auto& n : Names<TypeParam>::kTable) {
    EXPECT_EQ(to_name(n.value), n.name);
    EXPECT_EQ(from_name<TypeParam>(n.name), n.value);
    EXPECT_TRUE(names.insert(n.name).second) << n.name;
    EXPECT_TRUE(values.insert(n.value).second) << n.name;
  }
}

TYPED_TEST(EveryEnum, StrangersHaveNoName) {
  EXPECT_EQ(to_name(static_cast<TypeParam>(250)), "");
  EXPECT_FALSE(from_name<TypeParam>(""));
  EXPECT_FALSE(from_name<TypeParam>("none"));
  EXPECT_FALSE(from_name<TypeParam>("nonsense"));
}

TEST(Texts, AllNamesAreAsReviewed) {
  expect_golden("names.txt",
                lines<EventType>("event") + lines<CallStep>("call_step") +
                    lines<Direction>("direction") + lines<Channel>("channel") +
                    lines<Outcome>("outcome") + lines<Refusal>("refusal") +
                    lines<Urgency>("urgency") + lines<TicketStatus>("ticket_status") +
                    lines<RejectReason>("reject_reason") + lines<ProblemKind>("problem_kind") +
                    lines<AgentState>("agent_state") + lines<BreakReason>("break_reason") +
                    lines<PersonalField>("personal") + lines<OfferReply>("offer_reply") +
                    lines<OwnerCause>("owner_cause") + lines<YearStatus>("year_status") +
                    lines<DayKind>("day_kind") + lines<DayReason>("day_reason") +
                    lines<TemplateUse>("template_use") + lines<Filling>("filling") +
                    lines<Holidays>("holidays") + lines<NormUnit>("norm_unit") +
                    lines<Running>("running") + lines<ContactKind>("contact_kind") +
                    lines<ApplicantRole>("applicant_role") + lines<RequestField>("request_field") +
                    lines<TicketResult>("ticket_result") + lines<VisitStep>("visit_step") +
                    lines<VisitStage>("visit_stage") + lines<ListStep>("list_step") +
                    lines<Speciality>("speciality") + lines<WishSubject>("wish_subject") +
                    lines<HotLine>("hot_line") + lines<PassedTo>("passed_to"));
}

std::string times(int n, std::string_view letter) {
  std::string out;
  for (int i = 0; i < n; ++i) out += letter;
  return out;
}

TEST(Texts, PeoplesTextsAreCountedInLettersAndIdentifiersInBytes) {
  EXPECT_TRUE(check_text("summary", times(4000, "я"), kFreeTextLimit).ok());
  EXPECT_FALSE(check_text("summary", times(4001, "я"), kFreeTextLimit).ok());
  EXPECT_TRUE(check_text("source", times(32, "я"), kSourceLimit).ok());
  EXPECT_FALSE(check_text("source", times(33, "я"), kSourceLimit).ok());
}

TEST(Texts, ARefusalNamesTheFieldAndNotItsContents) {
  const auto status = check_text("events[3].call_id", times(129, "x"), kCallIdLimit);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kInvalid);
  EXPECT_EQ(status.error().path, "events[3].call_id");
  EXPECT_EQ(status.error().message, "is longer than 128");
  EXPECT_EQ(check_text("basis", "ab", kBasisLimit).error().message, "is shorter than 3");
}

TEST(Texts, MalformedUtf8AndControlCharactersAreRefused) {
  EXPECT_EQ(check_text("note", "\xD0", kFreeTextLimit).error().message, "is not UTF-8");
  EXPECT_EQ(check_text("note", std::string_view("a\0b", 3), kFreeTextLimit).error().message,
            "has control characters");
  EXPECT_EQ(check_text("note", "a\x1B[31m", kFreeTextLimit).error().message,
            "has control characters");
  EXPECT_EQ(check_text("note", "\x7F", kFreeTextLimit).error().message, "has control characters");
  EXPECT_TRUE(check_text("note", "первая строка\r\n\tвторая", kFreeTextLimit).ok());
}

TEST(Texts, EveryPersonalFieldHasALimit) {
  for (const auto& n : Names<PersonalField>::kTable) EXPECT_GT(limit_of(n.value).max, 0u) << n.name;
  EXPECT_EQ(limit_of(PersonalField::kPhone).max, 40u);
  EXPECT_EQ(limit_of(PersonalField::kApplicant).max, 200u);
  EXPECT_EQ(limit_of(PersonalField::kNote).max, 4000u);
  EXPECT_EQ(limit_of(static_cast<PersonalField>(999)).max, 200u);
}

}  // namespace
}  // namespace opora::protocol
