// JournalGuard: what is written down beside the store of every commit to the own journal: the head
// file (own_head.h) and, where one is configured, the safety journal (safety_log.h). Made after
// the store is opened and put right, gone before the store; watches from the engine's thread,
// tend() from one other, the rest from any.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "sync/journal/safety_log.h"

namespace opora::sync {

// A safety journal that failed is tried again so often (calls of tend(): every two seconds).
inline constexpr int kTriesApart = 15;

class JournalGuard final : public CommitWatcher {
 public:
  // The head is set to where the journal is now; what lies above `acked` goes into the safety
  // journal, if there is one (that it fails is in safety(), not an error). kUnavailable when the
  // store's disk refuses.
  static Result<std::unique_ptr<JournalGuard>> open(Store& store, SiteNo self,
                                                    std::unique_ptr<Note> head,
                                                    std::unique_ptr<SafetyLog> safety = nullptr,
                                                    StreamPos acked = {});
  ~JournalGuard() override;  // makes the head last

  // What the engine writes through.
  Store& store() { return guarded_; }
  // Makes the head last, lets go what the region has, tries again what failed.
  void tend(StreamPos acked, StreamPos keys_acked);
  // One is configured and cannot be opened: safety() says why. Before the engine.
  void note_unopened(const std::string& why) { unopened_ = why; }
  // Nothing: none is configured.
  std::optional<SafetyState> safety() const;

  bool wants_rows() const override { return safety_ != nullptr; }
  void before_commit(const OwnCommit& commit) override;
  void after_commit(const OwnCommit& commit, const Status& status) override;

 private:
  JournalGuard(Store& store, SiteNo self, std::unique_ptr<Note> head,
               std::unique_ptr<SafetyLog> safety)
      : below_(store),
        self_(self),
        guarded_(store, self, *this),
        head_(std::move(head)),
        safety_(std::move(safety)) {}
  void write_safety(StreamPos acked);

  Store& below_;
  const SiteNo self_;
  GuardedStore guarded_;
  const std::unique_ptr<Note> head_;
  const std::unique_ptr<SafetyLog> safety_;
  std::mutex gate_;  // held while a commit is under way, or the safety journal is written anew
  std::atomic<bool> forgets_{false};  // a key was destroyed that may stand in the safety journal
  int tries_ = 0;
  std::string unopened_;
};

}  // namespace opora::sync
