#include "tests/sim/world.h"

#include <algorithm>

namespace opora::sync::testing {
namespace {

constexpr SiteNo kSiteNo{17};
constexpr std::int64_t kFaultPhaseMs = 20'000;
// Enough for a lost Hello (2.5 s), a reconnection and a few pings, one after the other.
constexpr std::int64_t kQuietPhaseMs = 20'000;
constexpr std::int64_t kWallStart = 1'700'000'000'000;

}  // namespace

struct World::Process {
  Process(Role its_role, SiteNo its_peer) : role(its_role), peer(its_peer) { store.hold(); }

  std::span<const StreamKind> sends() const { return role == Role::kSite ? streams_up() : down(); }
  std::span<const StreamKind> receives() const {
    return role == Role::kSite ? down() : streams_up();
  }
  // Without kRecall, the last: opora-sim plays lost stores.
  static std::span<const StreamKind> down() {
    return streams_down().first(streams_down().size() - 1);
  }

  Role role;
  SiteNo peer;
  MemoryStreams store;
  std::uint8_t incarnation = 1;
  std::uint16_t version = protocol::kLinkVersion;
  std::uint16_t peer_version = protocol::kLinkVersion;  // in this session
  std::unique_ptr<Session> session;
  std::uint64_t serial = 0;  // of the session; answers to an older one are dropped
  std::uint64_t line = 0;    // the connection that the session believes in
  std::optional<MonoMs> wake_at;
  std::map<StreamKind, std::vector<Bytes>> truth;  // what was appended, kept apart from the store
  std::map<StreamKind, StreamPos> sent;            // in this session
  std::map<StreamKind, StreamPos> acked;           // as the session reported
  std::map<StreamKind, std::size_t> checked;       // received entries that were compared
  std::map<StreamKind, std::set<std::uint64_t>> withdrawn;  // at some time, by position
};

World::World(std::uint64_t seed, Planted planted)
    : dice_(seed),
      planted_(planted),
      site_(std::make_unique<Process>(Role::kSite, kHubSite)),
      hub_(std::make_unique<Process>(Role::kHub, kSiteNo)) {}

World::~World() = default;

World::Process& World::other(Process& process) { return &process == site_.get() ? *hub_ : *site_; }

Now World::now() const { return {MonoMs{now_ms_}, TimeMs{kWallStart + now_ms_}}; }

void World::wrong(const std::string& what) {
  if (violations_.size() < 10)
    violations_.push_back("at " + std::to_string(now_ms_) + " ms: " + what);
}

void World::after(std::int64_t delay_ms, Job job) {
  jobs_.emplace(std::pair(now_ms_ + delay_ms, order_++), std::move(job));
}

void World::run_until(std::int64_t time_ms) {
  while (!jobs_.empty() && jobs_.begin()->first.first <= time_ms) {
    now_ms_ = jobs_.begin()->first.first;
    const Job job = std::move(jobs_.begin()->second);
    jobs_.erase(jobs_.begin());
    job();
  }
  now_ms_ = time_ms;
}

void World::run() {
  faults_ = {static_cast<std::uint64_t>(dice_.between(0, 20)),
             static_cast<std::uint64_t>(dice_.between(0, 15)),
             static_cast<std::uint64_t>(dice_.between(0, 4)), dice_.between(1, 400)};
  large_ = dice_.percent(4);
  if (dice_.percent(30)) (dice_.percent(50) ? *site_ : *hub_).version = protocol::kLinkMinVersion;
  plan_faults();
  connect();
  run_until(kFaultPhaseMs);
  quiet_ = true;
  faults_ = {};
  for (Process* process : {site_.get(), hub_.get()})
    if (process->version != protocol::kLinkVersion) upgrade(*process);
  run_until(kFaultPhaseMs + kQuietPhaseMs);
  check_equal(*site_, *hub_);
  check_equal(*hub_, *site_);
}

void World::plan_faults() {
  const std::int64_t records = large_ ? dice_.between(10, 40) : dice_.between(20, 150);
  for (std::int64_t i = 0; i < records; ++i)
    after(dice_.between(0, kFaultPhaseMs), [this] { append_one(); });
  for (std::int64_t i = dice_.between(0, 5); i > 0; --i)
    after(dice_.between(0, kFaultPhaseMs), [this] { cut(); });
  for (std::int64_t i = dice_.between(0, 4); i > 0; --i) {
    after(dice_.between(0, kFaultPhaseMs), [this] { crash(dice_.percent(50) ? *site_ : *hub_); });
  }
  // A hub of the version before knows of no rights that end.
  if (hub_->version < protocol::kWithdrawnSince) return;
  for (std::int64_t i = dice_.between(0, 30); i > 0; --i)
    after(dice_.between(0, kFaultPhaseMs), [this] { change_rights(); });
}

// A right to some neighbours in the queue ends; or, of small ones (how much is in flight is counted
// by what would be sent now), one that had ended is there again.
void World::change_rights() {
  const StreamKind stream = dice_.percent(70) ? StreamKind::kPrivate : StreamKind::kPrivateKeys;
  const std::uint64_t end = hub_->store.end(stream, kSiteNo).pos.v;
  if (end == 0) return;
  // Mostly of what still waits.
  const std::uint64_t back = static_cast<std::uint64_t>(dice_.between(0, 15));
  const std::uint64_t from = dice_.percent(80) && back < end ? end - back : 1 + dice_.next() % end;
  const std::uint64_t to = std::min(end, from + static_cast<std::uint64_t>(dice_.between(0, 20)));
  const bool ends = large_ || dice_.percent(80);
  for (std::uint64_t pos = from; pos <= to; ++pos) {
    hub_->store.withdraw(stream, kSiteNo, StreamPos{pos}, ends ? 1 : 0);
    if (ends) hub_->withdrawn[stream].insert(pos);
  }
}

void World::upgrade(Process& process) {
  process.version = protocol::kLinkVersion;
  crash(process);
}

void World::append_one() {
  Process& process = dice_.percent(60) ? *site_ : *hub_;
  const auto streams = process.sends();
  const StreamKind stream = streams[dice_.next() % streams.size()];
  // A few at once now and then: batches of more than one entry, and overlaps after a Nack.
  for (std::int64_t i = dice_.percent(20) ? dice_.between(2, 12) : 1; i > 0; --i) {
    const std::int64_t limit = large_ ? static_cast<std::int64_t>(protocol::kMaxEntryBytes) : 200;
    const std::int64_t size =
        is_keys(stream) ? (dice_.percent(50) ? 48 : 16) : dice_.between(1, limit);
    append(process, stream, static_cast<std::size_t>(size));
  }
  if (process.session) step(process, Appended{stream, process.store.end(stream, process.peer).pos});
}

void World::append(Process& process, StreamKind stream, std::size_t size) {
  Bytes bytes(size, '\0');
  for (std::size_t i = 0; i < size && i < 24; ++i) bytes[i] = static_cast<char>(dice_.next());
  auto& truth = process.truth[stream];
  truth.push_back(bytes);
  if (planted_ == Planted::kOtherRecord && truth.size() == 3) bytes[0] ^= 1;
  process.store.append(stream, process.peer, std::move(bytes));
  ++counts_.appended;
}

// A new connection: whatever stood before is gone.
void World::connect() {
  if (site_->session) return;
  line_ = ++lines_;
  begin_session(*site_);
}

// Each side notices at once, late, or only by the silence.
void World::cut() {
  ++counts_.cuts;
  const std::uint64_t line = std::exchange(line_, 0);
  for (Process* process : {site_.get(), hub_.get()}) {
    if (dice_.percent(30)) continue;
    after(dice_.between(0, 500), [this, process, line] {
      if (process->session && process->line == line) step(*process, Disconnected{});
    });
  }
}

void World::crash(Process& process) {
  ++counts_.crashes;
  cut();
  process.store.crash();
  drop_session(process);
  process.store.reopen(++process.incarnation);
}

void World::drop_session(Process& process) {
  process.session.reset();
  ++process.serial;
  // The site tries again; the hub waits for it.
  if (&process == site_.get()) after(dice_.between(20, 1'000), [this] { connect(); });
}

void World::begin_session(Process& process) {
  ++counts_.sessions;
  const SiteNo self = process.role == Role::kSite ? kSiteNo : kHubSite;
  process.session = std::make_unique<Session>(SessionConfig{process.role, self, process.peer,
                                                            protocol::SessionId{dice_.next() | 1},
                                                            "sim", process.version});
  process.peer_version = other(process).version;
  if (process.version != process.peer_version) ++counts_.older;
  ++process.serial;
  process.line = line_;
  process.sent.clear();
  process.acked.clear();
  Connected connected;
  for (StreamKind stream : process.sends())
    connected.sends.push_back({stream, process.store.end(stream, process.peer)});
  for (StreamKind stream : process.receives()) {
    ReceiveState cursor = process.store.cursor(stream, process.peer);
    if (planted_ == Planted::kCursorAhead && cursor.durable.pos.v == 5) ++cursor.durable.pos.v;
    connected.receives.push_back(cursor);
  }
  connected.incarnations = process.store.incarnations();
  step(process, std::move(connected));
}

void World::step(Process& process, SessionEvent event) {
  std::vector<SessionEvent> events;
  events.push_back(std::move(event));
  const std::uint64_t serial = process.serial;
  for (std::size_t i = 0; i < events.size() && process.serial == serial; ++i) {
    counts_.trace =
        counts_.trace * 1'099'511'628'211 + events[i].index() + static_cast<std::uint64_t>(now_ms_);
    Actions out = process.session->step(std::move(events[i]), now());
    process.wake_at = out.wake_at;
    for (Action& action : out.list) perform(process, action, events);
  }
  if (process.serial != serial) return;
  check_in_flight(process);
  if (process.session->closed()) return drop_session(process);
  tick_later(process);
}

void World::tick_later(Process& process) {
  if (!process.wake_at) return;
  after(*process.wake_at - now().mono,
        [this, &process, serial = process.serial, due = *process.wake_at] {
          if (process.serial == serial && process.wake_at == due) step(process, Tick{});
        });
}

void World::perform(Process& process, Action& action, std::vector<SessionEvent>& answers) {
  if (auto* send = std::get_if<Send>(&action)) {
    check_frame(process, send->frame);
    transmit(process, send->frame);
  } else if (auto* fetch = std::get_if<Fetch>(&action)) {
    auto fetched = process.store.fetch(fetch->stream, process.peer, fetch->from, fetch->max_bytes);
    if (planted_ == Planted::kForgottenAtSend) {
      for (Entry& entry : fetched->entries)
        if (std::exchange(entry.withdrawn, 0) != 0)
          entry.bytes = process.truth[fetch->stream][entry.pos.v - 1];
    }
    answers.push_back(
        Fetched{fetch->stream, fetch->from, fetched->before, std::move(fetched->entries)});
  } else if (auto* query = std::get_if<QueryChain>(&action)) {
    answers.push_back(ChainAt{query->stream, query->pos,
                              process.store.chain_at(query->stream, process.peer, query->pos)});
  } else if (std::holds_alternative<QueryStatus>(action)) {
    answers.push_back(StatusRead{process.store.status(process.peer)});
  } else if (auto* write = std::get_if<Persist>(&action)) {
    persist(process, *write);
  } else if (auto* acked = std::get_if<Acked>(&action)) {
    if (acked->durable < process.acked[acked->stream]) wrong("an acknowledgement went back");
    process.acked[acked->stream] = acked->durable;
  } else if (auto* alarm = std::get_if<Alarm>(&action)) {
    const bool older = process.version != process.peer_version;
    if (older && alarm->code == AlarmCode::kWithdrawn) ++counts_.stopped_old;
    else if (alarm->code != AlarmCode::kPersist)
      wrong("alarm " + std::string(alarm_name(alarm->code)) + ": " + alarm->text);
  }
}

void World::persist(Process& process, Persist& write) {
  if (planted_ == Planted::kAnswerBeforeSync) {
    const Entry& last = write.entries.back();
    after(0, [this, &process, serial = process.serial, stream = write.stream,
              end = StreamEnd{last.pos, last.chain}] {
      if (process.serial == serial) step(process, Persisted{stream, end, {}});
    });
  }
  const StreamKind stream = write.stream;
  process.store.persist(
      stream, process.peer, std::move(write.entries),
      [this, &process, serial = process.serial, stream](Result<PersistedTo> result) {
        check_stored(process, stream);
        if (process.serial != serial || planted_ == Planted::kAnswerBeforeSync) return;
        if (result.ok()) {
          step(process, Persisted{stream, result->durable, result->safe});
        } else {
          step(process, PersistFailed{stream, result.error().message});
        }
      });
  after(dice_.between(0, 100), [this, &process] { sync_one(process); });
}

void World::sync_one(Process& process) {
  if (process.store.waiting_writes() == 0) return;  // a crash was faster
  if (dice_.percent(faults_.write_fails)) {
    ++counts_.failed_writes;
    process.store.fail_next_write();
  }
  process.store.complete_one();
}

void World::transmit(Process& from, const protocol::Frame& frame) {
  ++counts_.messages;
  if (from.line != line_ || line_ == 0 || dice_.percent(faults_.drop)) {
    ++counts_.lost;
    return;
  }
  const int copies = dice_.percent(faults_.repeat) ? 2 : 1;
  if (copies == 2) ++counts_.repeated;
  for (int i = 0; i < copies; ++i) {
    after(dice_.between(0, faults_.delay_max_ms),
          [this, &to = other(from), line = line_, frame] { arrive(to, line, frame); });
  }
}

// What was under way when the line broke may still arrive, whoever is there by then.
void World::arrive(Process& to, std::uint64_t line, const protocol::Frame& frame) {
  if (line != line_ && dice_.percent(50)) return;
  const bool opens = std::holds_alternative<protocol::Hello>(frame.message) && frame.to.v == 0;
  if (opens && (line != line_ || &to != hub_.get())) return;
  if (opens && to.session && to.session->peer_session() != frame.from) {
    const auto& hello = std::get<protocol::Hello>(frame.message);
    const std::int64_t silent_ms = now_ms_ - to.session->heard_at().v;
    if (judge_second_session(to.session->peer_incarnations().back().id, silent_ms,
                             hello.incarnations.back().id) == SecondSession::kRefused) {
      return;  // a ghost; the handshake is given up and tried again
    }
    step(to, Stop{protocol::CloseReason::kReplaced});
  }
  if (opens && !to.session) begin_session(to);
  if (!to.session) return;
  // What the receiver asks for again is lost, and no longer in flight.
  if (const auto* nack = std::get_if<protocol::Nack>(&frame.message);
      nack != nullptr && to.session->live()) {
    StreamPos& sent = to.sent[nack->stream];
    if (nack->from > to.acked[nack->stream]) sent = std::min(sent, StreamPos{nack->from.v - 1});
  }
  step(to, Received{frame});
}

void World::check_frame(Process& from, const protocol::Frame& frame) {
  if (const auto* hello = std::get_if<protocol::Hello>(&frame.message)) {
    for (const auto& state : hello->receives) check_mark(from, state.stream, state.end.pos);
  } else if (const auto* ack = std::get_if<protocol::Ack>(&frame.message)) {
    for (const auto& mark : ack->marks) check_mark(from, mark.stream, mark.durable);
  } else if (const auto* ping = std::get_if<protocol::Ping>(&frame.message)) {
    for (const auto& mark : ping->marks) check_mark(from, mark.stream, mark.durable);
  } else if (const auto* batch = std::get_if<protocol::Batch>(&frame.message)) {
    from.sent[batch->stream] = StreamPos{batch->first.v + batch->entries.size() - 1};
    check_rights(from, *batch);
  } else if (const auto* over = std::get_if<protocol::Withdrawn>(&frame.message)) {
    from.sent[over->stream] = StreamPos{over->first.v + over->count - 1};
    ++counts_.withdrawn;
    if (from.peer_version < protocol::kWithdrawnSince)
      wrong("a message that the peer does not know");
  }
}

// Not a byte of what is not the site's to have at this moment; of a key, its name to a version that
// cannot do without.
void World::check_rights(Process& from, const protocol::Batch& batch) {
  if (!may_be_withdrawn(batch.stream)) return;
  const bool old = from.peer_version < protocol::kWithdrawnSince && is_keys(batch.stream);
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    const StreamPos pos{batch.first.v + i};
    if (!from.store.is_withdrawn(batch.stream, from.peer, pos)) continue;
    if (!old || batch.entries[i].size() != sizeof(AggregateId))
      wrong(std::string(stream_name(batch.stream)) + " " + std::to_string(pos.v) +
            " was sent after the right to it had ended");
  }
}

void World::check_mark(Process& from, StreamKind stream, StreamPos durable) {
  if (durable.v > from.store.received_count(stream, from.peer))
    wrong("said to be durable and is not");
}

void World::check_in_flight(Process& process) {
  std::size_t bytes = 0;
  for (const auto& [stream, sent] : process.sent) {
    bytes += process.store.bytes_between(stream, process.peer, process.acked[stream], sent);
  }
  counts_.most_in_flight = std::max(counts_.most_in_flight, bytes);
  if (bytes > kSessionWindow) wrong("more in flight than the window");
}

// The receiver holds a beginning of what was appended at the sender: every entry, once, in order,
// unchanged, but for those to which it had no right at some time.
void World::check_stored(Process& process, StreamKind stream) {
  const auto& truth = other(process).truth[stream];
  std::size_t& checked = process.checked[stream];
  const std::size_t held = process.store.received_count(stream, process.peer);
  for (; checked < held; ++checked) {
    const Bytes here = process.store.received_at(stream, process.peer, StreamPos{checked + 1});
    const bool same = checked < truth.size() && here == truth[checked];
    const bool without = other(process).withdrawn[stream].contains(checked + 1) &&
                         (here.empty() || (is_keys(stream) && here.size() == sizeof(AggregateId)));
    if (!same && !without)
      return wrong(std::string(stream_name(stream)) + " " + std::to_string(checked + 1) +
                   " differs");
  }
}

void World::check_equal(Process& from, Process& to) {
  for (StreamKind stream : from.sends()) {
    const std::size_t appended = from.truth[stream].size();
    const std::size_t held = to.store.received_count(stream, to.peer);
    if (held != appended) {
      wrong(std::string(stream_name(stream)) + ": " + std::to_string(held) + " of " +
            std::to_string(appended) + " arrived");
    } else if (from.acked[stream].v != appended) {
      wrong(std::string(stream_name(stream)) + ": not all acknowledged");
    }
  }
}

}  // namespace opora::sync::testing
