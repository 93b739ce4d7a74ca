// What a facility lets desks know beside the booking form (T11).
#include "protocol/domain/facility_notice.h"

#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::kFarEast;
using testing::kWest;

const TimeMs kMonday = testing::at("2025-02-10 09:00");

ChangeFacilityNotice notice(SiteNo facility = kWest) {
  ChangeFacilityNotice out;
  out.facts.facility = facility;
  out.facts.from = LocalDay{static_cast<std::int32_t>(kMonday.v / kDayMs)};
  out.text = "Терапевт Иванова в отпуске";
  return out;
}

DecideContext context_at(SiteNo site) {
  return {site, kMonday, testing::east(180),
          CommandId::from("0123456789abcdef").value_or(CommandId{})};
}

FacilityNoticeState kept(SiteNo origin, OwnerTerm term, OwnerSeq seq) {
  FacilityNoticeState out;
  out.origin = origin;
  out.term = term;
  out.seq = seq;
  out.facility = kWest;
  return out;
}

std::string blamed(const ChangeFacilityNotice& command, SiteNo site,
                   const FacilityNoticeState* known = nullptr) {
  const auto out = decide(command, AggregateId{{1}}, known, context_at(site));
  return out.ok() ? "" : out.error().path;
}

TEST(FacilityNotice, IsMadeByTheFacilityItselfOrByTheRegionForAny) {
  EXPECT_EQ(blamed(notice(), kWest), "");
  EXPECT_EQ(blamed(notice(), kHubSite), "");
  EXPECT_EQ(blamed(notice(), kFarEast), "facility");
  EXPECT_EQ(blamed(notice(kHubSite), kHubSite), "facility");
}

TEST(FacilityNotice, WhatTheRegionHasSaidIsTheRegionsFromThenOn) {
  const auto own = kept(kWest, OwnerTerm{1}, OwnerSeq{2});
  ChangeFacilityNotice edit = notice();
  edit.base = OwnerSeq{2};
  EXPECT_EQ(blamed(edit, kWest, &own), "");
  const auto taken = decide(edit, AggregateId{{1}}, &own, context_at(kHubSite));
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->front().term, OwnerTerm{2});
  EXPECT_EQ(taken->front().seq, OwnerSeq{3});
  const auto regions = kept(kWest, OwnerTerm{2}, OwnerSeq{3});
  edit.base = OwnerSeq{3};
  EXPECT_EQ(blamed(edit, kWest, &regions), "id");
  EXPECT_EQ(decide(edit, AggregateId{{1}}, &regions, context_at(kHubSite))->front().term,
            OwnerTerm{2});
  const auto begun_there = kept(kHubSite, OwnerTerm{1}, OwnerSeq{3});
  EXPECT_EQ(blamed(edit, kWest, &begun_there), "id");
}

TEST(FacilityNotice, IsChangedFromTheVersionThatWasSeen) {
  const auto own = kept(kWest, OwnerTerm{1}, OwnerSeq{2});
  EXPECT_EQ(blamed(notice(), kWest, &own), "version");
  ChangeFacilityNotice gone = notice();
  gone.base = OwnerSeq{1};
  EXPECT_EQ(blamed(gone, kWest), "id") << "no such notice";
  gone.base = OwnerSeq{2};
  gone.facts.facility = kFarEast;
  EXPECT_EQ(blamed(gone, kHubSite, &own), "facility");
}

TEST(FacilityNotice, HasWordsAndDaysThatAreNotPast) {
  ChangeFacilityNotice wrong = notice();
  wrong.text = " ";
  EXPECT_EQ(blamed(wrong, kWest), "text");
  wrong.text = std::string(501, 'x');
  EXPECT_EQ(blamed(wrong, kWest), "text");
  wrong = notice();
  wrong.facts.until = LocalDay{wrong.facts.from.v - 1};
  EXPECT_EQ(blamed(wrong, kWest), "until");
  wrong.facts.from = LocalDay{wrong.facts.from.v - 9};
  wrong.facts.until = LocalDay{wrong.facts.from.v + 1};
  EXPECT_EQ(blamed(wrong, kWest), "until") << "is past";
  wrong.facts.withdrawn = true;
  EXPECT_EQ(blamed(wrong, kWest), "") << "whatever its days are";
}

TEST(FacilityNotice, NobodyReadsMoreThanSoMany) {
  ChangeFacilityNotice many = notice();
  many.of_facility = kMaxNotices;
  EXPECT_EQ(blamed(many, kWest), "facility");
  many.facts.withdrawn = true;
  EXPECT_EQ(blamed(many, kWest), "");
}

TEST(FacilityNotice, HoldsFromItsFirstDayToItsLast) {
  FacilityNoticeState state = kept(kWest, OwnerTerm{1}, OwnerSeq{1});
  state.from = LocalDay{100};
  EXPECT_TRUE(holds_on(state, LocalDay{20'000})) << "until it is withdrawn";
  state.until = LocalDay{102};
  EXPECT_FALSE(holds_on(state, LocalDay{99}));
  EXPECT_TRUE(holds_on(state, LocalDay{100}));
  EXPECT_TRUE(holds_on(state, LocalDay{102}));
  EXPECT_FALSE(holds_on(state, LocalDay{103}));
  state.withdrawn = true;
  EXPECT_FALSE(holds_on(state, LocalDay{101}));
}

TEST(FacilityNotice, IsFoundByFacilityFromADayOn) {
  Entity entity{
      Kind::kFacilityNotice, AggregateId{{1}}, kept(kWest, OwnerTerm{1}, OwnerSeq{1}), {}};
  auto& state = std::get<FacilityNoticeState>(entity.state);
  state.until = LocalDay{100};
  const auto found_from = [&](std::int32_t day) {
    const auto rows = facets(entity).index;
    return !rows.empty() && rows.front().key >= keys::facility_notices(kWest, LocalDay{day});
  };
  EXPECT_TRUE(found_from(100));
  EXPECT_FALSE(found_from(101));
  state.until = {};
  EXPECT_TRUE(found_from(30'000));
  state.withdrawn = true;
  EXPECT_FALSE(found_from(0));
}

}  // namespace
}  // namespace opora::protocol
