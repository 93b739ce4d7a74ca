// The backups of a daemon's store: at set times and when asked for, on a thread of its own, beside
// live traffic. Each is read back before it counts; then the list of erasures beside the backups is
// brought up to date (erasure_list.h).
//
// States: idle → running → idle, with the outcome of the last run kept. Any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sync/journal/backup.h"
#include "web/app/erasure_list.h"

namespace opora::app {

struct BackupNote;

struct BackupSettings {
  std::string folder;       // empty: no backups here
  int every_hours = 24;     // 1 … 168; the first one hour or less after the start
  std::uint32_t keep = 14;  // 1 … 1 000
  // Told of each backup that was read back. On the backups' thread; may be empty.
  std::function<void(const BackupNote&)> verified{};
};

// What a backup says of itself: whose it is and how far it goes.
struct BackupNote {
  SiteNo self;  // the hub is 0
  struct Head {
    SiteNo origin;
    StreamPos n;
  };
  std::vector<Head> heads;  // ascending; of every journal in the store
};
Bytes to_bytes(const BackupNote& note);
std::optional<BackupNote> note_of(std::string_view bytes);
BackupNote note_of(const sync::Reader& rows, SiteNo self);
// Of all journals together.
std::uint64_t records_of(const BackupNote& note);

class Backups {
 public:
  struct Outcome {
    TimeMs at;                              // when the run ended
    std::optional<sync::BackupInfo> taken;  // nothing: it failed
    std::string why;
  };
  struct State {
    std::optional<BackupSettings> plan;  // nothing: no folder for backups is configured
    bool running = false;
    std::optional<TimeMs> next;           // when the next one is due
    std::optional<Outcome> last;          // since the start of the daemon
    std::vector<sync::BackupInfo> there;  // oldest first
  };

  // The store, the clock and the list outlive it. kUnavailable, kConflict, kCorrupt with "backup"
  // when the folder cannot be used; without a folder it does nothing.
  static Result<std::unique_ptr<Backups>> start(const sync::RocksStore& store, const Clock& clock,
                                                SiteNo self, BackupSettings settings,
                                                ErasureList& erasures);
  ~Backups();  // waits for a run under way
  Backups(const Backups&) = delete;
  Backups& operator=(const Backups&) = delete;

  // kConflict while one is under way, kNotFound without a folder.
  Status take_now();
  State state() const;

 private:
  Backups(const sync::RocksStore& store, const Clock& clock, SiteNo self, BackupSettings settings,
          ErasureList& erasures);
  void loop();
  void run_once();
  Result<sync::BackupInfo> take();

  const sync::RocksStore& store_;
  const Clock& clock_;
  const SiteNo self_;
  const BackupSettings settings_;
  ErasureList& erasures_;
  std::unique_ptr<sync::BackupFolder> folder_;  // the thread's, once it runs
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool asked_ = false;
  State state_;
  std::thread thread_;
};

}  // namespace opora::app
