// Internal: when an I/O thread looks for an answer before it sleeps. A sleeping thread wakes some
// 20 µs after its answer is there, a tenth of what one client waits for a synced one; a thread that
// looks keeps a processor busy meanwhile. Owned by an IoThread, on its thread.
//
// It looks only for the one request that the thread has, once a request, for at most kLookMost, and
// where the engine has another processor. With more requests there is other work to do, and one
// wake serves many answers. With none nothing is looked for: an idle server sleeps. Whoever looked
// in vain is on a slow disk, or the handler computes: then it looks only at every kVainRest-th
// request, which bounds the waste to a hundredth of a processor.
#pragma once

#include <chrono>
#include <cstddef>

namespace opora::web {

// Twice a commit on a fast disk. Slower ones take milliseconds, of which a wake is no part worth
// mentioning.
inline constexpr std::chrono::microseconds kLookMost{200};
// One client asks at most a thousand times a second when each answer takes longer than kLookMost
// and what is around it: 200 µs at every sixteenth is a hundredth of a second.
inline constexpr int kVainRest = 16;

class LookOut {
 public:
  explicit LookOut(unsigned processors) : possible_(processors > 1) {}

  // A request went to its handler; it was answered, or given up.
  void asked() {
    ++under_way_;
    news_ = true;
  }
  void answered() { --under_way_; }

  // Whether to look now. After true, say how it ended: found() or in_vain().
  bool wanted() {
    if (!news_ || under_way_ == 0) return false;
    news_ = false;
    if (!possible_ || under_way_ > 1) return false;
    if (rest_ == 0) return true;
    --rest_;
    return false;
  }
  void found() { rest_ = 0; }
  void in_vain() { rest_ = kVainRest - 1; }

 private:
  const bool possible_;
  std::size_t under_way_ = 0;
  bool news_ = false;  // asked since the last wanted()
  int rest_ = 0;       // requests not to look for
};

}  // namespace opora::web
