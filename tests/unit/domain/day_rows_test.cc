#include "protocol/domain/day_rows.h"

#include <gtest/gtest.h>

#include "protocol/domain/facets.h"

namespace opora::protocol::keys {
namespace {

constexpr std::int32_t kDay = 20'413;
constexpr SiteNo kSite{17};
constexpr DeskNo kDesk{2};

TEST(DayRows, NarrowTheirPrefixAsFarAsTheQuestionDoes) {
  const Bytes of_desk = calls_of_day(kDay, kSite, kDesk);
  EXPECT_EQ(calls_of_day(DayRows{kDay, kSite, kDesk}), of_desk);
  const Bytes of_site = calls_of_day(DayRows{kDay, kSite, std::nullopt});
  const Bytes of_region = calls_of_day(DayRows{kDay, std::nullopt, std::nullopt});
  EXPECT_TRUE(of_desk.starts_with(of_site) && of_site != of_desk);
  EXPECT_TRUE(of_site.starts_with(of_region) && of_region != of_site);
  EXPECT_FALSE(calls_of_day(kDay + 1, kSite, kDesk).starts_with(of_region));
  EXPECT_FALSE(calls_of_day(kDay, SiteNo{18}, kDesk).starts_with(of_site));
  EXPECT_EQ(contacts_of_day(DayRows{kDay, kSite, kDesk}), contacts_of_day(kDay, kSite, kDesk));
}

TEST(DayRows, TakeADeskOfAnySiteByAskingEachRow) {
  const DayRows second_desks{kDay, std::nullopt, kDesk};
  EXPECT_EQ(calls_of_day(second_desks), calls_of_day(DayRows{kDay, std::nullopt, std::nullopt}));
  EXPECT_TRUE(second_desks.takes(kSite, kDesk) && second_desks.takes(SiteNo{18}, kDesk));
  EXPECT_FALSE(second_desks.takes(kSite, DeskNo{1}));
  EXPECT_FALSE((DayRows{kDay, kSite, std::nullopt}).takes(SiteNo{18}, kDesk));
}

}  // namespace
}  // namespace opora::protocol::keys
