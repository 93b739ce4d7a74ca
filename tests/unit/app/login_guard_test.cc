#include <gtest/gtest.h>

#include "web/app/sessions.h"

namespace opora::app {
namespace {

constexpr TimeMs kStart{1'800'000'000'000};
constexpr std::int64_t kSecondMs = 1'000;

TEST(LoginGuard, LetsTypingErrorsOfAShiftChangePass) {
  LoginGuard guard;
  for (int i = 0; i < 9; ++i) guard.failed("anna", kStart);
  EXPECT_EQ(guard.wait_ms("anna", kStart), 0);
}

TEST(LoginGuard, PausesAfterTheTenthFailureAndTwiceAsLongAfterTheNext) {
  LoginGuard guard;
  for (int i = 0; i < 10; ++i) guard.failed("anna", kStart);
  EXPECT_GT(guard.wait_ms("anna", kStart + (kSecondMs - 1)), 0);
  EXPECT_EQ(guard.wait_ms("anna", kStart + kSecondMs), 0);
  guard.failed("anna", kStart + kSecondMs);
  EXPECT_GT(guard.wait_ms("anna", kStart + (3 * kSecondMs - 1)), 0);
  EXPECT_EQ(guard.wait_ms("anna", kStart + 3 * kSecondMs), 0);
}

TEST(LoginGuard, SaysHowLongThePauseStillLasts) {
  LoginGuard guard;
  for (int i = 0; i < 12; ++i) guard.failed("anna", kStart);
  EXPECT_EQ(guard.wait_ms("anna", kStart), 4 * kSecondMs);
  EXPECT_EQ(guard.wait_ms("anna", kStart + 1'500), 2'500);
  EXPECT_EQ(guard.wait_ms("anna", kStart + 4 * kSecondMs), 0);
}

TEST(LoginGuard, NeverPausesForMoreThanAMinute) {
  LoginGuard guard;
  for (int i = 0; i < 100'000; ++i) guard.failed("anna", kStart);
  EXPECT_GT(guard.wait_ms("anna", kStart + (60 * kSecondMs - 1)), 0);
  EXPECT_EQ(guard.wait_ms("anna", kStart + 60 * kSecondMs), 0);
}

TEST(LoginGuard, ForgetsAfterASuccessAndAfterAQuarterOfAnHour) {
  LoginGuard guard;
  for (int i = 0; i < 20; ++i) guard.failed("anna", kStart);
  guard.succeeded("anna");
  EXPECT_EQ(guard.wait_ms("anna", kStart), 0);
  for (int i = 0; i < 20; ++i) guard.failed("anna", kStart);
  const TimeMs later = kStart + (15 * 60 * kSecondMs + 1);
  EXPECT_EQ(guard.wait_ms("anna", later), 0);
  guard.failed("anna", later);
  EXPECT_EQ(guard.wait_ms("anna", later), 0) << "counted from the start again";
}

TEST(LoginGuard, KeepsNobodyElseOutAndNobodyForAClockThatWasSetBack) {
  LoginGuard guard;
  for (int i = 0; i < 20; ++i) guard.failed("anna", kStart);
  EXPECT_GT(guard.wait_ms("anna", kStart), 0);
  EXPECT_EQ(guard.wait_ms("boris", kStart), 0);
  EXPECT_EQ(guard.wait_ms("anna", kStart + (-kSecondMs)), 0);
}

}  // namespace
}  // namespace opora::app
