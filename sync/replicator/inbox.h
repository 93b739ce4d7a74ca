// What other threads leave for a replicator's loop. Shared (shared_ptr) by the loop and by whoever
// may still answer it after it has ended: then what they leave is dropped.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "protocol/base/ids.h"
#include "protocol/codec/link_messages.h"
#include "protocol/link/wakeup.h"

namespace opora::sync {

class Inbox {
 public:
  using Task = std::function<void()>;
  using OnAppended = std::function<void(protocol::StreamKind, SiteNo peer)>;

  // Any thread. The number of tasks is bounded by what the loop itself has asked for.
  void post(Task task);
  // Any thread. Any number before the loop looks counts as one.
  void appended(protocol::StreamKind stream, SiteNo peer);

  // The loop's thread: carries out what was left.
  void run(const OnAppended& on_appended);
  // From now on everything is dropped. After it returns no task runs any more.
  void close();
  int fd() const { return wakeup_.fd(); }

 private:
  std::mutex mutex_;
  bool closed_ = false;
  std::vector<Task> tasks_;
  std::set<std::pair<protocol::StreamKind, SiteNo>> appended_;
  protocol::Wakeup wakeup_;
};

}  // namespace opora::sync
