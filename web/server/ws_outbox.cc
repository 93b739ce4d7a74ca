#include "web/server/ws_outbox.h"

namespace opora::web {
namespace {

constexpr std::uint16_t kTryAgainLater = 1013;

}  // namespace

bool WsOutbox::wake_needed() { return std::exchange(asleep_, false); }

WsSend WsOutbox::send(Text text) {
  bool wake = false;
  auto result = WsSend::kQueued;
  {
    const std::lock_guard lock(mutex_);
    if (shut_ || close_) return WsSend::kClosed;
    if (queue_.size() >= limits_.ws_queue_messages ||
        bytes_ + text->size() > limits_.ws_queue_bytes) {
      overflowed_ = true;
      queue_.clear();
      close_ = Close{kTryAgainLater, "too slow"};
      asleep_ = false;
      wake = true;  // a session in the middle of a write must hear of it, too
      result = WsSend::kTooSlow;
    } else {
      bytes_ += text->size();
      queue_.push_back(std::move(text));
      wake = wake_needed();
    }
  }
  if (wake) mailbox_->post({client_, 0, WsWake{}});
  return result;
}

void WsOutbox::close(std::uint16_t code, std::string_view reason) {
  {
    const std::lock_guard lock(mutex_);
    if (shut_ || close_) return;
    close_ = Close{code, std::string(reason)};
    if (!wake_needed())
      return;  // what is queued goes first, and the session will come back for more
  }
  mailbox_->post({client_, 0, WsWake{}});
}

WsOutbox::Next WsOutbox::next() {
  const std::lock_guard lock(mutex_);
  if (!queue_.empty()) {
    Text text = std::move(queue_.front());
    queue_.pop_front();
    bytes_ -= text->size();
    return text;
  }
  if (close_ && !shut_) return *close_;
  asleep_ = true;
  return std::monostate{};
}

bool WsOutbox::overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

void WsOutbox::shut() {
  const std::lock_guard lock(mutex_);
  shut_ = true;
  queue_.clear();
}

}  // namespace opora::web
