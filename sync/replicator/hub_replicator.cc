#include "sync/replicator/hub_replicator.h"

#include <algorithm>
#include <array>

#include "protocol/base/check.h"
#include "protocol/codec/link_codec.h"

namespace opora::sync {
namespace {

constexpr const char* kLinkDomain = "opora.link";
// Frames handled before timers and the inbox get their turn.
constexpr int kFramesPerTurn = 256;
// Upper bound of one wait; everything that matters wakes the loop by itself.
constexpr int kIdleMs = 1'000;
// The old listener's port may need a moment to become free.
constexpr std::int64_t kRebindEveryMs = 50;

using protocol::CloseReason;

}  // namespace

HubReplicator::HubReplicator(const protocol::LinkContext& context, HubLinkOptions options,
                             const LinkPorts& ports, const PeerDirectory& directory,
                             EnrolmentDesk& desk)
    : options_(std::move(options)),
      ports_(ports),
      directory_(directory),
      context_(context),
      desk_(desk),
      inbox_(std::make_shared<Inbox>()),
      zap_(context, [&directory](std::string_view domain, const LinkKey& key) {
        return domain == EnrolServer::kDomain ||
               (domain == kLinkDomain && directory.site_of(key).has_value());
      }) {}

HubReplicator::~HubReplicator() { stop(); }

Status HubReplicator::start() {
  OPORA_CHECK(!thread_.joinable() && !stopping_);
  Status bound = bind();
  if (!bound.ok()) {
    router_.reset();
    enrol_.reset();
    zap_.stop();
    return bound;
  }
  thread_ = std::thread([this] { run(); });
  return ok_status();
}

Status HubReplicator::bind() {
  OPORA_TRY(zap_.start());
  auto router = protocol::Router::open(
      context_, zap_,
      {options_.link_endpoint, options_.keys, kLinkDomain, protocol::kMaxFrameBytes});
  if (!router.ok()) return router.error();
  router_ = std::move(router).value();
  OPORA_TRY(prove_strangers_refused(context_, router_->endpoint(), options_.keys.public_key));
  auto enrol =
      EnrolServer::open(context_, zap_, {options_.enrol_endpoint, options_.keys}, desk_, inbox_);
  if (!enrol.ok()) return enrol.error();
  enrol_ = std::move(enrol).value();
  return ok_status();
}

void HubReplicator::stop() {
  if (thread_.joinable()) {
    stopping_ = true;
    inbox_->post([] {});
    thread_.join();
  }
  inbox_->close();
  router_.reset();
  enrol_.reset();
  zap_.stop();
}

std::string HubReplicator::link_endpoint() const {
  return router_ ? router_->endpoint() : std::string();
}
std::string HubReplicator::enrol_endpoint() const {
  return enrol_ ? enrol_->endpoint() : std::string();
}

void HubReplicator::notify_appended(StreamKind stream, SiteNo peer) {
  const bool common = stream == StreamKind::kCommon || stream == StreamKind::kCommonKeys;
  inbox_->appended(stream, common ? kHubSite : peer);
}

void HubReplicator::revoke(SiteNo site) {
  inbox_->post([this, site] { on_revoked(site); });
}

void HubReplicator::run() {
  while (!stopping_) {
    const std::array<protocol::Readable, 3> sources{router_->readable(), enrol_->readable(),
                                                    protocol::Readable{nullptr, inbox_->fd()}};
    protocol::wait_readable(sources, timeout_ms());
    inbox_->run([this](StreamKind stream, SiteNo site) { on_appended(stream, site); });
    read_frames();
    enrol_->serve();
    tick();
    settle();
  }
  say_goodbye();
}

int HubReplicator::timeout_ms() const {
  const MonoMs now = mono_now();
  std::int64_t wait = kIdleMs;
  if (!timers_.empty()) wait = std::min(wait, timers_.begin()->first - now);
  if (rebind_at_) wait = std::min(wait, *rebind_at_ - now);
  return static_cast<int>(std::max<std::int64_t>(wait, 0));
}

void HubReplicator::read_frames() {
  for (int i = 0; i < kFramesPerTurn; ++i) {
    const auto frame = router_->receive();
    if (!frame) return;
    on_frame(*frame);
  }
}

void HubReplicator::on_frame(const protocol::RoutedFrame& frame) {
  const auto peer = peers_.find(frame.route);
  if (peer != peers_.end() && !peer->second.driver->closed()) {
    const auto driver = peer->second.driver;
    driver->frame(frame.frame);
  } else {
    settle();  // a closed session makes room for the next one on its connection
    admit(frame);
  }
}

// The first frame of a connection, or what came after its session's end.
void HubReplicator::admit(const protocol::RoutedFrame& routed) {
  auto frame = protocol::decode_frame(routed.frame);
  if (!frame.ok() || std::holds_alternative<protocol::Bye>(frame->message)) return;
  const auto* hello = std::get_if<protocol::Hello>(&frame->message);
  if (hello == nullptr) return send_bye(routed.route, *frame, CloseReason::kUnknownSession);
  const auto site = directory_.site_of(routed.key);
  if (!site) return send_bye(routed.route, *frame, CloseReason::kRevoked);
  if (!make_room(*site, *hello)) return send_bye(routed.route, *frame, CloseReason::kDoubled);
  begin_session(routed.route, *site, std::move(frame).value());
}

bool HubReplicator::make_room(SiteNo site, const protocol::Hello& hello) {
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

void HubReplicator::begin_session(const Route& route, SiteNo site, protocol::Frame hello) {
  SessionConfig config{Role::kHub, kHubSite, site, {}, options_.software};
  while (config.session.v == 0) ports_.random.fill(&config.session.v, sizeof config.session.v);
  const auto driver = std::make_shared<SessionDriver>(
      std::move(config), ports_, inbox_,
      [this, route](const Bytes& frame) {
        return router_->send(route, frame) == protocol::SendResult::kSent;
      },
      [this, route] { changed_.push_back(route); });
  peers_[route] = {driver, std::nullopt};
  by_site_[site] = route;
  driver->start();
  driver->deliver(Received{std::move(hello)});
}

// In the name of the session that the peer believes in, or of any when it has not heard of one.
void HubReplicator::send_bye(const Route& route, const protocol::Frame& to, CloseReason reason) {
  const protocol::SessionId from = to.to.v == 0 ? protocol::SessionId{1} : to.to;
  router_->send(route, protocol::encode_frame(
                           {from, to.from, protocol::Bye{reason, close_reason_name(reason)}}));
}

void HubReplicator::on_appended(StreamKind stream, SiteNo site) {
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

void HubReplicator::on_revoked(SiteNo site) {
  if (const auto route = by_site_.find(site); route != by_site_.end()) {
    const auto driver = peers_.at(route->second).driver;
    driver->deliver(Stop{CloseReason::kRevoked});
  }
  settle();
  rebind();
}

// ZeroMQ cannot end one connection; ending all costs the others one reconnection.
void HubReplicator::rebind() {
  rebind_at_.reset();
  if (!router_->rebind().ok()) rebind_at_ = mono_now() + kRebindEveryMs;
}

void HubReplicator::tick() {
  const MonoMs now = mono_now();
  if (rebind_at_ && *rebind_at_ <= now) rebind();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const Route route = timers_.begin()->second;
    timers_.erase(timers_.begin());
    Peer& peer = peers_.at(route);
    peer.timer.reset();
    const auto driver = peer.driver;
    driver->deliver(Tick{});
  }
}

// Brings timers up to date with the sessions that stepped and forgets those that ended.
void HubReplicator::settle() {
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

void HubReplicator::say_goodbye() {
  for (const auto& [site, route] : by_site_) {
    const auto driver = peers_.at(route).driver;
    driver->deliver(Stop{CloseReason::kStopping});
  }
  settle();
  peers_.clear();
  router_->linger();
}

}  // namespace opora::sync
