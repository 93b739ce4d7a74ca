// The sending half of a session: for every stream that this side sends, where the receiver stands,
// what is under way and what to read next. Pure; owned and called by Session only.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/session_types.h"

namespace opora::sync {

// Why a message cannot come from a correct peer; nothing when it can.
using Violation = std::optional<std::string>;

// What a stream is said to suffer from whose two ends do not agree: the histories say whose fault
// it is.
struct Dispute {
  protocol::StopReason differs = protocol::StopReason::kFork;     // the same place, other content
  protocol::StopReason shorter = protocol::StopReason::kAmnesia;  // the receiver holds more
};

class Sender {
 public:
  explicit Sender(std::span<const StreamKind> streams);

  // Our own ends, before the handshake.
  void start(const std::vector<protocol::StreamState>& ends);
  // The receiver's cursors: each is compared with our own chain before its stream moves. `version`
  // is the common one.
  void on_hello(const protocol::Hello& hello, std::uint16_t version, const Dispute& dispute,
                Actions& out);
  // The receiver holds something else than we have.
  bool disputed(StreamKind stream) const;
  // What the receiver holds is ours.
  bool agreed(StreamKind stream) const;
  void on_chain(const ChainAt& answer, Actions& out);
  void on_appended(StreamKind stream, StreamPos end, Actions& out);
  void on_fetched(Fetched& fetched, Actions& out);
  void on_fetch_failed(const FetchFailed& failed, Actions& out);
  Violation on_marks(const std::vector<protocol::Mark>& marks, std::uint32_t window, Actions& out);
  void on_nack(const protocol::Nack& nack, Actions& out);

  std::vector<protocol::Announcement> announcements() const;
  // Something is under way, or could be.
  bool busy() const;
  // Records (not keys) that the receiver has not acknowledged durable.
  std::uint64_t pending() const;

 private:
  enum class State { kWaiting, kChecking, kFlowing, kStopped, kNotWanted };
  struct Flight {
    StreamPos first;
    StreamPos last;
    std::size_t bytes;
  };
  struct Stream {
    StreamKind kind{};
    State state = State::kWaiting;
    protocol::StopReason stopped = protocol::StopReason::kNone;
    bool disputed = false;
    StreamPos end;
    StreamEnd cursor;   // the receiver's, from Hello
    StreamPos durable;  // acknowledged
    StreamPos safe;
    StreamPos next;  // to be sent
    StreamPos sent;  // highest ever sent in this session, or held by the receiver before it
    std::optional<StreamPos> fetching;
    bool more_behind_first = false;  // than went into the first batch of this session
    std::deque<Flight> flights;      // sent and not acknowledged, by position
  };

  Stream* find(StreamKind kind);
  void check_cursor(Stream& stream, Actions& out);
  void flow(Stream& stream, Actions& out);
  void stop(Stream& stream, protocol::StopReason reason, const std::string& why, Actions& out);
  Violation note_mark(Stream& stream, const protocol::Mark& mark, Actions& out);
  void land_flights(Stream& stream, StreamPos durable);
  void forget_flights(Stream& stream, StreamPos from);
  void forget_fetch(Stream& stream);
  void send(Stream& stream, Fetched& fetched, Actions& out);
  void send_batch(Stream& stream, Fetched& fetched, Actions& out);
  void send_withdrawn(Stream& stream, const Fetched& fetched, Actions& out);
  void note_flight(Stream& stream, const Flight& flight);
  bool disputes(StreamKind kind) const;
  bool checks(StreamKind kind) const;
  void pump(Actions& out);
  bool room() const;
  static std::size_t batch_bytes(const Stream& stream);
  static bool waits_for_first_ack(const Stream& stream);
  bool runs_ahead(const Stream& stream);

  std::vector<Stream> streams_;
  Dispute dispute_;
  std::uint16_t version_ = 0;
  std::uint32_t window_ = 0;
  std::size_t bytes_in_flight_ = 0;
  std::size_t batches_in_flight_ = 0;
  std::size_t fetches_ = 0;
};

// What an operator is told about a stream that stands still.
AlarmCode alarm_of(protocol::StopReason reason);

}  // namespace opora::sync
