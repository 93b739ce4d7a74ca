#include <gtest/gtest.h>

#include "web/app/sessions.h"

namespace opora::app {
namespace {

constexpr TimeMs kStart{1'800'000'000'000};
constexpr std::int64_t kSecondMs = 1'000;

TEST(LoginGuard, LetsTypingErrorsOfAShiftChangePass) {
  LoginGuard guard;
  for (int i = 0; i < 9; ++i) guard.failed("anna", kStart);
  EXPECT_TRUE(guard.may_try("anna", kStart));
}

TEST(LoginGuard, PausesAfterTheTenthFailureAndTwiceAsLongAfterTheNext) {
  LoginGuard guard;
  for (int i = 0; i < 10; ++i) guard.failed("anna", kStart);
  EXPECT_FALSE(guard.may_try("anna", kStart + (kSecondMs - 1)));
  EXPECT_TRUE(guard.may_try("anna", kStart + kSecondMs));
  guard.failed("anna", kStart + kSecondMs);
  EXPECT_FALSE(guard.may_try("anna", kStart + (3 * kSecondMs - 1)));
  EXPECT_TRUE(guard.may_try("anna", kStart + 3 * kSecondMs));
}

TEST(LoginGuard, NeverPausesForMoreThanAMinute) {
  LoginGuard guard;
  for (int i = 0; i < 100'000; ++i) guard.failed("anna", kStart);
  EXPECT_FALSE(guard.may_try("anna", kStart + (60 * kSecondMs - 1)));
  EXPECT_TRUE(guard.may_try("anna", kStart + 60 * kSecondMs));
}

TEST(LoginGuard, ForgetsAfterASuccessAndAfterAQuarterOfAnHour) {
  LoginGuard guard;
  for (int i = 0; i < 20; ++i) guard.failed("anna", kStart);
  guard.succeeded("anna");
  EXPECT_TRUE(guard.may_try("anna", kStart));
  for (int i = 0; i < 20; ++i) guard.failed("anna", kStart);
  const TimeMs later = kStart + (15 * 60 * kSecondMs + 1);
  EXPECT_TRUE(guard.may_try("anna", later));
  guard.failed("anna", later);
  EXPECT_TRUE(guard.may_try("anna", later)) << "counted from the start again";
}

TEST(LoginGuard, KeepsNobodyElseOutAndNobodyForAClockThatWasSetBack) {
  LoginGuard guard;
  for (int i = 0; i < 20; ++i) guard.failed("anna", kStart);
  EXPECT_FALSE(guard.may_try("anna", kStart));
  EXPECT_TRUE(guard.may_try("boris", kStart));
  EXPECT_TRUE(guard.may_try("anna", kStart + (-kSecondMs)));
}

}  // namespace
}  // namespace opora::app
