// One session of the link, pure: step(event, now) returns what to do. No I/O, no clock, no thread
// of its own; whoever drives it (sync/exchange, the simulator) owns it, calls it from one thread,
// and carries out the actions in their order.
//
// The same class serves both ends; the role says which streams it sends and which it receives.
// States, invariants and limits are in README.md beside this file.
//
// Guarantees: nothing is acknowledged before Persisted; no entry is handed to Persist that does not
// follow the one before it by position and chain; what is sent and not yet acknowledged stays
// within kSessionWindow; after Close nothing more comes out.
#pragma once

#include <string>
#include <vector>

#include "protocol/codec/link_messages.h"
#include "sync/core/file_lane.h"
#include "sync/core/history.h"
#include "sync/core/receiver.h"
#include "sync/core/sender.h"
#include "sync/core/session_types.h"

namespace opora::sync {

class Session {
 public:
  explicit Session(SessionConfig config);

  // The first event is Connected. A site then says Hello; the hub waits for it.
  Actions step(SessionEvent event, Now now);

  bool live() const { return state_ == State::kLive; }
  bool closed() const { return state_ == State::kClosed; }
  // Zero until the peer's Hello came.
  protocol::SessionId peer_session() const { return peer_session_; }
  const std::vector<protocol::Incarnation>& peer_incarnations() const { return peer_incarnations_; }
  // How much may be under way to us; the next words say so.
  void set_window(std::uint32_t window) { receiver_.set_window(window); }
  // Records that the peer holds and we do not, as it last said.
  std::uint64_t peer_pending() const { return peer_.pending; }
  // When something of this session last came from the peer.
  MonoMs heard_at() const { return heard_at_; }

 private:
  enum class State { kIdle, kHandshake, kAnswered, kLive, kClosed };

  void handle(Connected& event, Now now, Actions& out);
  void handle(Disconnected& event, Now now, Actions& out);
  void handle(Received& event, Now now, Actions& out);
  void handle(Malformed& event, Now now, Actions& out);
  void handle(Fetched& event, Now now, Actions& out);
  void handle(FetchFailed& event, Now now, Actions& out);
  void handle(ChainAt& event, Now now, Actions& out);
  void handle(Persisted& event, Now now, Actions& out);
  void handle(PersistFailed& event, Now now, Actions& out);
  void handle(Appended& event, Now now, Actions& out);
  void handle(StatusRead& event, Now now, Actions& out);
  void handle(Stop& event, Now now, Actions& out);
  void handle(Tick& event, Now now, Actions& out);
  void handle(FilesRead& event, Now now, Actions& out);
  void handle(ChunkRead& event, Now now, Actions& out);
  void handle(ChunkStored& event, Now now, Actions& out);
  void handle(FilesHeld& event, Now now, Actions& out);

  void on_message(protocol::UnknownMessage& message, Now now, Actions& out);
  void on_message(protocol::Hello& message, Now now, Actions& out);
  void on_message(protocol::Batch& message, Now now, Actions& out);
  void on_message(protocol::Ack& message, Now now, Actions& out);
  void on_message(protocol::Nack& message, Now now, Actions& out);
  void on_message(protocol::Ping& message, Now now, Actions& out);
  void on_message(protocol::Bye& message, Now now, Actions& out);
  void on_message(protocol::FileAsk& message, Now now, Actions& out);
  void on_message(protocol::FileChunk& message, Now now, Actions& out);
  void on_message(protocol::FileNote& message, Now now, Actions& out);
  void on_message(protocol::Withdrawn& message, Now now, Actions& out);

  bool addressed_to_us(const protocol::Frame& frame) const;
  void consider_recall(Actions& out);
  void consider_keys(Actions& out);
  void consider_fork(Actions& out);
  void consider_afresh(Actions& out);
  protocol::Verdict judge_branch(const protocol::Hello& hello) const;
  bool recalling() const;
  bool ends_below_what_we_wait_for() const;
  bool peer_recalls() const;
  bool acceptable(const protocol::Hello& hello, Actions& out);
  void go_live(const protocol::Hello& hello, Now now, Actions& out);
  void compare_clocks(Hlt peer_now, Now now, Actions& out);
  void report_peer(Actions& out);
  void check(const Violation& violation, Actions& out);
  void close(protocol::CloseReason reason, std::string text, Actions& out);
  protocol::Hello hello(Now now) const;
  Comparison compare(const protocol::Hello& hello) const;
  std::optional<MonoMs> next_timer() const;

  SessionConfig config_;
  State state_ = State::kIdle;
  Sender sender_;
  Receiver receiver_;
  FileLane files_;
  Connected own_;             // as of the start of the session
  protocol::Hello answered_;  // in kAnswered: the Hello that awaits a word to this session
  protocol::SessionId peer_session_;
  std::vector<protocol::Incarnation> peer_incarnations_;
  std::vector<protocol::StreamState> peer_cursors_;
  std::vector<protocol::StreamState> peer_ends_;
  Comparison past_;
  protocol::Verdict verdict_ = protocol::Verdict::kNone;
  bool recall_begun_ = false;
  bool keys_resent_ = false;
  bool fork_noted_ = false;
  bool afresh_begun_ = false;
  bool hub_noted_ = false;
  PeerStatus peer_;
  MonoMs heard_at_;
  MonoMs ping_due_;
  bool clock_flagged_ = false;
};

// Two sessions of one site: which one stays. The newer of the same incarnation replaces the older:
// the same process has come back over another connection. Another incarnation is refused while the
// older one is heard from: two copies of one store are running. An older one that has fallen silent
// is the ghost of a daemon that was restarted, and keeps nobody out.
enum class SecondSession { kReplaces, kRefused };
SecondSession judge_second_session(const IncarnationId& live, std::int64_t silent_ms,
                                   const IncarnationId& arriving);

}  // namespace opora::sync
