#include "sync/journal/journal_guard.h"

#include <utility>

namespace opora::sync {

Result<std::unique_ptr<JournalGuard>> JournalGuard::open(Store& store, SiteNo self,
                                                         std::unique_ptr<Note> head,
                                                         std::unique_ptr<SafetyLog> safety,
                                                         StreamPos acked) {
  std::unique_ptr<JournalGuard> out(
      new JournalGuard(store, self, std::move(head), std::move(safety)));
  OPORA_TRY(out->head_->write(encode_own_head(own_head(*store.snapshot(), self))));
  OPORA_TRY(out->head_->sync());
  if (out->safety_) out->write_safety(acked);
  return out;
}

JournalGuard::~JournalGuard() { static_cast<void>(head_->sync()); }

void JournalGuard::write_safety(StreamPos acked) {
  const auto rows = below_.snapshot();
  const StreamPos end = own_head(*rows, self_).end.pos;
  const auto commits = [&](const std::function<bool(const OwnCommit&)>& visit) {
    read_commits(*rows, self_, StreamPos{acked.v + 1}, end, visit);
  };
  static_cast<void>(safety_->begin_writing(commits));  // safety() says how it went
}

void JournalGuard::tend(StreamPos acked, StreamPos keys_acked) {
  static_cast<void>(head_->sync());
  if (!safety_) return;
  const bool again = !safety_->state().on && ++tries_ % kTriesApart == 0;
  if (forgets_.exchange(false) || again) {
    const std::lock_guard gate(gate_);
    write_safety(acked);
  } else {
    safety_->prune(acked, keys_acked);
  }
}

std::optional<SafetyState> JournalGuard::safety() const {
  if (safety_) return safety_->state();
  if (unopened_.empty()) return std::nullopt;
  return SafetyState{false, unopened_, {}, 0};
}

void JournalGuard::before_commit(const OwnCommit& commit) {
  gate_.lock();
  if (safety_ && !commit.rows.empty()) safety_->begin(commit);
}

// A head that cannot be written stays older and says less; the store's own disk is the one that
// failed, and the next commit says so.
void JournalGuard::after_commit(const OwnCommit& commit, const Status& status) {
  if (safety_ && !commit.rows.empty()) safety_->wait();
  if (status.ok() && commit.head) static_cast<void>(head_->write(encode_own_head(*commit.head)));
  if (commit.forgets) forgets_ = true;
  gate_.unlock();
}

}  // namespace opora::sync
