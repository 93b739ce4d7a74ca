#include "web/server/mailbox.h"

namespace opora::web {
namespace {

thread_local const Mailbox* own_mailbox = nullptr;

}  // namespace

void Mailbox::bind_to_this_thread() { own_mailbox = this; }

void Mailbox::post(Letter letter) {
  if (own_mailbox == this) return receiver_->deliver(std::move(letter));
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    letters_.push_back(std::move(letter));
    filled_.store(true, std::memory_order_release);
    if (looking_ || letters_.size() > 1) return;
  }
  wake_();  // without the lock, which the woken thread is about to take
}

std::vector<Letter> Mailbox::take() {
  const std::lock_guard lock(mutex_);
  filled_.store(false, std::memory_order_release);
  return std::exchange(letters_, {});
}

void Mailbox::look() {
  const std::lock_guard lock(mutex_);
  looking_ = true;
}

void Mailbox::look_away() {
  {
    const std::lock_guard lock(mutex_);
    looking_ = false;
    if (letters_.empty()) return;
  }
  wake_();
}

void Mailbox::close() {
  std::vector<Letter> undelivered;  // destroyed without the lock: callbacks may hold anything
  const std::lock_guard lock(mutex_);
  closed_ = true;
  undelivered.swap(letters_);
}

}  // namespace opora::web
