#include "sync/journal/commit_watch.h"

#include <utility>

#include "protocol/base/check.h"

namespace opora::sync {
namespace {

thread_local CommitWatch* watch_of_this_thread = nullptr;

}  // namespace

CommitWatch::CommitWatch(LogPlace& settled, std::function<void()> on_durable)
    : settled_(settled), on_durable_(std::move(on_durable)), synced_(settled) {
  OPORA_CHECK(!under_way());
  watch_of_this_thread = this;
}

CommitWatch::~CommitWatch() { watch_of_this_thread = nullptr; }

bool CommitWatch::under_way() { return watch_of_this_thread != nullptr; }

// Older logs are synced before the one that was written, once more and without news.
void CommitWatch::log_synced(LogPlace place) noexcept {
  CommitWatch* const watch = watch_of_this_thread;
  if (watch == nullptr) return;
  watch->synced_ = place;
  const LogPlace& settled = watch->settled_;
  if (watch->told_ || place.log != settled.log || place.bytes <= settled.bytes) return;
  watch->told_ = true;
  if (watch->on_durable_) watch->on_durable_();
}

}  // namespace opora::sync
