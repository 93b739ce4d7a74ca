// What a store's database takes and how long its commits do, for those who watch over it. Any
// thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/base/histogram.h"
#include "sync/journal/kv.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace opora::sync {

struct StoreFigures {
  std::array<std::uint64_t, kTableCount> table_bytes{};  // files, by Table
  std::uint64_t memtable_bytes = 0;
  std::uint64_t log_bytes = 0;  // of the write-ahead logs that are there
  HistogramCounts commit_us{};  // from the write to its sync and its rows in memory
};

// "journal"…
std::string_view table_name(Table table);

// Of the writer's commits; any thread reads.
class CommitTimes {
 public:
  template <class Write>
  auto time(Write&& write) {
    const auto began = std::chrono::steady_clock::now();
    auto status = write();
    const auto took = std::chrono::steady_clock::now() - began;
    us_.add(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    return status;
  }
  HistogramCounts counts() const { return us_.counts(); }

 private:
  // From the sync of a fast disk to one that stalls.
  Histogram<12> us_{
      {100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000}};
};

// `families` in the order of Table.
StoreFigures figures_of(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                        const CommitTimes& times);

}  // namespace opora::sync
