// SlicePace: how many received entries make the next slice. Folding one should take the time for
// which a command may wait, on a slow processor as on a fast one: larger slices share one sync, and
// a catch-up spends a third of its time waiting for syncs. Pure; owned by an Engine, on its thread.
//
// It measures the processor time of the engine's thread, so that neither a disk nor other programs
// make slices small. A slice grows by a quarter while it takes less than kSliceGrows, shrinks by a
// quarter when it takes more than kSliceTime, within [kRemoteSlice, kMostRemoteSlice]: the lower
// bound is what the slowest machine measured does in that time, and what a simulation has always.
#pragma once

#include <algorithm>
#include <chrono>

#include "sync/engine/engine_core.h"

namespace opora::sync {

// Not felt at a desk.
inline constexpr std::chrono::microseconds kSliceTime{5'000};
// With a quarter more it is still within kSliceTime.
inline constexpr std::chrono::microseconds kSliceGrows{3'500};
// About 1.5 MiB of rows in one commit, which takes some 10 ms; beyond that nothing is gained.
inline constexpr std::size_t kMostRemoteSlice = 4 * kRemoteSlice;

class SlicePace {
 public:
  std::size_t entries() const { return entries_; }
  // A whole slice was folded.
  void folded(std::chrono::nanoseconds took) {
    if (took < kSliceGrows) entries_ = std::min(entries_ + entries_ / 4, kMostRemoteSlice);
    else if (took > kSliceTime) entries_ = std::max(entries_ - entries_ / 4, kRemoteSlice);
  }

 private:
  std::size_t entries_ = kRemoteSlice;
};

}  // namespace opora::sync
