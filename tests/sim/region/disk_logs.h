// The logs of a simulated store, as bytes in the format of the product's store
// (sync/journal/log_scan.h), with its book of what was synced. What the store holds after a start
// is what these bytes say: the product's own check judges them.
//
// A write that was not synced may leave any part of itself. What was synced changes by damage()
// alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "sync/journal/kv.h"
#include "sync/journal/log_book.h"
#include "sync/journal/log_check.h"
#include "tests/sim/region/note.h"

namespace opora::sim {

struct Change {
  sync::Table table;
  Bytes key;
  std::optional<Bytes> value;
};
using Changes = std::vector<Change>;

class DiskLogs final : public sync::LogSource {
 public:
  explicit DiskLogs(Dice& dice);

  // A commit, synced. kUnsynced: the same, and the book does not hear of it.
  enum class Told { kSynced, kUnsynced };
  void append(const Changes& changes, Told told);
  // A commit of which only a part was written.
  void append_torn(const Changes& changes);
  // Past this size the next log is begun.
  bool full() const { return logs_.rbegin()->second.size() > kLogBytes; }
  void roll();
  // All that is in the logs is in the tables: they go.
  void flush();
  // Goes on in a new log, with what the logs said up to this commit; whoever had the book open has
  // it no more.
  void open();
  void power_cut();

  // As they are now, and back to that; planted mistakes lose what they never synced.
  using Image = std::map<std::uint64_t, Bytes>;
  const Image& image() const { return logs_; }
  void put_back(const Image& image);

  // What was synced is changed: a bit, a stretch of zeros, an end that is missing, a whole log.
  // False: there was nothing.
  bool damage();
  // As the product judges them.
  sync::LogsReport check() const;
  // Whole commits as far as the report trusts them. kUnchecked (planted): as far as they can be
  // read at all.
  enum class Trust { kChecked, kUnchecked };
  std::vector<Changes> replay(const sync::LogsReport& report, Trust trust);
  // Whether that is what was written, from the first commit on; and all that was synced.
  enum class Replayed { kAll, kLess, kOther };
  Replayed compare(const std::vector<Changes>& replayed) const;
  // Whether that is every commit that was written since the last flush.
  bool are_all(const std::vector<Changes>& replayed) const {
    return replayed.size() == written_.size() && compare(replayed) == Replayed::kAll;
  }

  Result<std::set<std::uint64_t>> logs() const override;
  Result<Bytes> read(std::uint64_t log) const override { return logs_.at(log); }
  std::string name(std::uint64_t log) const override { return std::to_string(log) + ".log"; }

 private:
  static constexpr std::size_t kLogBytes = 80 * 1024;  // more than two of its blocks
  Bytes encoded(const Changes& changes) const;

  Dice& dice_;
  Image logs_;
  NoteDisk book_disk_;
  std::unique_ptr<sync::LogBook> book_;
  std::uint64_t next_seq_ = 1;
  std::vector<std::uint64_t> written_;  // hashes of the commits in the logs
  std::size_t promised_ = 0;            // so many of them were told to be synced
};

}  // namespace opora::sim
