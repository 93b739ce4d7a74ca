// SafetyLog: the safety journal while it is written, as the guard of the journal sees it.
// Implemented by SafetyJournal (a thread of its own) and by the simulator. Threads: begin() and
// wait() from the engine's, the rest from one other.
#pragma once

#include <string>

#include "sync/journal/safety_segments.h"

namespace opora::sync {

struct SafetyState {
  bool on = false;
  std::string why;  // not on: what failed
  StreamPos end;    // of the own journal, as it stands here
  std::uint64_t segments = 0;
};

class SafetyLog {
 public:
  virtual ~SafetyLog() = default;
  // What `commits` says takes the place of all that is here, then it is on. No commit may be under
  // way. At the start, after a failure, and when a key was destroyed that stands in what is here.
  virtual Status begin_writing(const SafetyCommits& commits) = 0;
  // A commit is under way: written and synced meanwhile. Without effect unless on.
  virtual void begin(const OwnCommit& commit) = 0;
  // Until that is done. Failed: it is no longer on.
  virtual void wait() = 0;
  // The region has these: segments that hold nothing else go.
  virtual void prune(StreamPos acked, StreamPos keys_acked) = 0;
  virtual SafetyState state() const = 0;
};

}  // namespace opora::sync
