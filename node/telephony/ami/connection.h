// Connection: an Asterisk's AMI, watched. Owned by whoever wires the site; start() and stop() are
// theirs. One thread of its own connects, listens and speaks; nothing that it says changes anything
// at the PBX.
//
// States: away → (connects, signs in, asks what there is) → hears → (closed, silent, what cannot be
// read) → away, and again after kFirstRetryMs, doubling up to kLastRetryMs. Nothing of what comes
// is logged but that it comes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "node/telephony/ami/session.h"
#include "web/client/text_client.h"

namespace opora::telephony::ami {

inline constexpr std::int64_t kFirstRetryMs = 200;
inline constexpr std::int64_t kLastRetryMs = 5'000;

// Whoever hears it. The connection's thread; each in the order in which it happened.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // What there is, at the beginning and after each cut.
  virtual void reconcile(const Snapshot& all) = 0;
  virtual void hear(const Packet& event) = 0;
  // Events stop, or come.
  virtual void hears(bool comes) = 0;
};

class Connection {
 public:
  explicit Connection(const web::Remote& pbx, SessionTimes times = {});
  ~Connection();  // stop()
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `watcher` outlives stop().
  void start(Watcher& watcher);
  void stop();
  // What was heard was not taken: connects anew, and asks what there is. Any thread.
  void begin_anew() { again_ = true; }

 private:
  void run();
  Status listen();
  Status take(PacketReader& reader);
  Status act(Session::Turn turn);
  bool pause(std::int64_t ms);  // false: stopping

  std::atomic<bool> again_{false};
  Watcher* watcher_ = nullptr;
  web::TextClient pbx_;
  Session session_;
  bool told_ = false;  // that events come
  std::int64_t retry_ms_ = kFirstRetryMs;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace opora::telephony::ami
