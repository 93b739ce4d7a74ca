#include "sync/journal/safety_journal.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "sync/journal/safety_folder.h"

namespace opora::sync {

// Shared with the thread, so that one that hangs in a disk's call holds up nobody.
struct SafetyJournal::Shared {
  Shared(std::unique_ptr<SafetyFiles> files, SiteNo site) : segments(std::move(files), site) {}

  void fail(const std::string& what) {
    if (on) why = what;
    on = false;
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable done;
  std::optional<OwnCommit> job;
  bool busy = false;  // the thread has a job: the segments are its own
  bool stopping = false;
  bool on = false;
  std::string why = "not begun";
  SafetySegments segments;
};

SafetyJournal::SafetyJournal(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), thread_([own = shared_] { loop(*own); }) {}

SafetyJournal::~SafetyJournal() {
  bool hangs = false;
  {
    std::unique_lock lock(shared_->mutex);
    shared_->stopping = true;
    shared_->wake.notify_all();
    hangs = !shared_->done.wait_for(lock, kSafetyPatience, [&] { return !shared_->busy; });
  }
  if (hangs) thread_.detach();
  else thread_.join();
}

Result<std::unique_ptr<SafetyJournal>> SafetyJournal::open(const std::filesystem::path& folder,
                                                           SiteNo site) {
  auto files = open_safety_folder(folder);
  if (!files.ok()) return files.error();
  auto shared = std::make_shared<Shared>(std::move(*files), site);
  OPORA_TRY(shared->segments.open());
  return std::unique_ptr<SafetyJournal>(new SafetyJournal(std::move(shared)));
}

void SafetyJournal::loop(Shared& shared) {
  std::unique_lock lock(shared.mutex);
  while (true) {
    shared.wake.wait(lock, [&] { return shared.stopping || shared.job.has_value(); });
    if (!shared.job) return;
    const OwnCommit commit = *std::exchange(shared.job, std::nullopt);
    lock.unlock();
    Status status = shared.segments.append(commit);
    if (status.ok()) status = shared.segments.settle(commit.head);
    lock.lock();
    if (!status.ok()) shared.fail(status.error().message);
    shared.busy = false;
    shared.done.notify_all();
  }
}

SafetySegments& SafetyJournal::at_rest() { return shared_->segments; }

Status SafetyJournal::begin_writing(const SafetyCommits& commits) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->busy) return Error{Code::kUnavailable, "", "its disk does not answer"};
    shared_->on = false;
  }
  Status status = shared_->segments.replace(commits);
  const std::lock_guard lock(shared_->mutex);
  shared_->on = status.ok();
  shared_->why = status.ok() ? std::string() : status.error().message;
  return status;
}

void SafetyJournal::begin(const OwnCommit& commit) {
  const std::lock_guard lock(shared_->mutex);
  if (!shared_->on) return;
  shared_->job = commit;
  shared_->busy = true;
  shared_->wake.notify_one();
}

void SafetyJournal::wait() {
  std::unique_lock lock(shared_->mutex);
  const bool done = shared_->done.wait_for(lock, kSafetyPatience, [&] { return !shared_->busy; });
  if (!done) shared_->fail("its disk does not answer");
}

void SafetyJournal::prune(StreamPos acked, StreamPos keys_acked) {
  const std::lock_guard lock(shared_->mutex);
  if (!shared_->on || shared_->busy) return;
  const Status status = shared_->segments.prune(acked, keys_acked);
  if (!status.ok()) shared_->fail(status.error().message);
}

SafetyState SafetyJournal::state() const {
  const std::lock_guard lock(shared_->mutex);
  const bool busy = shared_->busy;
  return {shared_->on, shared_->why, busy ? StreamPos{} : shared_->segments.end(),
          busy ? 0 : shared_->segments.count()};
}

}  // namespace opora::sync
