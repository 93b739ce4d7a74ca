#include "tests/sim/region/network.h"

#include <algorithm>
#include <utility>

namespace opora::sim {
namespace {

// The link's socket tries again by itself, 20 ms growing to 2 s; the middle of it.
constexpr std::int64_t kRedialMinMs = 20;
constexpr std::int64_t kRedialMaxMs = 400;
// How late an end may learn that its connection broke, when it learns it at all.
constexpr std::int64_t kNoticeSoonMs = 20;
constexpr std::int64_t kNoticeLateMs = 3'000;

std::size_t index_of(Way way) { return static_cast<std::size_t>(way); }

}  // namespace

void Network::attach_hub(HubEnd* hub) {
  hub_ = hub;
  if (hub != nullptr) return;
  for (auto& [id, line] : lines_) {
    line.hub_knows = true;
    break_line(id);
  }
}

void Network::attach_site(SiteNo site, std::uint64_t who, SiteEnd* end) {
  callers_[who] = {site, end, 0, 0};
}

void Network::detach_site(std::uint64_t who) {
  close(who);
  callers_.erase(who);
}

void Network::dial(std::uint64_t who) {
  Caller& caller = callers_.at(who);
  caller.dial = ++last_dial_;
  sim_.timeline.after(sim_.dice.between(1, 10),
                      [this, who, dial = caller.dial] { attempt(who, dial); });
}

void Network::attempt(std::uint64_t who, std::uint64_t dial) {
  const auto it = callers_.find(who);
  if (it == callers_.end() || it->second.dial != dial) return;
  Caller& caller = it->second;
  Weather& weather = weather_[caller.site];
  const std::int64_t now = sim_.timeline.now_ms();
  bool blocked = false;
  for (const Way way : {Way::kUp, Way::kDown}) {
    if (weather.blocked_until[index_of(way)] <= now) continue;
    blocked = true;
    if (hub_ != nullptr) feel(weather.block_felt[index_of(way)]);
  }
  if (hub_ != nullptr && !blocked) return establish(caller, who);
  sim_.timeline.after(sim_.dice.between(kRedialMinMs, kRedialMaxMs),
                      [this, who, dial] { attempt(who, dial); });
  caller.end->on_failed();
}

void Network::establish(Caller& caller, std::uint64_t who) {
  caller.dial = 0;
  caller.line = ++last_line_;
  lines_[caller.line] = {caller.site, who};
  caller.end->on_connected();
}

void Network::close(std::uint64_t who) {
  const auto it = callers_.find(who);
  if (it == callers_.end()) return;
  it->second.dial = 0;
  const LineId line = std::exchange(it->second.line, 0);
  if (line == 0) return;
  lines_.at(line).site_knows = true;
  break_line(line);
}

void Network::end_all() {
  for (auto& [id, line] : lines_) {
    line.hub_knows = true;
    break_line(id);
  }
}

bool Network::cut(SiteNo site) {
  bool stood = false;
  for (auto& [id, line] : lines_) {
    if (line.site != site) continue;
    stood = stood || !line.broken;
    break_line(id);
  }
  return stood;
}

void Network::break_line(LineId id) {
  Line& line = lines_.at(id);
  if (std::exchange(line.broken, true)) return;
  const auto notice = [this] {
    const std::int64_t late = sim_.dice.percent(70) ? kNoticeSoonMs : kNoticeLateMs;
    return sim_.dice.between(0, late);
  };
  // One in ten hears nothing at all: only the silence tells.
  if (!line.site_knows && sim_.dice.percent(90)) {
    sim_.timeline.after(notice(), [this, id] {
      Line& broken = lines_.at(id);
      if (std::exchange(broken.site_knows, true)) return;
      const auto caller = callers_.find(broken.who);
      if (caller != callers_.end() && caller->second.line == id)
        caller->second.end->on_disconnected();
    });
  }
  if (!line.hub_knows && sim_.dice.percent(90)) {
    sim_.timeline.after(notice(), [this, id] { lines_.at(id).hub_knows = true; });
  }
}

bool Network::send_up(std::uint64_t who, Bytes frame) {
  const auto it = callers_.find(who);
  if (it == callers_.end() || it->second.line == 0) return false;
  if (lines_.at(it->second.line).site_knows) return false;
  carry(it->second.line, Way::kUp, std::make_shared<const Bytes>(std::move(frame)));
  return true;
}

bool Network::send_down(LineId id, Bytes frame) {
  const auto line = lines_.find(id);
  if (line == lines_.end() || line->second.hub_knows) return false;
  carry(id, Way::kDown, std::make_shared<const Bytes>(std::move(frame)));
  return true;
}

std::int64_t Network::travel_ms(Line& line, Way way) {
  Weather& weather = weather_[line.site];
  const std::int64_t now = sim_.timeline.now_ms();
  const bool slow = weather.slow_until > now;
  if (slow) feel(weather.slow_felt);
  std::int64_t at = now + sim_.dice.between(0, slow ? weather.delay_ms : 3);
  const std::int64_t blocked_until = weather.blocked_until[index_of(way)];
  if (blocked_until > at) feel(weather.block_felt[index_of(way)]);
  at = std::max(at, blocked_until);
  std::int64_t& last = line.last_arrival[index_of(way)];
  if (hostility_ == 0) at = std::max(at, last);
  last = at;
  return at - now;
}

void Network::carry(LineId id, Way way, std::shared_ptr<const Bytes> frame) {
  Line& line = lines_.at(id);
  if (line.broken) return sim_.story.fault("message lost with its connection");
  int copies = 1;
  if (sim_.dice.percent(hostility_)) {
    copies = sim_.dice.percent(50) ? 0 : 2;
    sim_.story.fault(copies == 0 ? "message dropped" : "message repeated");
    feel(hostility_felt_);
  }
  for (int i = 0; i < copies; ++i) {
    std::int64_t delay = travel_ms(line, way);
    if (sim_.dice.percent(hostility_)) {
      delay += sim_.dice.between(0, 600);
      sim_.story.fault("message overtaken");
      feel(hostility_felt_);
    }
    sim_.timeline.after(delay, [this, id, way, frame] { arrive(id, way, *frame); });
  }
}

// What was under way when the line broke arrives or is lost; nothing follows what was lost.
void Network::arrive(LineId id, Way way, const Bytes& frame) {
  Line& line = lines_.at(id);
  if (line.broken && (line.last_arrival[index_of(way)] < 0 || sim_.dice.percent(30))) {
    line.last_arrival[index_of(way)] = -1;
    return sim_.story.fault("message lost with its connection");
  }
  sim_.story.mix(frame.size() * 4 + static_cast<std::uint64_t>(way));
  if (way == Way::kUp) {
    if (hub_ != nullptr && !line.hub_knows) hub_->on_frame(id, line.site, frame);
    return;
  }
  const auto caller = callers_.find(line.who);
  if (caller != callers_.end() && caller->second.line == id) caller->second.end->on_frame(frame);
}

void Network::block(SiteNo site, Way way, std::int64_t until_ms, Felt felt) {
  Weather& weather = weather_[site];
  std::int64_t& until = weather.blocked_until[index_of(way)];
  if (until_ms <= until) return;  // it stands blocked for longer
  until = until_ms;
  weather.block_felt[index_of(way)] = std::move(felt);
}

void Network::slow(SiteNo site, Slow slow, Felt felt) {
  Weather& weather = weather_[site];
  weather.delay_ms = slow.delay_ms;
  weather.slow_until = sim_.timeline.now_ms() + slow.for_ms;
  weather.slow_felt = std::move(felt);
}

}  // namespace opora::sim
