#include "web/app/zones.h"

#include <gtest/gtest.h>

namespace opora::app {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

Zone zone(std::string_view name) {
  auto found = Zone::find(name);
  EXPECT_TRUE(found.ok()) << name;
  return *found;
}

LocalDay day(std::string_view text) {
  const auto parsed = parse_day(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(LocalDay{});
}

// Noon UTC of a day.
TimeMs noon(std::string_view text) {
  return TimeMs{std::int64_t{day(text).v} * 24 * kHourMs + 12 * kHourMs};
}

TEST(Zones, KnowTodaysOffsets) {
  EXPECT_EQ(zone("Europe/Kaliningrad").offset_min(noon("2026-11-20")), 120);
  EXPECT_EQ(zone("Europe/Moscow").offset_min(noon("2026-11-20")), 180);
  EXPECT_EQ(zone("Europe/Samara").offset_min(noon("2026-11-20")), 240);
  EXPECT_EQ(zone("Asia/Novosibirsk").offset_min(noon("2026-07-20")), 420);
  EXPECT_EQ(zone("UTC").offset_min(noon("2026-07-20")), 0);
  EXPECT_EQ(zone("Asia/Kolkata").offset_min(noon("2026-07-20")), 330);
  EXPECT_EQ(zone("America/St_Johns").offset_min(noon("2026-01-20")), -210);
}

TEST(Zones, KnowTheChangesOf2011And2014) {
  const Zone moscow = zone("Europe/Moscow");
  EXPECT_EQ(moscow.offset_min(noon("2010-12-01")), 180);
  EXPECT_EQ(moscow.offset_min(noon("2011-03-26")), 180);
  EXPECT_EQ(moscow.offset_min(noon("2011-03-27")), 240);
  EXPECT_EQ(moscow.offset_min(noon("2013-12-01")), 240);
  EXPECT_EQ(moscow.offset_min(noon("2014-10-25")), 240);
  EXPECT_EQ(moscow.offset_min(noon("2014-10-26")), 180);
  EXPECT_EQ(zone("Europe/Kaliningrad").offset_min(noon("2013-12-01")), 180);
  // Samara lived on Moscow time from 2010 and returned to its own by standing still in 2014.
  EXPECT_EQ(zone("Europe/Samara").offset_min(noon("2010-12-01")), 180);
  EXPECT_EQ(zone("Europe/Samara").offset_min(noon("2014-12-01")), 240);
}

TEST(Zones, ADayLastsAsLongAsItDidOnTheClocksThere) {
  const Zone moscow = zone("Europe/Moscow");
  const auto hours = [&](std::string_view text) {
    const TimeRange r = moscow.range_of(day(text));
    return (r.to - r.from) / kHourMs;
  };
  EXPECT_EQ(hours("2026-11-20"), 24);
  EXPECT_EQ(hours("2011-03-27"), 23);
  EXPECT_EQ(hours("2014-10-26"), 25);
}

TEST(Zones, AMomentIsInTheRangeOfItsOwnDayAndNoOther) {
  const Zone samara = zone("Europe/Samara");
  const TimeRange r = samara.range_of(day("2026-11-20"));
  EXPECT_EQ(r.from, noon("2026-11-19") + 8 * kHourMs);
  EXPECT_EQ(samara.day_of(r.from), day("2026-11-20"));
  EXPECT_EQ(samara.day_of(r.from + -1), day("2026-11-19"));
  EXPECT_EQ(samara.day_of(r.to + -1), day("2026-11-20"));
  EXPECT_EQ(samara.day_of(r.to), day("2026-11-21"));
}

TEST(Zones, DaysFollowEachOtherWithoutGapEvenWhereMidnightIsSkipped) {
  for (std::string_view name :
       {"Europe/Moscow", "Europe/Kaliningrad", "America/Sao_Paulo", "Asia/Beirut", "UTC"}) {
    const Zone z = zone(name);
    const std::int32_t last = day("2020-01-01").v;
    for (std::int32_t d = day("2009-01-01").v; d < last; ++d) {
      const TimeRange today = z.range_of(LocalDay{d});
      ASSERT_EQ(today.to, z.range_of(LocalDay{d + 1}).from) << name << " " << to_text(LocalDay{d});
      ASSERT_EQ(z.day_of(today.from), LocalDay{d}) << name << " " << to_text(LocalDay{d});
      ASSERT_EQ(z.day_of(today.to + -1), LocalDay{d}) << name << " " << to_text(LocalDay{d});
    }
  }
}

TEST(Zones, WhatIsNoZoneIsRefused) {
  for (const char* name :
       {"", "Moscow", "Europe/Tula", "europe/moscow", "../../etc/passwd", "/etc/localtime",
        "Europe/", "Europe", "right/Europe/Moscow", "posix/Europe/Moscow", "tzdata.zi", "+03"}) {
    const auto found = Zone::find(name);
    ASSERT_FALSE(found.ok()) << name;
    EXPECT_EQ(found.error().code, Code::kInvalid);
    EXPECT_EQ(found.error().path, "zone");
  }
  EXPECT_FALSE(Zone::find(std::string_view("Europe/Moscow\0x", 15)).ok());
}

TEST(Zones, AZoneKeepsItsName) { EXPECT_EQ(zone("Europe/Samara").name(), "Europe/Samara"); }

TEST(Days, AreReadAndWrittenBack) {
  for (const char* text : {"2000-01-01", "2024-02-29", "2026-11-20", "2099-12-31"}) {
    EXPECT_EQ(to_text(day(text)), text);
  }
  EXPECT_EQ(day("2000-01-01").v, 10957);
}

TEST(Days, NonsenseAndDaysOutsideOfTheEventsYearsAreRefused) {
  for (const char* text : {"", "2026-11-31", "2023-02-29", "2026-13-01", "2026-00-10", "2026-1-1",
                           "20261120", "2026-11-2x", "-026-11-20", "2026/11/20", " 2026-11-20",
                           "2026-11-20 ", "1999-12-31", "2100-01-01", "9999-12-31"}) {
    EXPECT_FALSE(parse_day(text)) << text;
  }
}

}  // namespace
}  // namespace opora::app
