// What there is to do on the way of a ticket that is opened with it, as its template has it.
#include <gtest/gtest.h>

#include "protocol/domain/links.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

DecideContext at(std::uint32_t site) {
  return {SiteNo{site}, kNine, [](TimeMs) { return std::int16_t{180}; },
          CommandId::from("0123456789abcdef").value_or(CommandId{})};
}

RegisterContact with_items(std::vector<std::string> items) {
  RegisterContact out;
  out.topic = "login";
  out.outcome = Outcome::kTicket;
  out.urgency = Urgency::kLow;
  out.personal[PersonalField::kSummary] = "не входит";
  out.items = std::move(items);
  return out;
}

Result<Registered> registered(const RegisterContact& contact) {
  RubricatorState rubricator;
  rubricator.topics = {{"login", "support", "portal", "Не входит"}};
  return decide(contact, &rubricator, nullptr, 1, at(17));
}

TEST(NewItems, StandAtTheTicketAsItsTemplateHasThem) {
  RegisterContact contact = with_items({"позвонить", "проверить"});
  contact.asking.kind = ContactKind::kWaitingList;
  contact.waits_for = TicketWaitsFor{};
  contact.waits_for->speciality = Speciality::kCardiologist;
  const auto out = registered(contact);
  ASSERT_TRUE(out.ok()) << out.error().path;
  ASSERT_EQ(out->drafts.size(), 5U);
  Entity ticket = subject(Kind::kTicket);
  for (std::size_t i = 1; i < out->drafts.size(); ++i) {
    const Draft& draft = out->drafts[i];
    EXPECT_EQ(draft.aggregate, out->ticket);
    EXPECT_EQ(draft.seq, OwnerSeq{static_cast<std::uint32_t>(i)});
    Told said(draft.facts);
    for (const auto& [field, text] : draft.personal) said.saying(field, text);
    EXPECT_EQ(fold(ticket, said.at(i).place(static_cast<std::uint32_t>(i))), FoldResult::kFolded);
  }
  const auto& items = ticket.as<TicketState>()->items;
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[1].item, 2);
  EXPECT_EQ(out->drafts.back().personal.at(PersonalField::kText), "проверить");
}

TEST(NewItems, HaveTheLimitsOfATicketsOwn) {
  const auto refused = [](const RegisterContact& contact) {
    const auto out = registered(contact);
    return out.ok() ? "" : out.error().path;
  };
  EXPECT_EQ(refused(with_items(std::vector<std::string>(kMaxItems, "дело"))), "");
  EXPECT_EQ(refused(with_items(std::vector<std::string>(kMaxItems + 1, "дело"))), "items");
  EXPECT_EQ(refused(with_items({"дело", " "})), "items[1]");
  EXPECT_EQ(refused(with_items({std::string(kMaxItemLetters + 1, 'x')})), "items[0]");
  RegisterContact solved = with_items({"дело"});
  solved.outcome = Outcome::kSolved;
  EXPECT_EQ(refused(solved), "items") << "nothing is left to do";
}

}  // namespace
}  // namespace opora::protocol
