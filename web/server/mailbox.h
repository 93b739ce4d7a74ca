// Internal: how answers come from other threads to the I/O thread that owns the connection.
//
// post() from any thread costs one lock, and wakes the I/O thread only for the first letter of a
// batch: an engine that answers 64 requests after one fsync wakes it once. On the owning thread a
// letter is delivered at once. A mailbox outlives its thread (Respond handles hold it); after
// close() letters go nowhere.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <variant>
#include <vector>

#include "web/server/http.h"
#include "web/server/websocket.h"

namespace opora::web {

struct WsWake {};  // the session's outbox has news

struct Letter {
  std::uint64_t client = 0;   // connection or session on that thread
  std::uint64_t request = 0;  // which request of it; an answer to another one is late and dropped
  std::variant<Response, WsCallbacks, WsWake> content;
};

class LetterReceiver {
 public:
  virtual ~LetterReceiver() = default;
  virtual void deliver(Letter letter) = 0;
};

class Mailbox {
 public:
  // `wake` is called on any thread, also after close() and when the receiver is gone: it makes the
  // receiver's thread call take() and owns what it needs for it.
  Mailbox(LetterReceiver& receiver, std::function<void()> wake)
      : receiver_(&receiver), wake_(std::move(wake)) {}

  void post(Letter letter);
  // The owner looks for letters by itself: nobody need wake it until look_away().
  void look();
  bool has_letters() const { return filled_.load(std::memory_order_acquire); }
  void look_away();
  std::vector<Letter> take();
  void close();
  // The calling thread is the owner from now on.
  void bind_to_this_thread();

 private:
  std::mutex mutex_;
  std::vector<Letter> letters_;
  LetterReceiver* receiver_;
  std::function<void()> wake_;
  bool closed_ = false;
  bool looking_ = false;
  std::atomic<bool> filled_{false};  // written under the lock
};

}  // namespace opora::web
