#include "sync/exchange/hub_exchange.h"

#include <algorithm>

#include "protocol/codec/link_codec.h"

namespace opora::sync {
namespace {

// The old listener's port may need a moment to become free.
constexpr std::int64_t kEndAllEveryMs = 50;

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
  if (!make_room(*site, *hello)) return send_bye(route, *frame, CloseReason::kDoubled);
  begin_session(route, *site, std::move(frame).value());
}

bool HubExchange::make_room(SiteNo site, const protocol::Hello& hello) {
  const auto route = by_site_.find(site);
  if (route == by_site_.end()) return true;
  const auto driver = peers_.at(route->second).driver;
  if (driver->closed()) return true;
  if (judge_second_session(driver->session().peer_incarnations(), hello.incarnations) ==
      SecondSession::kRefused) {
    ports_.observer.alarm(
        site, AlarmCode::kDoubled,
        "a second process with this key, incarnation " + hello.incarnations.back().id.hex());
    return false;
  }
  driver->deliver(Stop{CloseReason::kReplaced});
  settle();
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
  driver->start();
  driver->deliver(Received{std::move(hello)});
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
