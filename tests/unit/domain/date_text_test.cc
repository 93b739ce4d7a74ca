#include "protocol/domain/date_text.h"

#include <gtest/gtest.h>

namespace opora::protocol {
namespace {

TEST(DateText, IsADayThatExistsOfAnyYear) {
  EXPECT_EQ(parse_date("1970-01-01"), LocalDay{0});
  EXPECT_EQ(parse_date("1969-12-31"), LocalDay{-1});
  EXPECT_EQ(parse_date("2024-02-29"), LocalDay{19782});
  EXPECT_TRUE(parse_date("0001-01-01"));
  EXPECT_TRUE(parse_date("9999-12-31"));
}

TEST(DateText, OfNonsenseThereIsNone) {
  for (const char* text : {"", "2026-11-31", "2023-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
                           "2026-1-1", "20261120", "2026-11-2x", "-026-11-20", "-000-01-01",
                           "2026--1-01", "+026-11-20", "2026/11/20", " 2026-11-20", "2026-11-20 "})
    EXPECT_FALSE(parse_date(text)) << text;
}

}  // namespace
}  // namespace opora::protocol
