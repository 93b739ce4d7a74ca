// A site's own word on a user of the region, and who read what.
#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

const AggregateId kUser = id_from("test", {"anna"});
const AggregateId kOther = id_from("test", {"other"});

DecideContext at(std::uint32_t site) {
  return {SiteNo{site}, kNine, [](TimeMs) { return std::int16_t{180}; },
          CommandId::from(kOther.view()).value_or(CommandId{})};
}

UserState of_the_region(std::uint32_t seq) {
  UserState user;
  user.origin = kHubSite;
  user.term = OwnerTerm{1};
  user.seq = OwnerSeq{seq};
  user.login = "anna";
  return user;
}

OverruleUser disabling(bool disabled) {  // bool: disabled
  return {disabled, {}};
}

OverruleUser with_password() { return {std::nullopt, {{PersonalField::kPasswordHash, "hash"}}}; }

// The state after the one event of a decision.
OverruleState after(const Result<Drafts>& drafts) {
  Entity entity = subject(Kind::kOverrule);
  const Draft& draft = drafts->front();
  EXPECT_EQ(fold(entity, told(draft.facts).at(1).place(draft.seq.v)), FoldResult::kFolded);
  return *entity.as<OverruleState>();
}

TEST(OverruledUser, IsNeverOneOfTheSiteItself) {
  UserState local = of_the_region(1);
  local.origin = SiteNo{17};
  EXPECT_EQ(decide(disabling(true), kUser, local, nullptr, at(17)).error().code, Code::kDenied);
}

TEST(OverruledUser, IsAwayByAWordOfTheSiteThatLeavesTheRestAsItWas) {
  const auto out = after(decide(disabling(true), kUser, of_the_region(1), nullptr, at(17)));
  OverruleUser sick;
  sick.absence = Absence{LocalDay{20'500}, LocalDay{20'501}, "petrova"};
  const auto away = after(decide(sick, kUser, of_the_region(1), &out, at(17)));
  EXPECT_EQ(away.absence, *sick.absence);
  EXPECT_TRUE(away.disabled);
  EXPECT_EQ(after(decide(disabling(false), kUser, of_the_region(1), &away, at(17))).absence,
            *sick.absence);
  sick.absence = Absence{};
  EXPECT_EQ(after(decide(sick, kUser, of_the_region(1), &away, at(17))).absence, Absence{});
  sick.absence = Absence{LocalDay{20'500}, LocalDay{20'499}, ""};
  EXPECT_EQ(decide(sick, kUser, of_the_region(1), nullptr, at(17)).error().path, "to");
}

TEST(OverruledUser, HasOneWordASiteInTheOrderOfTelling) {
  const auto first = decide(disabling(true), kUser, of_the_region(1), nullptr, at(17));
  const OverruleState told_once = after(first);
  const auto second = decide(disabling(false), kUser, of_the_region(1), &told_once, at(17));
  EXPECT_EQ(first->front().aggregate, overrule_aggregate(SiteNo{17}, kUser));
  EXPECT_NE(first->front().aggregate, overrule_aggregate(SiteNo{18}, kUser));
  EXPECT_EQ(second->front().aggregate, first->front().aggregate);
  EXPECT_EQ(first->front().seq.v, 1u);
  EXPECT_EQ(second->front().seq.v, 2u);
  EXPECT_TRUE(told_once.disabled);
  EXPECT_FALSE(after(second).disabled);
}

TEST(OverruledUser, KeepsWhatTheNextWordDoesNotMention) {
  const auto password = decide(with_password(), kUser, of_the_region(4), nullptr, at(17));
  const OverruleState before = after(password);
  EXPECT_EQ(before.password_at, kNine);
  EXPECT_EQ(before.over_seq.v, 4u);
  // The region has said more meanwhile; that is no reason for the password to count again.
  const auto state = after(decide(disabling(true), kUser, of_the_region(9), &before, at(17)));
  EXPECT_TRUE(state.disabled);
  EXPECT_EQ(state.password_at, kNine);
  EXPECT_EQ(state.over_seq.v, 4u);
}

TEST(OverruledUser, HasThePasswordOfTheSiteUntilTheRegionSetsANewOne) {
  Entity user = subject(Kind::kUser);
  const auto regional = [&](std::uint32_t seq, const char* password) {
    Told event = told(UserChanged{"anna", 1, {}, false, "", {}}).at(seq).place(seq).by(0);
    (void)fold(user, password ? event.saying(PersonalField::kPasswordHash, password) : event);
  };
  regional(1, "first");
  const auto state = after(decide(with_password(), kUser, *user.as<UserState>(), nullptr, at(17)));
  EXPECT_TRUE(password_stands(state, user.personal));
  regional(2, nullptr);  // a new name, say
  EXPECT_TRUE(password_stands(state, user.personal));
  regional(3, "second");
  EXPECT_FALSE(password_stands(state, user.personal));
}

TEST(OverruledUser, HasNoPasswordOfTheSiteWhenNoneWasSet) {
  const auto state = after(decide(disabling(true), kUser, of_the_region(1), nullptr, at(17)));
  EXPECT_FALSE(password_stands(state, PersonalState{}));
}

TEST(OverruledUser, FoldsInTheOrderOfTellingHoweverItArrives) {
  Entity entity = subject(Kind::kOverrule);
  const UserOverruled shut{kUser, true, {}, {}, {}};
  const UserOverruled open{kUser, false, {}, {}, {}};
  EXPECT_EQ(fold(entity, told(open).at(2).place(2)), FoldResult::kFolded);
  EXPECT_EQ(fold(entity, told(shut).at(1).place(1)), FoldResult::kRefold);
  EXPECT_FALSE(entity.as<OverruleState>()->disabled);
}

TEST(NotedRead, IsARecordOfItsOwnForEachCommand) {
  const RecordsRead page{ReadFrom::kContacts, {kUser, kOther}, {}};
  const auto drafts = decide(NoteRead{page}, at(17));
  ASSERT_EQ(drafts->size(), 1u);
  EXPECT_EQ(std::get<RecordsRead>(drafts->front().facts), page);
  EXPECT_TRUE(drafts->front().personal.empty());
  DecideContext later = at(17);
  later.command = CommandId::from(kUser.view()).value_or(CommandId{});
  EXPECT_NE(decide(NoteRead{page}, later)->front().aggregate, drafts->front().aggregate);
}

TEST(NotedRead, SaysNothingOfNothingAndRefusesTooMuch) {
  EXPECT_TRUE(decide(NoteRead{}, at(17))->empty());
  NoteRead many;
  many.facts.contacts.assign(kMaxReadRecords, kUser);
  EXPECT_TRUE(decide(many, at(17)).ok());
  many.facts.tickets.push_back(kOther);
  EXPECT_EQ(decide(many, at(17)).error().code, Code::kTooLarge);
}

TEST(NotedRead, StandsAsItWasToldFirstAndIsListedNewestFirst) {
  const auto read_at = [](std::uint64_t second) {
    Entity entity = subject(Kind::kRead);
    (void)fold(entity, told(RecordsRead{ReadFrom::kTicket, {}, {kOther}}).at(second).by(17));
    return entity;
  };
  Entity entity = read_at(5);
  (void)fold(entity, told(RecordsRead{ReadFrom::kTickets, {}, {kUser}}).at(7).by(17));
  const auto& state = *entity.as<ReadState>();
  EXPECT_EQ(state.from, ReadFrom::kTicket);
  EXPECT_EQ(state.tickets, std::vector{kOther});
  EXPECT_EQ(state.origin, SiteNo{17});
  const auto row = [](const Entity& of) { return facets(of).index.front().key; };
  EXPECT_LT(row(read_at(9)), row(read_at(3)));
  EXPECT_TRUE(facets(entity).cubes.empty());
}

}  // namespace
}  // namespace opora::protocol
