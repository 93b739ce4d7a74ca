#include "sync/replicator/inbox.h"

namespace opora::sync {

void Inbox::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  tasks_.push_back(std::move(task));
  wakeup_.signal();
}

void Inbox::appended(protocol::StreamKind stream, SiteNo peer) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  if (appended_.emplace(stream, peer).second) wakeup_.signal();
}

void Inbox::run(const OnAppended& on_appended) {
  std::vector<Task> tasks;
  std::set<std::pair<protocol::StreamKind, SiteNo>> appended;
  {
    const std::lock_guard lock(mutex_);
    wakeup_.clear();
    tasks.swap(tasks_);
    appended.swap(appended_);
  }
  for (const Task& task : tasks) task();
  for (const auto& [stream, peer] : appended) on_appended(stream, peer);
}

void Inbox::close() {
  std::vector<Task> dropped;  // destroyed outside the lock: a task may own anything
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(tasks_);
  appended_.clear();
}

}  // namespace opora::sync
