#include "sync/replicator/hub_replicator.h"

#include <algorithm>
#include <array>

#include "protocol/base/check.h"
#include "sync/replicator/steady.h"

namespace opora::sync {
namespace {

constexpr const char* kLinkDomain = "opora.link";
// Handled before timers and the inbox get their turn: frames, and bytes of them, since those of a
// catch-up take milliseconds each and acknowledgements wait in the inbox.
constexpr int kFramesPerTurn = 256;
constexpr std::size_t kBytesPerTurn = protocol::kMaxBatchBytes;
// Upper bound of one wait; everything that matters wakes the loop by itself.
constexpr int kIdleMs = 1'000;
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
  exchange_.emplace(
      options_.software, ports_, directory_,
      LoopHost{mono_now, [inbox = inbox_](Inbox::Task task) { inbox->post(std::move(task)); }},
      static_cast<HubTransport&>(*this));
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
  inbox_->post([this, site] { exchange_->revoked(site); });
}

void HubReplicator::renew(SiteNo site) {
  inbox_->post([this, site] { exchange_->renew(site); });
}

void HubReplicator::run() {
  while (!stopping_) {
    const std::array<protocol::Readable, 3> sources{router_->readable(), enrol_->readable(),
                                                    protocol::Readable{nullptr, inbox_->fd()}};
    protocol::wait_readable(sources, timeout_ms());
    inbox_->run([this](StreamKind stream, SiteNo site) { exchange_->appended(stream, site); });
    read_frames();
    enrol_->serve();
    exchange_->tick();
  }
  exchange_->stop();
  router_->linger();
}

int HubReplicator::timeout_ms() const {
  const auto wake = exchange_->wake_at();
  const std::int64_t wait = wake ? std::min<std::int64_t>(kIdleMs, *wake - mono_now()) : kIdleMs;
  return static_cast<int>(std::max<std::int64_t>(wait, 0));
}

void HubReplicator::read_frames() {
  std::size_t bytes = 0;
  for (int i = 0; i < kFramesPerTurn && bytes < kBytesPerTurn; ++i) {
    const auto frame = router_->receive();
    if (!frame) return;
    bytes += frame->frame.size();
    exchange_->frame(frame->route, frame->key, frame->frame);
  }
}

bool HubReplicator::send(const Route& route, const Bytes& frame) {
  return router_->send(route, frame) == protocol::SendResult::kSent;
}

// ZeroMQ cannot end one connection; ending all costs the others one reconnection.
Status HubReplicator::end_all() { return router_->rebind(); }

}  // namespace opora::sync
