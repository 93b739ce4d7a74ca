#include "sync/exchange/hub_exchange.h"

#include <algorithm>
#include <utility>

#include "protocol/codec/link_codec.h"

namespace opora::sync {
namespace {

// The old listener's port may need a moment to become free.
constexpr std::int64_t kEndAllEveryMs = 50;
// What a process sent before it died may arrive so long after its successor's first word: over a
// slow line, of which there are two for a moment.
constexpr std::int64_t kLateFramesMs = 2'000;

using protocol::CloseReason;

}  // namespace

HubExchange::HubExchange(std::string software, const LinkPorts& ports,
                         const PeerDirectory& directory, LoopHost host, HubTransport& transport)
    : software_(std::move(software)),
      ports_(ports),
      directory_(directory),
      host_(std::move(host)),
      transport_(transport) {}

void HubExchange::frame(const Route& route, const LinkKey& key, std::string_view bytes) {
  const auto peer = peers_.find(route);
  if (peer != peers_.end() && !peer->second.driver->closed()) {
    const auto driver = peer->second.driver;
    driver->frame(bytes);
  } else {
    settle();  // a closed session makes room for the next one on its connection
    admit(route, key, bytes);
  }
}

// The first frame of a connection, or what came after its session's end.
void HubExchange::admit(const Route& route, const LinkKey& key, std::string_view bytes) {
  auto frame = protocol::decode_frame(bytes);
  if (!frame.ok() || std::holds_alternative<protocol::Bye>(frame->message)) return;
  const auto* hello = std::get_if<protocol::Hello>(&frame->message);
  if (hello == nullptr) return send_bye(route, *frame, CloseReason::kUnknownSession);
  const auto site = directory_.site_of(key);
  if (!site) return send_bye(route, *frame, CloseReason::kRevoked);
  if (const auto refused = make_room(*site, *hello)) return send_bye(route, *frame, *refused);
  begin_session(route, *site, std::move(frame).value());
}

// Nothing when there is room for the session, else what the refused one is told.
std::optional<CloseReason> HubExchange::make_room(SiteNo site, const protocol::Hello& hello) {
  const auto route = by_site_.find(site);
  if (route == by_site_.end()) return std::nullopt;
  const auto driver = peers_.at(route->second).driver;
  if (driver->closed()) return std::nullopt;
  const Session& live = driver->session();
  const IncarnationId& arriving = hello.incarnations.back().id;
  const bool handshake = live.peer_incarnations().empty();
  if (!handshake &&
      judge_second_session(live.peer_incarnations().back().id, host_.steady() - live.heard_at(),
                           arriving) == SecondSession::kRefused) {
    return proven_doubled(site, arriving, live.heard_at()) ? CloseReason::kDoubled
                                                           : CloseReason::kHandshake;
  }
  refused_.erase(site);
  driver->deliver(Stop{CloseReason::kReplaced});
  settle();
  return std::nullopt;
}

// The live session's process is either gone, and another one was started in its place, or it is
// heard from after this one spoke: then there are two. Said once for each that arrives.
bool HubExchange::proven_doubled(SiteNo site, const IncarnationId& arriving, MonoMs heard_at) {
  const auto [it, first] = refused_.try_emplace(site, Refused{arriving, host_.steady(), false});
  Refused& refused = it->second;
  if (!first && refused.incarnation != arriving) refused = {arriving, host_.steady(), false};
  if (heard_at - refused.at < kLateFramesMs) return refused.told;
  if (!std::exchange(refused.told, true)) {
    ports_.observer.alarm(site, AlarmCode::kDoubled,
                          "a second process with this key, incarnation " + arriving.hex());
  }
  return true;
}

void HubExchange::begin_session(const Route& route, SiteNo site, protocol::Frame hello) {
  SessionConfig config{Role::kHub, kHubSite, site, {}, software_};
  while (config.session.v == 0) ports_.random.fill(&config.session.v, sizeof config.session.v);
  const auto driver = std::make_shared<SessionDriver>(
      std::move(config), ports_, host_,
      [this, route](const Bytes& frame) { return transport_.send(route, frame); },
      [this, route] { changed_.push_back(route); });
  peers_[route] = {driver, std::nullopt};
  by_site_[site] = route;
  if (catching_up_.size() >= kMaxCatchUps) driver->session().set_window(kWaitingWindow);
  driver->start();
  driver->deliver(Received{std::move(hello)});
  admit_catch_ups();
}

// In the name of the session that the peer believes in, or of any when it has not heard of one.
void HubExchange::send_bye(const Route& route, const protocol::Frame& to, CloseReason reason) {
  const protocol::SessionId from = to.to.v == 0 ? protocol::SessionId{1} : to.to;
  transport_.send(route, protocol::encode_frame(
                             {from, to.from, protocol::Bye{reason, close_reason_name(reason)}}));
}

void HubExchange::appended(StreamKind stream, SiteNo site) {
  const auto tell = [this, stream](const Route& route) {
    const auto driver = peers_.at(route).driver;
    if (!driver->closed()) driver->appended(stream);
  };
  if (site != kHubSite) {
    if (const auto route = by_site_.find(site); route != by_site_.end()) tell(route->second);
    return;
  }
  for (const auto& [one, route] : by_site_) tell(route);
}

void HubExchange::revoked(SiteNo site) {
  if (const auto route = by_site_.find(site); route != by_site_.end()) {
    const auto driver = peers_.at(route->second).driver;
    driver->deliver(Stop{CloseReason::kRevoked});
  }
  settle();
  end_all();
}

void HubExchange::end_all() {
  end_all_at_.reset();
  if (!transport_.end_all().ok()) end_all_at_ = host_.steady() + kEndAllEveryMs;
}

void HubExchange::tick() {
  const MonoMs now = host_.steady();
  if (end_all_at_ && *end_all_at_ <= now) end_all();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const Route route = timers_.begin()->second;
    timers_.erase(timers_.begin());
    Peer& peer = peers_.at(route);
    peer.timer.reset();
    const auto driver = peer.driver;
    driver->deliver(Tick{});
  }
  if (now - admitted_at_ >= kPingEveryMs) admit_catch_ups();
  settle();
}

// As of their last words. Who has begun stays until he is through.
void HubExchange::admit_catch_ups() {
  admitted_at_ = host_.steady();
  std::vector<std::pair<SiteNo, Session*>> behind;
  std::set<SiteNo> still;
  for (const auto& [site, route] : by_site_) {
    Session& session = peers_.at(route).driver->session();
    if (session.peer_pending() <= kCatchUpRecords) {
      session.set_window(kSessionWindow);
      continue;
    }
    behind.emplace_back(site, &session);
    if (catching_up_.contains(site)) still.insert(site);
  }
  catching_up_ = std::move(still);
  for (const auto& [site, session] : behind) {
    if (catching_up_.size() < kMaxCatchUps) catching_up_.insert(site);
    session->set_window(catching_up_.contains(site) ? kSessionWindow : kWaitingWindow);
  }
}

void HubExchange::renew(SiteNo site) {
  const auto route = by_site_.find(site);
  if (route == by_site_.end()) return;
  const auto driver = peers_.at(route->second).driver;
  driver->deliver(Stop{CloseReason::kStopping});
  settle();
}

std::optional<MonoMs> HubExchange::wake_at() const {
  std::optional<MonoMs> wake = end_all_at_;
  if (!timers_.empty())
    wake = std::min(wake.value_or(timers_.begin()->first), timers_.begin()->first);
  return wake;
}

// Brings timers up to date with the sessions that stepped and forgets those that ended.
void HubExchange::settle() {
  for (const Route& route : std::exchange(changed_, {})) {
    const auto it = peers_.find(route);
    if (it == peers_.end()) continue;
    Peer& peer = it->second;
    const bool closed = peer.driver->closed();
    const auto wanted = closed ? std::nullopt : peer.driver->wake_at();
    if (peer.timer != wanted) {
      if (peer.timer) timers_.erase({*peer.timer, route});
      if (wanted) timers_.emplace(*wanted, route);
      peer.timer = wanted;
    }
    if (!closed) continue;
    const auto site = by_site_.find(peer.driver->peer());
    if (site != by_site_.end() && site->second == route) by_site_.erase(site);
    peers_.erase(it);
  }
}

void HubExchange::stop() {
  for (const auto& [site, route] : by_site_) {
    const auto driver = peers_.at(route).driver;
    driver->deliver(Stop{CloseReason::kStopping});
  }
  settle();
  peers_.clear();
}

}  // namespace opora::sync
