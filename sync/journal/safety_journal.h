// SafetyJournal: what the region has not confirmed of the own journal, once more, in a folder on a
// second device: each commit is appended and synced there beside the store's own sync, before its
// answers go out. Segments with a head file (safety_segments.h, safety_folder.h).
//
// States: on → failed (its disk refused, or took longer than kSafetyPatience) → on again after
// begin_writing(). While it has failed nothing is written and the site works on without it; state()
// says so. Threads as in safety_log.h; a thread of its own writes.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "sync/journal/safety_log.h"

namespace opora::sync {

// A disk that hangs must not hang the desk; longer than any sync of a disk that works.
inline constexpr std::chrono::milliseconds kSafetyPatience{2'000};

class SafetyJournal final : public SafetyLog {
 public:
  // Makes the folder at need and begins no segment yet. kConflict when another process holds it,
  // kCorrupt when it is another site's, kUnavailable when the disk refuses.
  static Result<std::unique_ptr<SafetyJournal>> open(const std::filesystem::path& folder,
                                                     SiteNo site);
  ~SafetyJournal() override;

  // What is there, to be read and put aside. Before begin_writing().
  SafetySegments& at_rest();

  Status begin_writing(const SafetyCommits& commits) override;
  void begin(const OwnCommit& commit) override;
  void wait() override;
  void prune(StreamPos acked, StreamPos keys_acked) override;
  SafetyState state() const override;

 private:
  struct Shared;
  explicit SafetyJournal(std::shared_ptr<Shared> shared);
  static void loop(Shared& shared);

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace opora::sync
