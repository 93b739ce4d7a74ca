// The list of erasures beside a store's backups: what a restore repeats before the store serves, so
// that no backup brings a forgotten person back. Written when an erasure is carried out, and again
// with every backup. One id a line; ids are never taken out again.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "protocol/base/ids.h"
#include "protocol/base/result.h"

namespace opora::app {

// Lines that are no id are passed over; none without a list.
std::vector<AggregateId> read_erasure_list(const std::string& folder);

class ErasureList {
 public:
  // The folder of the backups; empty: none are taken, and add() has nothing to do.
  explicit ErasureList(std::string folder) : folder_(std::move(folder)) {}
  // On disk when it returns ok. kUnavailable: the disk refuses, the list is as it was. Any thread.
  Status add(const std::vector<AggregateId>& ids);

 private:
  const std::string folder_;
  std::mutex mutex_;  // two that read, add and write would lose one another's
};

}  // namespace opora::app
