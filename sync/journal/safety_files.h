// SafetyFiles: what the safety journal asks of its device. Implemented over a folder
// (safety_folder.h) and by the simulator. One thread at a time. Errors: kUnavailable when the
// device refuses.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sync/journal/note.h"

namespace opora::sync {

class SafetyFiles {
 public:
  using Numbers = std::set<std::uint64_t>;

  virtual ~SafetyFiles() = default;
  virtual Note& head() = 0;
  virtual Result<Numbers> segments() const = 0;
  virtual Result<Bytes> read(std::uint64_t segment) const = 0;
  // An empty segment; what is appended from now on goes into it.
  virtual Status begin(std::uint64_t segment) = 0;
  virtual Status append(std::string_view bytes) = 0;
  // What was appended lasts; the names of new segments do.
  virtual Status sync() = 0;
  virtual Status sync_names() = 0;
  // One that cannot be removed stays: it says what the store says, too.
  virtual void remove(std::uint64_t segment) = 0;

  // All segments go to a place of their own, to be looked at or waited for; its name.
  virtual Result<std::string> set_aside(const Numbers& segments) = 0;
  // In the order in which they were put aside, whatever was removed in between.
  virtual std::vector<std::string> asides() const = 0;
  virtual Result<Numbers> segments_aside(const std::string& place) const = 0;
  virtual Result<Bytes> read_aside(const std::string& place, std::uint64_t segment) const = 0;
  virtual void remove_aside(const std::string& place) = 0;
};

}  // namespace opora::sync
