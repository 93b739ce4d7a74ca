// The vocabulary of the session's tests: one Session, a store in memory behind it, and a peer that
// says what the test says.
//
// The store answers reads at once. Writes wait until the test says `stored()`.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sync/core/session.h"
#include "tests/support/memory_streams.h"

namespace opora::sync::testing {

inline constexpr SiteNo kSite{17};
inline constexpr protocol::SessionId kOurSession{100};
inline constexpr protocol::SessionId kPeerSession{200};

inline Bytes record(int n) { return "record " + std::to_string(n); }

class Story : public ::testing::Test {
 protected:
  // Who is under test.
  void we_are_a_site() { begin({Role::kSite, kSite, kHubSite, kOurSession, "node 1.0"}); }
  void we_are_the_hub() { begin({Role::kHub, kHubSite, kSite, kOurSession, "hub 1.0"}); }
  void begin(SessionConfig config) {
    role = config.role;
    peer = config.peer;
    session = std::make_unique<Session>(std::move(config));
  }

  // Events.
  void connect() {
    Connected event;
    for (StreamKind stream : sent_streams())
      event.sends.push_back({stream, store.end(stream, peer)});
    for (StreamKind stream : received_streams()) {
      if (stream != StreamKind::kRecall) event.receives.push_back(store.cursor(stream, peer));
    }
    event.history = history;
    event.incarnations = store.incarnations();
    step(std::move(event));
  }
  void hear(protocol::Message message) {
    const bool opens = role == Role::kHub && std::holds_alternative<protocol::Hello>(message);
    step(Received{{kPeerSession, opens ? protocol::SessionId{} : kOurSession, std::move(message)}});
    if (opens) step(Received{{kPeerSession, kOurSession, protocol::UnknownMessage{}}});
  }
  void hear_frame(protocol::Frame frame) { step(Received{std::move(frame)}); }
  void wait(std::int64_t ms) {
    now.mono = now.mono + ms;
    now.wall = now.wall + ms;
    step(Tick{});
  }
  // Records appear in a stream that we send.
  void append(StreamKind stream, int from, int to) {
    for (int n = from; n <= to; ++n) append(stream, record(n));
  }
  void append(StreamKind stream, Bytes bytes) {
    const StreamPos end = store.append(stream, peer, std::move(bytes));
    if (session) step(Appended{stream, end});
  }
  // The oldest waiting write is synced.
  void stored() {
    ASSERT_FALSE(writes.empty()) << "no write is waiting";
    Persist write = std::move(writes.front());
    writes.pop_front();
    store.persist(write.stream, peer, std::move(write.entries), [&](Result<PersistedTo> result) {
      ASSERT_TRUE(result.ok()) << result.error().message;
      step(Persisted{write.stream, result->durable, result->safe});
    });
  }

  // Messages of the peer.
  protocol::Hello hello() const {
    protocol::Hello out;
    out.site = peer;
    out.software = "peer 1.0";
    out.now = Hlt{static_cast<std::uint64_t>(now.wall.v) << 16};
    out.window = kSessionWindow;
    for (StreamKind stream : received_streams()) {
      if (stream != StreamKind::kRecall) out.sends.push_back({stream, {}});
    }
    for (StreamKind stream : sent_streams()) {
      if (stream != StreamKind::kRecall) out.receives.push_back({stream, {}});
    }
    protocol::Incarnation incarnation;
    incarnation.id.b.fill(7);
    incarnation.start = StreamPos{1};
    out.incarnations.push_back(incarnation);
    return out;
  }
  // A Hello of a peer that holds our `stream` up to `pos`, as we have it.
  protocol::Hello hello_holding(StreamKind stream, StreamPos pos) const {
    return hello_holding(stream, {pos, *store.chain_at(stream, peer, pos)});
  }
  protocol::Hello hello_holding(StreamKind stream, StreamEnd cursor) const {
    protocol::Hello out = hello();
    for (auto& state : out.receives) {
      if (state.stream == stream) state.end = cursor;
    }
    return out;
  }
  // A Hello of a peer that sends `stream` up to `end`.
  protocol::Hello hello_ending(StreamKind stream, StreamEnd end) const {
    protocol::Hello out = hello();
    for (auto& state : out.sends) {
      if (state.stream == stream) state.end = end;
    }
    return out;
  }
  // Records from…to of the peer's stream, rightly chained: record n is record(n).
  static protocol::Batch batch(StreamKind stream, int from, int to) {
    protocol::Batch out{stream,
                        StreamPos{static_cast<std::uint64_t>(from)},
                        chain_of(stream, from - 1),
                        chain_of(stream, to),
                        {}};
    for (int n = from; n <= to; ++n) out.entries.push_back(record(n));
    return out;
  }
  static ChainHash chain_of(StreamKind stream, int pos) {
    ChainHash chain;
    for (int n = 1; n <= pos; ++n) chain = chain_next(stream, chain, record(n));
    return chain;
  }
  static protocol::Ack ack(StreamKind stream, std::uint64_t durable,
                           std::uint32_t window = kSessionWindow) {
    return {{{stream, StreamPos{durable}, StreamPos{}, protocol::StopReason::kNone}}, window};
  }
  static protocol::Ping announcing(StreamKind stream, std::uint64_t end, std::uint64_t sent,
                                   Hlt through = {}) {
    protocol::Ping out;
    out.sends = {{stream, StreamPos{end}, StreamPos{sent}, protocol::StopReason::kNone}};
    out.through = through;
    out.window = kSessionWindow;
    return out;
  }

  // Passing over from…to of the peer's stream, rightly chained.
  static protocol::Withdrawn withdrawn(StreamKind stream, int from, int to) {
    return {stream, StreamPos{static_cast<std::uint64_t>(from)},
            static_cast<std::uint32_t>(to - from + 1), chain_of(stream, from - 1),
            chain_of(stream, to)};
  }

  // What came out. Each call takes what it returns.
  template <class M>
  std::vector<M> said() {
    std::vector<M> out;
    std::erase_if(actions, [&out](Action& action) {
      auto* send = std::get_if<Send>(&action);
      auto* message = send == nullptr ? nullptr : std::get_if<M>(&send->frame.message);
      if (message != nullptr) out.push_back(std::move(*message));
      return message != nullptr;
    });
    return out;
  }
  template <class A>
  std::vector<A> done() {
    std::vector<A> out;
    std::erase_if(actions, [&out](Action& action) {
      auto* found = std::get_if<A>(&action);
      if (found != nullptr) out.push_back(std::move(*found));
      return found != nullptr;
    });
    return out;
  }
  // "5-7 8-8" of the batches that we sent.
  std::string batches() {
    std::string out;
    for (const auto& one : said<protocol::Batch>()) {
      out += (out.empty() ? "" : " ") + std::to_string(one.first.v) + "-" +
             std::to_string(one.first.v + one.entries.size() - 1);
    }
    return out;
  }
  // "durable 3" or "durable 3 stopped chain" of the last mark of a stream that we said in an Ack.
  std::string acked(StreamKind stream) {
    std::string out = "nothing";
    for (const auto& one : said<protocol::Ack>()) {
      for (const auto& mark : one.marks) {
        if (mark.stream != stream) continue;
        out = "durable " + std::to_string(mark.durable.v);
        if (mark.stopped != protocol::StopReason::kNone)
          out += std::string(" stopped ") + stop_reason_name(mark.stopped);
      }
    }
    return out;
  }
  std::vector<std::string> alarms() {
    std::vector<std::string> out;
    for (const Alarm& alarm : done<Alarm>()) out.emplace_back(alarm_name(alarm.code));
    return out;
  }
  // "silent", or "open".
  std::string ending() {
    const auto closes = done<Close>();
    return closes.empty() ? "open" : close_reason_name(closes.front().reason);
  }
  std::vector<Bytes> held(StreamKind stream) const { return store.received(stream, peer); }

  void step(SessionEvent event) {
    std::deque<SessionEvent> events;
    events.push_back(std::move(event));
    while (!events.empty()) {
      Actions out = session->step(std::move(events.front()), now);
      events.pop_front();
      wake_at = out.wake_at;
      for (Action& action : out.list) take(action, events);
    }
  }
  void take(Action& action, std::deque<SessionEvent>& events) {
    if (auto* fetch = std::get_if<Fetch>(&action); fetch != nullptr && answer_reads) {
      auto fetched = store.fetch(fetch->stream, peer, fetch->from, fetch->max_bytes);
      if (fetched.ok()) {
        events.push_back(
            Fetched{fetch->stream, fetch->from, fetched->before, std::move(fetched->entries)});
      } else {
        events.push_back(FetchFailed{fetch->stream, fetch->from, fetched.error().message});
      }
    } else if (auto* query = std::get_if<QueryChain>(&action)) {
      events.push_back(
          ChainAt{query->stream, query->pos, store.chain_at(query->stream, peer, query->pos)});
    } else if (std::holds_alternative<QueryStatus>(action)) {
      events.push_back(StatusRead{store.status(peer)});
    } else if (auto* persist = std::get_if<Persist>(&action)) {
      writes.push_back(std::move(*persist));
    } else {
      actions.push_back(std::move(action));
    }
  }

  std::span<const StreamKind> sent_streams() const {
    return role == Role::kSite ? streams_up() : streams_down();
  }
  std::span<const StreamKind> received_streams() const {
    return role == Role::kSite ? streams_down() : streams_up();
  }

  // Runs of the site's journal, as they are here.
  std::vector<protocol::Incarnation> history;
  static protocol::Incarnation run(std::uint8_t id, std::uint64_t start) {
    protocol::Incarnation out;
    out.id.b.fill(id);
    out.start = StreamPos{start};
    return out;
  }

  Role role = Role::kSite;
  SiteNo peer;
  MemoryStreams store;
  std::unique_ptr<Session> session;
  Now now{MonoMs{1'000}, TimeMs{1'700'000'000'000}};
  std::optional<MonoMs> wake_at;
  std::vector<Action> actions;
  std::deque<Persist> writes;
  bool answer_reads = true;
};

}  // namespace opora::sync::testing
