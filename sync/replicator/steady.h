// Steady time of this process, for the loops that drive the link. Any thread.
#pragma once

#include <chrono>

#include "sync/core/session_types.h"

namespace opora::sync {

inline MonoMs mono_now() {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return MonoMs{
      duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}

}  // namespace opora::sync
