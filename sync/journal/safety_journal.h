// SafetyJournal: what the region has not confirmed of the own journal, once more, in a folder on a
// second device: each commit is appended and synced there beside the store's own sync, before its
// answers go out. Segments (safety_format.h) with a head file (safety.head, an OwnHead).
//
// States: on → failed (its disk refused, or took longer than kSafetyPatience) → on again after
// revive(). While it has failed nothing is written and the site works on without it; state() says
// so. Threads: begin() and wait() from the engine's, the rest from one other; a thread of its own
// writes. What must hold: frames follow each other in the order of commits; a segment goes only
// when the region has all of it.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "sync/journal/safety_format.h"

namespace opora::sync {

// A disk that hangs must not hang the desk; longer than any sync of a disk that works.
inline constexpr std::chrono::milliseconds kSafetyPatience{2'000};
// A segment is given up as a whole: small enough to go soon, large enough to be few after a week.
inline constexpr std::size_t kSegmentBytes = std::size_t{8} << 20;
// What may stay although the region has it: an idle site begins no segment for less.
inline constexpr std::size_t kIdleSegmentBytes = std::size_t{64} << 10;

struct SafetyState {
  bool on = false;
  std::string why;  // not on: what failed
  StreamPos end;    // of the own journal, as it stands here
  std::uint64_t segments = 0;
};

// Calls its argument with commits, in their order, until that returns false.
using SafetyCommits = std::function<void(const std::function<bool(const OwnCommit&)>&)>;

class SafetyJournal {
 public:
  // Makes the folder (mode 0700) at need and begins no segment yet. kConflict when another process
  // holds it, kCorrupt when it is another site's, kUnavailable when the disk refuses.
  static Result<std::unique_ptr<SafetyJournal>> open(const std::filesystem::path& folder,
                                                     SiteNo site);
  ~SafetyJournal();

  // What was there at the opening, oldest first. Before begin_writing().
  Status scan(const std::function<bool(const OwnCommit&)>& visit) const;
  // Where it ended by its head file; to compare with what is in it.
  std::optional<OwnHead> noted_end() const;
  // What was there goes to a folder beside, to be looked at or waited for, and is never deleted.
  Result<std::filesystem::path> set_aside();

  // What `commits` says takes the place of all that is here, then it is on. No commit may be under
  // way. At the start, after a failure, and when a key was destroyed that stands in what is here.
  Status begin_writing(const SafetyCommits& commits);

  // A commit is under way: written and synced by the thread meanwhile. Without effect unless on.
  void begin(const OwnCommit& commit);
  // Until that is done. Failed: it is no longer on.
  void wait();

  // The region has these: segments that hold nothing else go.
  void prune(StreamPos acked, StreamPos keys_acked);
  SafetyState state() const;

  class Files;

 private:
  explicit SafetyJournal(std::shared_ptr<Files> files);
  std::shared_ptr<Files> files_;
  std::thread thread_;
};

}  // namespace opora::sync
