// Carries out the actions of one Session: sends through the connection, reads and writes through
// the ports, tells the observer. Owned by an exchange (shared_ptr: answers of the store find it
// through a weak_ptr); one thread, the loop's.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/hash.h"
#include "sync/core/session.h"
#include "sync/exchange/ports.h"

namespace opora::sync {

// Everything outlives the exchange.
struct LinkPorts {
  StreamSource& source;
  StreamSink& sink;
  LinkObserver& observer;
  const Clock& clock;
  Random& random;
  FilePort* files = nullptr;  // null: there are none here
};

// The loop that runs an exchange: a thread over sockets, or the simulator.
struct LoopHost {
  // Steady milliseconds; the loop's thread.
  std::function<MonoMs()> steady;
  // Carries the task out on the loop's thread, later. Any thread; what comes after the loop's end
  // is dropped. Copies of it are kept by those who answer.
  std::function<void(std::function<void()>)> post;
};

class SessionDriver : public std::enable_shared_from_this<SessionDriver> {
 public:
  // False: the connection is gone or does not keep up.
  using Transmit = std::function<bool(const Bytes& frame)>;
  // Called after every step: timers and state may have changed.
  using Changed = std::function<void()>;

  SessionDriver(SessionConfig config, const LinkPorts& ports, const LoopHost& host,
                Transmit transmit, Changed changed);

  // Reads the ends and cursors and begins the handshake.
  void start();
  void frame(std::string_view bytes);
  void appended(StreamKind stream);
  void deliver(SessionEvent event);

  bool closed() const { return session_.closed(); }
  bool was_up() const { return was_up_; }
  const std::string& close_text() const { return close_text_; }
  std::optional<MonoMs> wake_at() const { return wake_at_; }
  SiteNo peer() const { return config_.peer; }
  const Session& session() const { return session_; }
  Session& session() { return session_; }

 private:
  void perform(Send& action);
  void perform(Fetch& action);
  void perform(QueryChain& action);
  void perform(QueryStatus& action);
  void perform(Persist& action);
  void perform(BeginRecall& action);
  void perform(NoteFork& action);
  void perform(ResendKeys& action);
  void perform(NoteHub& action);
  void perform(StartAfresh& action);
  void perform(PeerUp& action);
  void perform(Acked& action);
  void perform(PeerReport& action);
  void perform(Alarm& action);
  void perform(Close& action);
  void perform(QueryFiles& action);
  void perform(ReadChunk& action);
  void perform(StoreChunk& action);
  void perform(QueryHeld& action);
  void perform(NoteInRegion& action);

  SessionConfig config_;
  LinkPorts ports_;
  LoopHost host_;
  Transmit transmit_;
  Changed changed_;
  Session session_;
  std::deque<SessionEvent> events_;
  bool stepping_ = false;
  bool was_up_ = false;
  std::string close_text_;
  std::optional<MonoMs> wake_at_;
};

}  // namespace opora::sync
