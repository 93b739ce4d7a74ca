#include "hub/region.h"

#include <algorithm>

#include "protocol/base/archive.h"
#include "web/app/daily.h"

namespace opora::hub {

namespace {

struct SavedLink {
  TimeMs since;
  TimeMs data_through;
  std::uint64_t pending = 0;
  TimeMs oldest_unsent;
  std::string software;
  template <class V>
  void visit(V&& v) {
    v(since, data_through, pending, oldest_unsent, software);
  }
};

Bytes rows_prefix() { return KeyWriter().text("site-link").take(); }
Bytes told_prefix() { return KeyWriter().text("site-told").take(); }

std::optional<TimeMs> known(TimeMs time) {
  return time.v == 0 ? std::nullopt : std::optional(time);
}

}  // namespace

Region::Region(sync::Store& store, sync::StoreStreams& streams, const Clock& clock, app::Live& live)
    : streams_(streams), clock_(clock), live_(live) {
  const Bytes prefix = rows_prefix();
  store.snapshot()->scan_prefix(
      sync::Table::kMeta, prefix, [&](std::string_view key, std::string_view value) {
        const auto saved = from_row<SavedLink>(value);
        if (!saved) return true;
        SiteLink& link = links_[SiteNo{KeyReader(key.substr(prefix.size())).u32()}];
        link.since = known(saved->since);
        link.data_through = known(saved->data_through);
        link.oldest_unsent = known(saved->oldest_unsent);
        link.pending = saved->pending;
        link.software = saved->software;
        return true;
      });
  store.snapshot()->scan_prefix(
      sync::Table::kMeta, told_prefix(), [&](std::string_view key, std::string_view value) {
        streams_.note_acked(sync::StreamKind::kPrivate,
                            SiteNo{KeyReader(key.substr(told_prefix().size())).u32()},
                            StreamPos{KeyReader(value).u64()});
        return true;
      });
}

SiteLink Region::link(SiteNo site) const {
  const std::lock_guard lock(mutex_);
  const auto it = links_.find(site);
  return it == links_.end() ? SiteLink{} : it->second;
}

std::optional<TimeMs> Region::data_through(SiteNo site) const { return link(site).data_through; }

Region::Held Region::held(SiteNo site) const {
  const sync::ReceiveState journal = streams_.cursor(sync::StreamKind::kJournal, site);
  Held out{journal.durable.pos, journal.safe, std::nullopt};
  const std::lock_guard lock(mutex_);
  const auto link = links_.find(site);
  const auto pace = paces_.find(site);
  if (link != links_.end() && pace != paces_.end() && link->second.connected)
    out.eta_s = pace->second.seconds_for(link->second.pending, clock_.now());
  return out;
}

std::size_t Region::connected_count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      links_.begin(), links_.end(), [](const auto& row) { return row.second.connected; }));
}

bool Region::clock_confirmed() const {
  const std::lock_guard lock(mutex_);
  std::size_t same = 0;
  std::size_t other = 0;
  for (const auto& [site, link] : links_)
    if (link.connected && link.same_time) ++(*link.same_time ? same : other);
  return same > other;
}

void Region::save(sync::Engine& engine) {
  std::vector<std::pair<Bytes, Bytes>> rows;
  {
    const std::lock_guard lock(mutex_);
    for (const SiteNo site : std::exchange(dirty_, {})) {
      const SiteLink& link = links_[site];
      const SavedLink saved{link.since.value_or(TimeMs{}), link.data_through.value_or(TimeMs{}),
                            link.pending, link.oldest_unsent.value_or(TimeMs{}), link.software};
      rows.emplace_back(KeyWriter().raw(rows_prefix()).u32(site.v).take(), to_row(saved));
      rows.emplace_back(KeyWriter().raw(told_prefix()).u32(site.v).take(),
                        KeyWriter().u64(told(site).v).take());
    }
  }
  if (rows.empty()) return;
  sync::Command command;
  command.decide = [rows = std::move(rows)](sync::Decision& decision) {
    for (const auto& [key, row] : rows) decision.put_meta(key, row);
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [](const Result<sync::Answer>&) {};
  engine.submit(std::move(command));
}

void Region::announce_behind() {
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [site, log] : logs_) app::log_lines(log.due(clock_.now()));
    const TimeMs current_from = clock_.now() + (-app::kBehindAfterMs);
    std::set<SiteNo> behind;
    for (const auto& [site, link] : links_)
      if (link.data_through && *link.data_through < current_from) behind.insert(site);
    news = behind != behind_;
    behind_ = std::move(behind);
  }
  if (news) live_.changed("sites");
}

app::LinkLog& Region::log_of(SiteNo site) {
  return logs_.try_emplace(site, "site " + std::to_string(site.v)).first->second;
}

void Region::changed() {
  live_.link_changed();
  live_.changed("sites");
}

void Region::raise(SiteNo site, const std::string& code, const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    auto& alarms = links_[site].alarms;
    alarms.push_back({code, text, clock_.now()});
    if (alarms.size() > kMaxAlarms) alarms.erase(alarms.begin());
  }
  changed();
}

void Region::connected(SiteNo peer, const sync::PeerInfo& info) {
  {
    const std::lock_guard lock(mutex_);
    app::log_lines(log_of(peer).up(clock_.now(), info.software));
    SiteLink& link = links_[peer];
    ++link.ups;
    link.connected = true;
    link.same_time.reset();
    link.since = clock_.now();
    link.software = info.software;
    dirty_.insert(peer);
  }
  changed();
}

void Region::disconnected(SiteNo peer, protocol::CloseReason reason, const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    app::log_lines(log_of(peer).down(clock_.now(), reason, text));
    SiteLink& link = links_[peer];
    ++link.downs;
    if (link.connected) link.since = clock_.now();
    link.connected = false;
    dirty_.insert(peer);
  }
  changed();
}

void Region::unreachable(SiteNo, const std::string&) {}  // the hub never calls a site

void Region::acked(SiteNo peer, sync::StreamKind stream, StreamPos durable, StreamPos) {
  streams_.note_acked(stream, peer, durable);
}

void Region::peer_status(SiteNo peer, const sync::PeerStatus& status) {
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    SiteLink& link = links_[peer];
    news = link.pending != status.pending;
    link.pending = status.pending;
    if (status.end.v >= status.pending)
      paces_[peer].note(clock_.now(), StreamPos{status.end.v - status.pending});
    link.oldest_unsent = status.oldest_pending_at;
    link.same_time = std::abs(clock_.now() - status.now.time()) <= kMaxClockLeadMs;
    if (status.data_through.v != 0) {
      link.data_through =
          std::max(link.data_through.value_or(TimeMs{}), status.data_through.time());
    }
    dirty_.insert(peer);
  }
  if (news) live_.changed("sites");
}

void Region::alarm(SiteNo peer, sync::AlarmCode code, const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    app::log_lines(log_of(peer).alarm(clock_.now(), sync::alarm_name(code), text));
  }
  raise(peer, sync::alarm_name(code), text);
}

}  // namespace opora::hub
