// Ends the replay of a store's logs at a commit that cannot be trusted. Included by rocks_store.cc
// only.
#pragma once

#include <cstdint>
#include <string>

#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

namespace opora::sync {

class StopFilter final : public rocksdb::WalFilter {
 public:
  explicit StopFilter(std::uint64_t stop_seq) : stop_seq_(stop_seq) {}
  const char* Name() const override { return "StopFilter"; }

  // Told that a record is bad, RocksDB stops there, and refuses to open when a table is ahead of
  // it.
  WalProcessingOption LogRecordFound(unsigned long long, const std::string&,
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                     bool*) override {
    // Empty ones are RocksDB's own, from the end of an earlier recovery.
    const bool stop = batch.Count() > 0 && sequence_of(batch) >= stop_seq_;
    return stop ? WalProcessingOption::kCorruptedRecord : WalProcessingOption::kContinueProcessing;
  }

 private:
  static std::uint64_t sequence_of(const rocksdb::WriteBatch& batch) {
    std::uint64_t out = 0;
    for (int i = 7; i >= 0; --i) {
      out = out << 8 | static_cast<std::uint8_t>(batch.Data()[static_cast<std::size_t>(i)]);
    }
    return out;
  }
  const std::uint64_t stop_seq_;
};

}  // namespace opora::sync
