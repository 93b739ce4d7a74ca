// Numbers of calls: none is ever given twice at a site, over restarts, kills and restored backups.
// The PBX carries them in its channels, and the journal in the ids of calls.
//
// A number is promised before it is given: the row in the store says below which all may have been
// used. A start goes on there, or, when that is more, at a number made from the time: so a store
// that is as it was a week ago does not give last week's numbers again. Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "node/telephony/queue/ids.h"
#include "protocol/base/clock.h"

namespace opora::telephony {

class CallNumbers {
 public:
  // Hours of the busiest site. A second of the clock is sixteen of them, so that a day's calls
  // never come near the next day's first number.
  static constexpr std::uint64_t kBlock = 65'536;
  static constexpr std::uint64_t kASecond = 16 * kBlock;

  // At the start, once: what the row says (zero: there is none), and the time. What comes back is
  // the row to be written.
  std::uint64_t open(std::uint64_t used_below, TimeMs now);
  // Not enough is left: the row to be written next. Nothing: there is.
  std::optional<std::uint64_t> wants() const;
  // The row was written.
  void grant(std::uint64_t below);

  // Nothing: none is granted.
  std::optional<CallNo> take();

 private:
  mutable std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::uint64_t below_ = 0;
};

}  // namespace opora::telephony
