// RowsGate: between the sync of a commit and its rows in memory, readers wait. Part of a store.
#pragma once

#include <atomic>

namespace opora::sync {

// Between the sync of a commit and its rows in memory: who was told of the one may ask for the
// other. The writer closes and opens it, any thread waits; odd while it is closed.
class RowsGate {
 public:
  void close() { turns_.fetch_add(1, std::memory_order_acq_rel); }
  void open() {
    if (!closed(turns_.load(std::memory_order_relaxed))) return;
    turns_.fetch_add(1, std::memory_order_acq_rel);
    turns_.notify_all();
  }
  // Later commits do not prolong it.
  void wait() const {
    const int seen = turns_.load(std::memory_order_acquire);
    if (closed(seen)) turns_.wait(seen, std::memory_order_acquire);
  }

 private:
  static bool closed(int turns) { return turns % 2 != 0; }
  std::atomic<int> turns_{0};
};

}  // namespace opora::sync
