// One person's way through the region, over all sites that he comes to (T23, N2): drawn at random
// by the site where he came in, carried by the call that goes over to the next, told by each site
// in its own events. It says nothing of who he is. Plain values.
#pragma once

#include "protocol/base/ids.h"

namespace opora::protocol {

// Zero: he went nowhere else.
using JourneyId = StrongBytes<struct JourneyTag, 16>;
// Nobody waits for longer; what another site says of it is no more than this.
inline constexpr std::int64_t kMaxJourneyWaitMs = 24 * 3'600'000LL;

}  // namespace opora::protocol
