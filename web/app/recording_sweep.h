// Destroys the recordings whose time is over (A18): at a site its own, by a clock that the region
// has confirmed; at the region those of every site, by a clock that most linked sites share, for a
// site that is cut off or gone must not keep them in the region longer. Each place says so for
// itself; told twice, it is one. The region goes second: what a site that is there has ended needs
// no second word.
//
// One thread, which waits for the engine: not the engine's.
#pragma once

#include "sync/engine/engine.h"

namespace opora::app {

// Destroyed in one transaction.
inline constexpr std::size_t kMaxSwept = 200;
// How late one may be destroyed behind its time. Nobody hears it meanwhile.
inline constexpr std::int64_t kSweepEveryMs = 10 * 60'000;
// So long the region leaves it to the site to say it: two of its turns.
inline constexpr std::int64_t kRegionWaitsMs = 2 * kSweepEveryMs;

// Those of `site`. kUnavailable: the engine has stopped, the rest is the next turn's.
Status sweep_recordings(sync::Store& store, sync::Engine& engine, SiteNo site, TimeMs now);
// Of all sites, kRegionWaitsMs behind their time.
Status sweep_recordings(sync::Store& store, sync::Engine& engine, TimeMs now);

}  // namespace opora::app
