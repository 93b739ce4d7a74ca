// The receiving half of a session: checks that what arrives follows what is here, hands it to the
// store, acknowledges what the store has synced. Pure; owned and called by Session only.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/sender.h"
#include "sync/core/session_types.h"

namespace opora::sync {

class Receiver {
 public:
  explicit Receiver(std::span<const StreamKind> streams);

  // Our own cursors, before the handshake.
  void start(const std::vector<ReceiveState>& cursors);
  // The sender's ends: one that is shorter than our cursor, or equal with another chain, stops its
  // stream with an alarm.
  void on_hello(const protocol::Hello& hello, const Dispute& dispute, Actions& out);
  Violation on_batch(protocol::Batch& batch, MonoMs now, Actions& out);
  Violation on_withdrawn(const protocol::Withdrawn& withdrawn, MonoMs now, Actions& out);
  // A ping without `through` promises nothing.
  void on_ping(const protocol::Ping& ping, MonoMs now, Actions& out);
  // False when it contradicts what was handed out: the store holds something else.
  bool on_persisted(const Persisted& persisted, Actions& out);

  // How far is also in a verified backup here; what is not durable yet is not.
  void on_safe(StreamKind stream, StreamPos safe);
  // What may be under way to us from now on: less while others catch up.
  void set_window(std::uint32_t window) { window_ = window; }
  std::uint32_t window() const { return window_; }

  std::vector<protocol::Mark> marks() const;
  // Why the stream stands still.
  protocol::StopReason stopped(StreamKind kind) const;
  // Everything that the peer knew up to this time is durable here. 0: not known yet.
  Hlt data_through() const { return data_through_; }

 private:
  struct Stream {
    StreamKind kind{};
    bool wanted = false;  // has a cursor: kRecall has one only at a site that is recalling
    StreamPos durable;
    StreamPos safe;
    StreamEnd head;  // accepted; the part above durable is being persisted
    protocol::StopReason stopped = protocol::StopReason::kNone;
    bool asked_again = false;  // for entries that did not follow head
    std::optional<StreamPos> nacked;
    MonoMs nacked_at;
    std::deque<std::pair<StreamEnd, std::size_t>> persisting;  // last entry and bytes of each batch
  };
  struct Announced {
    Hlt through;
    std::vector<std::pair<StreamKind, StreamPos>> ends;
  };

  Stream* find(StreamKind kind);
  void compare(Stream& stream, const StreamEnd& theirs, const Dispute& dispute, Actions& out);
  void accept(Stream& stream, std::vector<Entry> entries, Actions& out);
  void refuse(Stream& stream, MonoMs now, Actions& out);
  void ask(Stream& stream, protocol::NackReason reason, MonoMs now, Actions& out);
  void stop(Stream& stream, protocol::StopReason reason, const std::string& why, Actions& out);
  void acknowledge(const Stream& stream, Actions& out) const;
  bool overfull(const protocol::Batch& batch) const;
  void remember(const protocol::Ping& ping);
  void settle();

  std::vector<Stream> streams_;
  std::uint32_t window_ = kSessionWindow;
  std::size_t bytes_persisting_ = 0;
  std::size_t batches_persisting_ = 0;
  std::deque<Announced> announced_;
  Hlt data_through_;
};

}  // namespace opora::sync
