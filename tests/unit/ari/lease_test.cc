// A node whose guard may have acted looks before it speaks.
#include "node/telephony/ari/lease.h"

#include <gtest/gtest.h>

namespace opora::telephony::ari {
namespace {

constexpr TimeMs kStart{50'000};

TEST(Lease, HoldsForEverWhereNobodyStandsBehindTheNode) {
  const Lease lease;
  EXPECT_TRUE(lease.holds(kStart));
  EXPECT_TRUE(lease.holds(kStart + 1'000'000'000));
}

TEST(Lease, BeginsInDoubtAndHoldsOnceTheGuardWasToldAndAllLookedAt) {
  Lease lease(7'000);
  EXPECT_FALSE(lease.holds(kStart));
  lease.begins(kStart);
  EXPECT_TRUE(lease.told());
  EXPECT_FALSE(lease.holds(kStart));
  lease.looked(lease.doubts());
  EXPECT_TRUE(lease.holds(kStart));
  lease.begins(kStart + 6'999);
  EXPECT_FALSE(lease.told());
  EXPECT_TRUE(lease.holds(kStart + 6'999 + 6'999));
  EXPECT_FALSE(lease.holds(kStart + 6'999 + 7'000));
}

TEST(Lease, ALookThatBeganBeforeTheGuardWasToldDoesNotEndTheDoubt) {
  Lease lease(7'000);
  lease.begins(kStart);
  const std::uint64_t before = lease.doubts();
  EXPECT_TRUE(lease.told());
  lease.looked(before);
  EXPECT_FALSE(lease.holds(kStart));
}

TEST(Lease, ABeatThatWasNotWrittenRenewsNothing) {
  Lease lease(7'000);
  lease.begins(kStart);
  lease.told();
  lease.looked(lease.doubts());
  lease.begins(kStart + 5'000);
  EXPECT_TRUE(lease.holds(kStart + 6'999));
  EXPECT_FALSE(lease.holds(kStart + 7'000));
  lease.begins(kStart + 7'000);
  EXPECT_TRUE(lease.told());
}

TEST(Lease, ABeatThatTookLongIsAsOldAsItsBeginning) {
  Lease lease(7'000);
  lease.begins(kStart);
  lease.told();
  lease.looked(lease.doubts());
  lease.begins(kStart + 1'000);
  EXPECT_FALSE(lease.told());
  EXPECT_FALSE(lease.holds(kStart + 1'000 + 20'000));
}

}  // namespace
}  // namespace opora::telephony::ari
