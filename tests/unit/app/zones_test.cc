#include "web/app/zones.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "protocol/domain/working_time.h"
#include "tests/unit/domain/minutes.h"

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

// From the beginning of 2011 on: how far east, and then by the clocks on the wall as they were
// until that minute. Written by hand from the laws (107-ФЗ of 2011, 248-ФЗ of 2014 and those of
// 2016).
struct Border {
  const char* at;
  int hours_east;  // from then on
};
struct Country {
  const char* zone;
  int hours_east;
  std::vector<Border> borders;
};
constexpr const char* kSpring = "2011-03-27 02:00";
constexpr const char* kAutumn = "2014-10-26 02:00";
const std::vector<Country>& russia() {
  static const std::vector<Country> kZones = {
      {"Europe/Kaliningrad", 2, {{kSpring, 3}, {kAutumn, 2}}},
      {"Europe/Moscow", 3, {{kSpring, 4}, {kAutumn, 3}}},
      {"Europe/Samara", 3, {{kSpring, 4}}},  // it kept what the others gave back
      {"Asia/Yekaterinburg", 5, {{kSpring, 6}, {kAutumn, 5}}},
      {"Asia/Omsk", 6, {{kSpring, 7}, {kAutumn, 6}}},
      {"Asia/Krasnoyarsk", 7, {{kSpring, 8}, {kAutumn, 7}}},
      {"Asia/Novosibirsk", 6, {{kSpring, 7}, {kAutumn, 6}, {"2016-07-24 02:00", 7}}},
      {"Asia/Irkutsk", 8, {{kSpring, 9}, {kAutumn, 8}}},
      {"Asia/Yakutsk", 9, {{kSpring, 10}, {kAutumn, 9}}},
      {"Asia/Chita", 9, {{kSpring, 10}, {kAutumn, 8}, {"2016-03-27 02:00", 9}}},
      {"Asia/Vladivostok", 10, {{kSpring, 11}, {kAutumn, 10}}},
      {"Asia/Magadan", 11, {{kSpring, 12}, {kAutumn, 10}, {"2016-04-24 02:00", 11}}},
      {"Asia/Sakhalin", 10, {{kSpring, 11}, {kAutumn, 10}, {"2016-03-27 02:00", 11}}},
      {"Asia/Kamchatka", 11, {{kSpring, 12}}},
  };
  return kZones;
}

protocol::testing::ZoneTable table_of(const Country& country) {
  protocol::testing::ZoneTable out;
  out.changes = {{0, country.hours_east * 60}};
  for (const Border& border : country.borders) {
    const TimeMs at = protocol::testing::at(border.at, out.changes.back().second);
    out.changes.emplace_back(protocol::testing::minute_of(at), border.hours_east * 60);
  }
  return out;
}

TEST(Zones, ChangeWhereTheLawsOfTheCountryChangedThemAndNowhereElse) {
  const std::int64_t from = protocol::testing::minute_of(noon("2011-01-01"));
  const std::int64_t to = protocol::testing::minute_of(noon("2031-01-01"));
  std::set<int> today;
  for (const Country& country : russia()) {
    const Zone known = zone(country.zone);
    const auto table = table_of(country);
    const auto expect = [&](std::int64_t minute) {
      EXPECT_EQ(known.offset_min(protocol::testing::time_of(minute)), table.east_at(minute))
          << country.zone << " " << to_text(LocalDay{static_cast<int>(minute / 1'440)});
    };
    for (std::int64_t minute = from; minute < to; minute += 1'440) expect(minute);
    for (std::size_t i = 1; i < table.changes.size(); ++i) {
      expect(table.changes[i].first - 1);
      expect(table.changes[i].first);
    }
    today.insert(known.offset_min(noon("2026-11-20")));
  }
  EXPECT_EQ(today.size(), 11u) << "eleven zones, from two to twelve hours east";
  EXPECT_EQ(*today.begin(), 120);
  EXPECT_EQ(*today.rbegin(), 720);
}

// Working time over each of those borders, in calendars of chance, against a counter of minutes
// that knows the zone from the table above alone.
TEST(Zones, WorkingTimeOverTheirBordersIsACountOfItsMinutes) {
  std::mt19937 random(17);
  for (const Country& country : russia()) {
    const Zone known = zone(country.zone);
    const auto table = table_of(country);
    for (std::size_t i = 1; i < table.changes.size(); ++i) {
      const TimeMs from = protocol::testing::time_of(table.changes[i].first) +
                          -(1 + protocol::testing::below(random, 4'000)) * protocol::kMinuteMs;
      const TimeMs end = from + 8 * protocol::kDayMs;
      const auto near = protocol::local_day(from, table.offset());
      const auto calendar = protocol::testing::some_calendar(random, near);
      const auto production = protocol::testing::some_production(random, near);
      const protocol::WorkingTime time(calendar, production,
                                       [&](TimeMs at) { return known.offset_min(at); });
      const protocol::testing::MinuteTable minutes(calendar, production, table, from, end);
      std::int64_t open = 0;
      for (TimeMs t = from; t < end; t = t + protocol::kMinuteMs) {
        open += minutes.open(t) ? 1 : 0;
        if (protocol::testing::minute_of(t) % 61 != 0) continue;
        ASSERT_EQ(time.between(from, t + protocol::kMinuteMs, protocol::Measure::kTime),
                  open * protocol::kMinuteMs)
            << country.zone << " border " << i << " at " << t.v;
      }
    }
  }
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
