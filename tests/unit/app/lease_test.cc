// The lease on the region's credentials, at a site whose clock the test moves.
#include "web/app/lease.h"

#include <gtest/gtest.h>

#include "protocol/base/password.h"
#include "tests/unit/app/app_site.h"
#include "web/app/auth.h"

namespace opora::app {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr TimeMs kHeard{1'800'000'000'000};

CredentialLease lease_of(int days, std::optional<TimeMs> heard) {
  return {Days(days), [heard] { return heard; }};
}

TEST(CredentialLease, HoldsForItsDaysAndNoMillisecondLonger) {
  const auto lease = lease_of(14, kHeard);
  EXPECT_EQ(lease.until(), kHeard + 14 * kDayMs);
  EXPECT_TRUE(lease.holds(kHeard));
  EXPECT_TRUE(lease.holds(kHeard + 14 * kDayMs));
  EXPECT_FALSE(lease.holds(kHeard + (14 * kDayMs + 1)));
}

TEST(CredentialLease, HoldsForNobodyWhereTheRegionNeverSpoke) {
  const auto lease = lease_of(14, std::nullopt);
  EXPECT_FALSE(lease.until());
  EXPECT_FALSE(lease.holds(kHeard));
}

TEST(CredentialLease, LocksNobodyOutForAClockThatWasSetBack) {
  EXPECT_TRUE(lease_of(1, kHeard).holds(kHeard + -30 * kDayMs));
}

class LeaseAtASite : public ::testing::Test {
 protected:
  LeaseAtASite() {
    site.make_local(chief);
    site.make_regional(anna);
    robot = site.make_regional_program("pbx", token);
    site.hear_region();
  }
  void after_days(int days) { site.clock().advance(days * kDayMs); }

  Person chief{"chief", protocol::roles_of({protocol::Role::kAdministrator}), "secret-of-chief"};
  Person anna = operator_of("anna");
  AggregateId robot;
  std::string token = std::string(64, 'a');
  AppSite site{Days(3)};
};

TEST_F(LeaseAtASite, TheRegionsUsersSignInUntilItHasBeenSilentForTooLong) {
  after_days(3);
  EXPECT_EQ(site.sign_in("anna", anna.password).status, 200);
  site.clock().advance(1);
  const auto late = site.sign_in("anna", anna.password);
  EXPECT_EQ(late.status, 401);
  EXPECT_EQ(late.code(), "lease_expired");
}

TEST_F(LeaseAtASite, AWrongPasswordIsToldNothingOfTheLease) {
  after_days(4);
  EXPECT_EQ(site.sign_in("anna", "wrong-password").code(), "unauthenticated");
}

TEST_F(LeaseAtASite, TheLocalAdministratorAlwaysSignsIn) {
  after_days(400);
  EXPECT_EQ(site.sign_in("chief", chief.password).status, 200);
}

TEST_F(LeaseAtASite, ASessionEndsWithTheLeaseAndOneOfALocalUserGoesOn) {
  after_days(3);
  site.clock().advance(-60'000);
  const auto regional = site.browser(anna);
  const auto local = site.browser(chief);
  EXPECT_EQ(site.get(regional, "/api/v1/contacts").status, 200);
  site.clock().advance(60'001);
  EXPECT_EQ(site.get(regional, "/api/v1/contacts").code(), "lease_expired");
  EXPECT_EQ(site.get(regional, "/api/v1/session").code(), "lease_expired");
  EXPECT_EQ(site.get(local, "/api/v1/contacts").status, 200);
}

TEST_F(LeaseAtASite, ATokenOfTheRegionEndsWithTheLeaseAlsoWhenItIsRemembered) {
  const Browser program{"", "", token};
  EXPECT_EQ(site.get(program, "/api/v1/session").status, 200);
  after_days(4);
  EXPECT_EQ(site.get(program, "/api/v1/session").code(), "lease_expired");
}

TEST_F(LeaseAtASite, ALiveStreamEndsWithTheLease) {
  const LivePass program{robot, protocol::roles_of({protocol::Role::kProgram}), "",
                         token_hash(token)};
  const LivePass nobody{robot, program.roles, "", token_hash("another")};
  EXPECT_TRUE(still_good(site.context(), program));
  EXPECT_FALSE(still_good(site.context(), nobody));
  after_days(4);
  EXPECT_FALSE(still_good(site.context(), program));
}

TEST_F(LeaseAtASite, TheRegionsNextWordRenewsTheLease) {
  after_days(4);
  EXPECT_EQ(site.sign_in("anna", anna.password).code(), "lease_expired");
  site.hear_region();
  EXPECT_EQ(site.sign_in("anna", anna.password).status, 200);
  const auto browser = site.browser(anna);
  after_days(4);
  EXPECT_EQ(site.get(browser, "/api/v1/contacts").status, 401);
}

}  // namespace
}  // namespace opora::app
