// Note: a few bytes that their one owner replaces as a whole, over and over: where a journal ended,
// how far logs were synced. Implemented by a file of two slots (slot_file.h) and by the simulator.
// One thread at a time.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace opora::sync {

class Note {
 public:
  virtual ~Note() = default;
  // What was there when it was opened, or was written since.
  virtual const std::optional<Bytes>& content() const = 0;
  // Survives the end of the process, not of the machine. kUnavailable when the disk refuses: the
  // version before stands.
  virtual Status write(std::string_view content) = 0;
  // Makes it last.
  virtual Status sync() = 0;
};

}  // namespace opora::sync
