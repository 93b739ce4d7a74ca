#include "web/server/time_text.h"

#include <gtest/gtest.h>

namespace opora::web {
namespace {

TEST(TimeText, WritesUtcWithMilliseconds) {
  EXPECT_EQ(to_rfc3339(TimeMs{0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(TimeMs{1'795'152'667'250}), "2026-11-20T05:31:07.250Z");
  EXPECT_EQ(to_rfc3339(TimeMs{-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(TimeMs{951'782'400'000}), "2000-02-29T00:00:00.000Z");
}

TEST(TimeText, CutsTimesBeyondFourDigitYears) {
  EXPECT_EQ(to_rfc3339(TimeMs{std::numeric_limits<std::int64_t>::max()}),
            "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(TimeMs{std::numeric_limits<std::int64_t>::min()}),
            "0000-01-01T00:00:00.000Z");
}

TEST(TimeText, ReadsAnyOffset) {
  const TimeMs moment{1'795'152'667'250};
  EXPECT_EQ(from_rfc3339("2026-11-20T05:31:07.250Z"), moment);
  EXPECT_EQ(from_rfc3339("2026-11-20T08:31:07.250+03:00"), moment);
  EXPECT_EQ(from_rfc3339("2026-11-19T22:01:07.25-07:30"), moment);
  EXPECT_EQ(from_rfc3339("2026-11-20T05:31:07.250999999Z"), moment);
  EXPECT_EQ(from_rfc3339("2026-11-20T05:31:07Z"), TimeMs{moment.v - 250});
}

TEST(TimeText, ReadsBackWhatItWrote) {
  for (const std::int64_t v : {std::int64_t{946'684'800'000}, std::int64_t{1'709'164'799'999},
                               std::int64_t{4'102'444'799'999}}) {
    EXPECT_EQ(from_rfc3339(to_rfc3339(TimeMs{v})), TimeMs{v});
  }
}

TEST(TimeText, RefusesWhatIsNotStrict) {
  for (const char* text : {"",
                           "2026-11-20",
                           "2026-11-20T05:31:07",
                           "2026-11-20 05:31:07Z",
                           "2026-11-20t05:31:07Z",
                           "2026-11-20T05:31:07z",
                           "2026-11-20T05:31Z",
                           "2026-11-20T5:31:07Z",
                           "2026-11-20T24:00:00Z",
                           "2026-11-20T05:60:07Z",
                           "2026-11-20T05:31:60Z",
                           "2026-11-20T05:31:07.Z",
                           "2026-11-20T05:31:07.1234567890Z",
                           "2026-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "0000-01-01T00:00:00Z",
                           "2026-11-20T05:31:07+0300",
                           "2026-11-20T05:31:07+03",
                           "2026-11-20T05:31:07+24:00",
                           "2026-11-20T05:31:07+03:60",
                           "2026-11-20T05:31:07ZZ",
                           "2026-11-20T05:31:07Z ",
                           " 2026-11-20T05:31:07Z",
                           "+026-11-20T05:31:07Z",
                           "2026-11-20T05:31:07,250Z",
                           "2026-11-20T05:31:07+-3:00"}) {
    EXPECT_FALSE(from_rfc3339(text)) << text;
  }
}

TEST(DateText, ReadsRealDatesOnly) {
  using std::chrono::year_month_day, std::chrono::year, std::chrono::month, std::chrono::day;
  EXPECT_EQ(date_from_text("2024-02-29"), (year_month_day{year(2024), month(2), day(29)}));
  for (const char* text :
       {"2026-02-29", "2026-04-31", "2026-1-01", "2026-01-01T", "2026/01/01", "", "20260101"}) {
    EXPECT_FALSE(date_from_text(text)) << text;
  }
  EXPECT_EQ(date_to_text(year_month_day{year(987), month(6), day(5)}), "0987-06-05");
}

}  // namespace
}  // namespace opora::web
