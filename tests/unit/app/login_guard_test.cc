// How guessing is slowed down, of one login and of one address.
#include "web/app/login_guard.h"

#include <gtest/gtest.h>

namespace opora::app {
namespace {

constexpr TimeMs kStart{1'800'000'000'000};
constexpr std::int64_t kSecondMs = 1'000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;

class LoginGuardTest : public ::testing::Test {
 protected:
  void fail(int times, const LoginGuard::Who& who, TimeMs at = kStart) {
    for (int i = 0; i < times; ++i) guard.failed(who, at);
  }
  // One failure each of so many logins, all of one address.
  void fail_each(int logins, const std::string& address, TimeMs at = kStart) {
    for (int i = 0; i < logins; ++i) guard.failed({"user" + std::to_string(i), address}, at);
  }

  LoginGuard guard;
  const LoginGuard::Who anna{"anna", "10.0.0.1"};
};

TEST_F(LoginGuardTest, LetsTypingErrorsOfAShiftChangePass) {
  fail(LoginGuard::kFreeFailures - 1, anna);
  EXPECT_EQ(guard.wait_ms(anna, kStart), 0);
}

TEST_F(LoginGuardTest, PausesAfterTheTenthFailureAndTwiceAsLongAfterTheNext) {
  fail(10, anna);
  EXPECT_EQ(guard.wait_ms(anna, kStart + (kSecondMs - 1)), 1);
  EXPECT_EQ(guard.wait_ms(anna, kStart + kSecondMs), 0);
  guard.failed(anna, kStart + kSecondMs);
  EXPECT_EQ(guard.wait_ms(anna, kStart + kSecondMs), 2 * kSecondMs);
  EXPECT_EQ(guard.wait_ms(anna, kStart + 3 * kSecondMs), 0);
}

TEST_F(LoginGuardTest, SaysHowLongThePauseStillLasts) {
  fail(12, anna);
  EXPECT_EQ(guard.wait_ms(anna, kStart), 4 * kSecondMs);
  EXPECT_EQ(guard.wait_ms(anna, kStart + 1'500), 2'500);
  EXPECT_EQ(guard.wait_ms(anna, kStart + 4 * kSecondMs), 0);
}

TEST_F(LoginGuardTest, NeverPausesForMoreThanAMinute) {
  fail(100'000, anna);
  EXPECT_EQ(guard.wait_ms(anna, kStart), kMinuteMs);
  EXPECT_EQ(guard.wait_ms(anna, kStart + kMinuteMs), 0);
}

TEST_F(LoginGuardTest, ForgetsAfterASuccessAndAfterAQuarterOfAnHour) {
  fail(20, anna);
  guard.succeeded(anna);
  EXPECT_EQ(guard.wait_ms(anna, kStart), 0);
  fail(20, anna);
  const TimeMs later = kStart + (15 * kMinuteMs + 1);
  EXPECT_EQ(guard.wait_ms(anna, later), 0);
  guard.failed(anna, later);
  EXPECT_EQ(guard.wait_ms(anna, later), 0) << "counted from the start again";
}

TEST_F(LoginGuardTest, WhoGuessesInAnnasNamePausesNeitherHerElsewhereNorHisNeighbours) {
  fail(20, anna);
  EXPECT_GT(guard.wait_ms(anna, kStart), 0);
  EXPECT_EQ(guard.wait_ms({"anna", "10.0.0.2"}, kStart), 0);
  EXPECT_EQ(guard.wait_ms({"boris", "10.0.0.1"}, kStart), 0);
  EXPECT_EQ(guard.wait_ms(anna, kStart + (-kSecondMs)), 0) << "a clock that was set back";
}

TEST_F(LoginGuardTest, AWholeHospitalBehindOneAddressErrsAtTheShiftChangeAndSignsIn) {
  fail_each(LoginGuard::kAddressFailures - 1, "10.0.0.1");
  EXPECT_EQ(guard.wait_ms({"boris", "10.0.0.1"}, kStart), 0);
}

TEST_F(LoginGuardTest, OnePasswordTriedOnManyLoginsOfOneAddressIsSlowedDown) {
  fail_each(LoginGuard::kAddressFailures, "10.0.0.1");
  const LoginGuard::Who boris{"boris", "10.0.0.1"};
  EXPECT_EQ(guard.wait_ms(boris, kStart), LoginGuard::kAddressEveryMs);
  EXPECT_EQ(guard.wait_ms({"boris", "10.0.0.2"}, kStart), 0) << "another address";
  const TimeMs next = kStart + LoginGuard::kAddressEveryMs;
  EXPECT_EQ(guard.wait_ms(boris, next), 0);
  guard.failed(boris, next);
  EXPECT_EQ(guard.wait_ms(boris, next), LoginGuard::kAddressEveryMs);
}

TEST_F(LoginGuardTest, AnAddressNeverWaitsLongerThanForOneFailureToBeForgiven) {
  fail_each(10'000, "10.0.0.1");
  EXPECT_EQ(guard.wait_ms({"boris", "10.0.0.1"}, kStart), LoginGuard::kAddressEveryMs);
}

TEST_F(LoginGuardTest, OnesOwnPasswordGivesNoFreshStartForGuessingOthers) {
  fail_each(LoginGuard::kAddressFailures, "10.0.0.1");
  guard.succeeded({"user1", "10.0.0.1"});
  EXPECT_GT(guard.wait_ms({"boris", "10.0.0.1"}, kStart), 0);
}

TEST_F(LoginGuardTest, FailuresOfAnAddressAreForgivenOneByOne) {
  fail_each(LoginGuard::kAddressFailures, "10.0.0.1");
  const TimeMs later = kStart + 50 * LoginGuard::kAddressEveryMs;
  fail_each(49, "10.0.0.1", later);
  EXPECT_EQ(guard.wait_ms({"boris", "10.0.0.1"}, later), 0);
  fail_each(1, "10.0.0.1", later);
  EXPECT_GT(guard.wait_ms({"boris", "10.0.0.1"}, later), 0);
}

TEST_F(LoginGuardTest, AClockThatWasSetBackKeepsNoAddressOut) {
  fail_each(LoginGuard::kAddressFailures, "10.0.0.1");
  EXPECT_EQ(guard.wait_ms({"boris", "10.0.0.1"}, kStart + (-3'600 * kSecondMs)), 0);
}

TEST_F(LoginGuardTest, AFloodOfLoginsDoesNotForgetTheAddressThatItComesFrom) {
  fail_each(static_cast<int>(LoginGuard::kMaxKeys) + 1, "10.0.0.1");
  EXPECT_GT(guard.wait_ms({"boris", "10.0.0.1"}, kStart), 0);
}

}  // namespace
}  // namespace opora::app
