#include "protocol/domain/ticket_number.h"

#include <random>

#include <gtest/gtest.h>

namespace opora::protocol {
namespace {

TicketNumber number(std::uint32_t site, std::uint32_t counter) { return {SiteNo{site}, counter}; }

std::string without_dashes(std::string text) {
  std::erase(text, '-');
  return text;
}

// Small, boundary and random numbers of every length of site and counter.
std::vector<TicketNumber> samples() {
  std::vector<TicketNumber> out;
  std::mt19937 random(17);
  for (std::uint32_t site : {1u, 7u, 10u, 17u, 99u, 100u, 471u, 1000u, 9999u}) {
    for (std::uint32_t counter = 1; counter <= 300; ++counter) out.push_back(number(site, counter));
    for (std::uint32_t counter :
         {99'999u, 100'000u, 999'999u, 1'000'000u, 7'004'198u, 0xFFFF'FFFFu}) {
      out.push_back(number(site, counter));
    }
    for (int i = 0; i < 100; ++i) out.push_back(number(site, random() % 10'000'000 + 1));
  }
  return out;
}

TEST(TicketNumber, IsWrittenAsSiteCounterAndCheckDigit) {
  EXPECT_EQ(to_text(number(17, 4198)), "17-004198-9");
  EXPECT_EQ(to_text(number(1, 1)), "1-000001-2");
  EXPECT_EQ(to_text(number(9999, 0xFFFF'FFFF)), "9999-4294967295-7");
}

TEST(TicketNumber, ReadsBackWhatItWrote) {
  for (TicketNumber n : samples()) {
    const auto back = parse_ticket_number(to_text(n));
    ASSERT_TRUE(back.ok()) << to_text(n);
    EXPECT_EQ(*back, n);
  }
}

TEST(TicketNumber, EverySingleWrongDigitIsCaught) {
  for (TicketNumber n : samples()) {
    const std::string right = to_text(n);
    for (std::size_t i = 0; i < right.size(); ++i) {
      if (right[i] == '-') continue;
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string wrong = right;
        wrong[i] = digit;
        if (wrong == right) continue;
        ASSERT_FALSE(parse_ticket_number(wrong).ok()) << right << " as " << wrong;
      }
    }
  }
}

TEST(TicketNumber, EverySwapOfNeighboursIsCaughtAlsoAcrossADash) {
  for (TicketNumber n : samples()) {
    const std::string right = to_text(n);
    for (std::size_t i = 0; i + 1 < right.size(); ++i) {
      std::size_t j = i + 1;
      if (right[j] == '-') ++j;
      if (right[i] == '-' || right[i] == right[j]) continue;
      std::string wrong = right;
      std::swap(wrong[i], wrong[j]);
      ASSERT_FALSE(parse_ticket_number(wrong).ok()) << right << " as " << wrong;
    }
  }
}

TEST(TicketNumber, WithoutDashesItIsTheRightTicketOrNone) {
  for (TicketNumber n : samples()) {
    const auto read = parse_ticket_number(without_dashes(to_text(n)));
    if (n.counter <= 999'999) {
      ASSERT_TRUE(read.ok()) << to_text(n);
      EXPECT_EQ(*read, n);
    } else {
      EXPECT_FALSE(read.ok()) << to_text(n) << " read as " << to_text(*read);
    }
  }
}

TEST(TicketNumber, IsReadHoweverPeopleWriteIt) {
  for (const char* text :
       {"17-004198-9", "17 004198 9", " 17-004198-9 ", "17—004198—9", "17–004198–9",
        "17\u00A0004198\u00A09", "№17-004198-9", "№ 17-004198-9", "#17-004198-9", "170041989",
        "17-4198-9", "17/004198/9", "17 00 41 98 9", "0017-004198-9", "17-0041989", "17004198-9"}) {
    const auto read = parse_ticket_number(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.error().message;
    EXPECT_EQ(*read, number(17, 4198)) << text;
  }
}

TEST(TicketNumber, WhatIsWrongIsSaid) {
  const auto message = [](std::string_view text) {
    const auto read = parse_ticket_number(text);
    if (read.ok()) return std::string("read");
    EXPECT_EQ(read.error().code, Code::kInvalid);
    EXPECT_EQ(read.error().path, "number");
    return read.error().message;
  };
  EXPECT_EQ(message(""), "no digits");
  EXPECT_EQ(message(" - №"), "no digits");
  EXPECT_EQ(message("17-004198-5"),
            "the check digit does not match: a digit is wrong or two are swapped");
  EXPECT_EQ(message("17-004198-x"), "a ticket number has digits and dashes only");
  EXPECT_EQ(message("17-004198-\xD0"), "a ticket number has digits and dashes only");
  EXPECT_EQ(message("17-004№198-6"), "a ticket number has digits and dashes only");
  EXPECT_EQ(message("1234567"), "too few digits: site, counter and check digit are needed");
  EXPECT_EQ(message("123456789012"), "too many digits: write it with its dashes");
  EXPECT_EQ(message("10000-000001-1"), "the site has at most four digits");
  EXPECT_EQ(message("17-0004198-9"), "the counter has too many digits");
  EXPECT_EQ(message("17-42949672960-0"), "the counter has too many digits");
  EXPECT_EQ(message("17-4294967296-0"), "the counter is too large");
  EXPECT_EQ(message("0-000001-7"), "site and counter start at 1");
  EXPECT_EQ(message("17-000000-0"), "site and counter start at 1");
  EXPECT_EQ(message(std::string(100'000, '1')), "too long for a ticket number");
}

TEST(TicketNumberDeathTest, ANumberOutOfRangeIsABug) {
  EXPECT_DEATH(to_text(number(0, 1)), "check failed");
  EXPECT_DEATH(to_text(number(10'000, 1)), "check failed");
  EXPECT_DEATH(to_text(number(1, 0)), "check failed");
}

}  // namespace
}  // namespace opora::protocol
