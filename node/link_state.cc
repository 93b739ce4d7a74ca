#include "node/link_state.h"

#include "protocol/base/archive.h"

namespace opora::node {

namespace {

// What a restart keeps.
struct SavedLink {
  StreamPos acked;
  StreamPos safe;
  TimeMs last_success;
  TimeMs region_through;
  template <class V>
  void visit(V&& v) {
    v(acked, safe, last_success, region_through);
  }
};

Bytes saved_key() { return KeyWriter().text("link").take(); }

// A row of its own: a row of an earlier version has none.
Bytes silence_key() { return KeyWriter().text("link_silence").take(); }

std::optional<TimeMs> known(TimeMs time) {
  return time.v == 0 ? std::nullopt : std::optional(time);
}

}  // namespace

StreamPos saved_acked(const sync::Reader& rows) {
  const auto row = rows.get(sync::Table::kMeta, saved_key());
  if (!row) return {};
  return from_row<SavedLink>(*row).value_or(SavedLink{}).acked;
}

LinkState::LinkState(sync::Store& store, sync::StoreStreams& streams, const Clock& clock,
                     app::Live& live)
    : streams_(streams), clock_(clock), live_(live) {
  if (const auto row = store.snapshot()->get(sync::Table::kMeta, saved_key())) {
    const SavedLink saved = from_row<SavedLink>(*row).value_or(SavedLink{});
    view_.acked = saved.acked;
    view_.safe = saved.safe;
    view_.last_success = known(saved.last_success);
    saved_heard_ = saved.last_success;
    view_.region_through = known(saved.region_through);
    streams_.note_acked(sync::StreamKind::kJournal, kHubSite, saved.acked);
  }
  if (const auto row = store.snapshot()->get(sync::Table::kMeta, silence_key()))
    view_.silence = from_row<protocol::Silence>(*row);
  view_.since = clock_.now();
}

LinkView LinkState::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

StreamPos LinkState::acked() const {
  const std::lock_guard lock(mutex_);
  return view_.acked;
}

std::optional<TimeMs> LinkState::last_success() const {
  const std::lock_guard lock(mutex_);
  return view_.last_success;
}

std::optional<protocol::Silence> LinkState::silence() const {
  const std::lock_guard lock(mutex_);
  return view_.silence;
}

void LinkState::note_heard() {
  const TimeMs now = clock_.now();
  const TimeMs before = view_.last_success.value_or(TimeMs{});
  if (now - before >= protocol::kSilenceMs) {
    view_.silence = protocol::Silence{before, now};
    silence_dirty_ = true;
  }
  view_.last_success = now;
}

std::optional<std::int64_t> LinkState::seconds_for(sync::StreamKind stream,
                                                   std::uint64_t waiting) const {
  const std::lock_guard lock(mutex_);
  const auto it = paces_.find(stream);
  return it == paces_.end() ? std::nullopt : it->second.seconds_for(waiting, clock_.now());
}

void LinkState::save(sync::BatchIntake& engine) {
  SavedLink saved;
  std::optional<protocol::Silence> silence;
  {
    const std::lock_guard lock(mutex_);
    app::log_lines(log_.due(clock_.now()));
    const TimeMs heard = view_.last_success.value_or(TimeMs{});
    if (std::exchange(silence_dirty_, false)) {
      silence = view_.silence;
      dirty_ = true;
    }
    if (!std::exchange(dirty_, false) && heard - saved_heard_ < kHeardEveryMs) return;
    saved = {view_.acked, view_.safe, heard, view_.region_through.value_or(TimeMs{})};
    saved_heard_ = heard;
  }
  sync::Command command;
  command.decide = [row = to_row(saved), silence](sync::Decision& decision) {
    decision.put_meta(saved_key(), row);
    if (silence) decision.put_meta(silence_key(), to_row(*silence));
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [](const Result<sync::Answer>&) {};
  engine.submit(std::move(command));
}

bool LinkState::clock_confirmed() const {
  const std::lock_guard lock(mutex_);
  return clock_confirmed_;
}

void LinkState::connected(SiteNo, const sync::PeerInfo& info) {
  {
    const std::lock_guard lock(mutex_);
    app::log_lines(log_.up(clock_.now(), info.software));
    ++view_.ups;
    view_.connected = true;
    note_heard();
    view_.since = view_.last_success;
    view_.last_error.clear();
    view_.last_error_code.clear();
    dirty_ = true;
  }
  live_.link_changed();
  live_.changed("sync");
}

void LinkState::disconnected(SiteNo, protocol::CloseReason reason, const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    app::log_lines(log_.down(clock_.now(), reason, text));
    ++view_.downs;
    if (view_.connected) view_.since = view_.last_success.value_or(clock_.now());
    view_.connected = false;
    clock_confirmed_ = false;
    view_.last_error_code = protocol::close_reason_name(reason);
    view_.last_error = text.empty() ? view_.last_error_code : text;
  }
  live_.link_changed();
  live_.changed("sync");
}

void LinkState::unreachable(SiteNo, const std::string& text) {
  const std::lock_guard lock(mutex_);
  app::log_lines(log_.failed(clock_.now(), text));
  view_.last_error = text;
  view_.last_error_code = kUnreachable;
}

void LinkState::acked(SiteNo peer, sync::StreamKind stream, StreamPos durable, StreamPos safe) {
  streams_.note_acked(stream, peer, durable);
  {
    const std::lock_guard lock(mutex_);
    paces_[stream].note(clock_.now(), durable);
  }
  if (stream != sync::StreamKind::kJournal) return;
  {
    const std::lock_guard lock(mutex_);
    // As it last said: a hub that was restored from a backup holds less than it did.
    if (durable == view_.acked && safe == view_.safe) return;
    view_.acked = durable;
    view_.safe = safe;
    note_heard();
    dirty_ = true;
  }
  live_.link_changed();
  live_.changed("sync");
}

void LinkState::peer_status(SiteNo, const sync::PeerStatus& status) {
  const std::lock_guard lock(mutex_);
  note_heard();
  view_.region_pending = status.pending;
  clock_confirmed_ = std::abs(clock_.now() - status.now.time()) <= kMaxClockLeadMs;
  if (status.data_through.v != 0) view_.region_through = status.data_through.time();
}

void LinkState::alarm(SiteNo, sync::AlarmCode code, const std::string& text) {
  const std::lock_guard lock(mutex_);
  app::log_lines(log_.alarm(clock_.now(), sync::alarm_name(code), text));
  view_.alarms.push_back({sync::alarm_name(code), text, clock_.now()});
  if (view_.alarms.size() > kMaxAlarms) view_.alarms.erase(view_.alarms.begin());
}

}  // namespace opora::node
