// A node with its lease and a guard with its watch, each stopped and gone on at any moment: never
// do two of them decide.
#include <random>

#include <gtest/gtest.h>

#include "node/guard/watch.h"
#include "node/heartbeat.h"

namespace opora::guard {
namespace {

using telephony::ari::Lease;

constexpr std::int64_t kTickMs = 50;
constexpr std::int64_t kSilence = 2'000;

// Both as they run, over a common file and one clock.
class Pair {
 public:
  explicit Pair(std::uint32_t seed) : chance_(seed) {}

  void tick() {
    now_ = now_ + kTickMs;
    pause(node_until_);
    pause(guard_until_);
    if (now_ >= node_until_) node();
    if (now_ >= guard_until_) guard();
  }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t handed_over() const { return handed_over_; }
  bool two_decided() const { return two_decided_; }

 private:
  bool happens(std::uint32_t one_in) { return chance_() % one_in == 0; }
  void pause(TimeMs& until) {
    if (happens(60)) until = now_ + static_cast<std::int64_t>(chance_() % 5'000);
  }

  // Half a beat may be all there is time for; a look takes as long as it takes.
  void node() {
    if (beats_) {
      file_ = Beat{1, ++count_, kSilence};
      if (!happens(10)) lease_.told();
      beats_ = false;
    } else if (happens(8)) {
      lease_.begins(now_);
      beats_ = true;
    }
    if (looks_) {
      lease_.looked(*looks_);
      seen_ = *listed_at_;
      looks_.reset();
    } else if (happens(10)) {
      looks_ = lease_.doubts();
      listed_at_ = now_;
    }
    if (!lease_.holds(now_)) return;
    ++sent_;
    two_decided_ |= acted_at_ > seen_;
  }

  void guard() {
    if (now_.v % Watch::kEveryMs != 0) return;
    if (watch_.see(file_, now_) != Sight::kDead) return;
    acted_at_ = now_;
    ++handed_over_;
  }

  std::minstd_rand chance_;
  TimeMs now_{};
  TimeMs node_until_{};
  TimeMs guard_until_{};
  Lease lease_ = node::Heartbeat::lease(kSilence);
  Watch watch_;
  std::optional<Beat> file_;
  bool beats_ = false;
  std::uint64_t count_ = 0;
  std::optional<std::uint64_t> looks_;
  std::optional<TimeMs> listed_at_;
  TimeMs seen_{};      // what the node knows of the PBX is of then
  TimeMs acted_at_{};  // when the guard moved somebody
  std::uint64_t sent_ = 0;
  std::uint64_t handed_over_ = 0;
  bool two_decided_ = false;
};

TEST(Deciders, AreNeverTwo) {
  std::uint64_t sent = 0;
  std::uint64_t handed_over = 0;
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    Pair pair(seed);
    for (int tick = 0; tick < 4'000; ++tick) {
      pair.tick();
      ASSERT_FALSE(pair.two_decided()) << "seed " << seed << ", tick " << tick;
    }
    sent += pair.sent();
    handed_over += pair.handed_over();
  }
  EXPECT_GT(sent, 100'000U);
  EXPECT_GT(handed_over, 1'000U);
}

}  // namespace
}  // namespace opora::guard
