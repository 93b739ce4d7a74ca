#include "sync/replicator/node_replicator.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/base/check.h"

namespace opora::sync {
namespace {

// A short cut should cost nothing…
constexpr std::int64_t kBackoffMs = 20;
// …and a hub that refuses or restarts should not be hammered by a region.
constexpr std::int64_t kBackoffMaxMs = 2'000;
// A session that lived this long was not the cause of its own end.
constexpr std::int64_t kStableMs = 5'000;
// Frames handled before timers and the inbox get their turn.
constexpr int kFramesPerTurn = 64;
// Upper bound of one wait; everything that matters wakes the loop by itself.
constexpr int kIdleMs = 1'000;

using Kind = protocol::DealerEvent::Kind;

}  // namespace

NodeReplicator::NodeReplicator(const protocol::LinkContext& context, NodeLinkOptions options,
                               const LinkPorts& ports)
    : context_(context),
      options_(std::move(options)),
      ports_(ports),
      inbox_(std::make_shared<Inbox>()),
      backoff_ms_(kBackoffMs) {}

NodeReplicator::~NodeReplicator() { stop(); }

Status NodeReplicator::start() {
  OPORA_CHECK(!thread_.joinable() && !stopping_);
  auto dealer = protocol::Dealer::open(
      context_, {options_.hub_endpoint, options_.hub_key, options_.keys, protocol::kMaxFrameBytes});
  if (!dealer.ok()) return dealer.error();
  dealer_ = std::move(dealer).value();
  thread_ = std::thread([this] { run(); });
  return ok_status();
}

void NodeReplicator::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  inbox_->post([] {});
  thread_.join();
  inbox_->close();
}

void NodeReplicator::notify_appended(StreamKind stream) { inbox_->appended(stream, kHubSite); }

void NodeReplicator::run() {
  while (!stopping_) {
    if (!dealer_ && mono_now() >= open_at_) open();
    std::array<protocol::Readable, 3> sources{protocol::Readable{nullptr, inbox_->fd()}};
    std::size_t count = 1;
    if (dealer_) {
      for (const protocol::Readable& readable : dealer_->readables()) sources[count++] = readable;
    }
    protocol::wait_readable({sources.data(), count}, timeout_ms());
    inbox_->run([this](StreamKind stream, SiteNo) {
      if (driver_) driver_->appended(stream);
    });
    read_connection();
    tick();
  }
  if (driver_ && !driver_->closed()) driver_->deliver(Stop{protocol::CloseReason::kStopping});
  if (dealer_) dealer_->linger();
  driver_.reset();
  dealer_.reset();
}

int NodeReplicator::timeout_ms() const {
  const MonoMs now = mono_now();
  std::int64_t wait = kIdleMs;
  if (!dealer_) wait = std::min(wait, open_at_ - now);
  if (driver_ && driver_->wake_at()) wait = std::min(wait, *driver_->wake_at() - now);
  return static_cast<int>(std::max<std::int64_t>(wait, 0));
}

void NodeReplicator::open() {
  auto dealer = protocol::Dealer::open(
      context_, {options_.hub_endpoint, options_.hub_key, options_.keys, protocol::kMaxFrameBytes});
  if (dealer.ok()) {
    dealer_ = std::move(dealer).value();
  } else {
    end_attempt(dealer.error().message);
  }
}

// Frames before the end of the connection: what the peer said last (a goodbye) counts.
void NodeReplicator::read_connection() {
  for (int i = 0; dealer_ && driver_ && i < kFramesPerTurn; ++i) {
    const auto frame = dealer_->receive();
    if (!frame) break;
    driver_->frame(*frame);
  }
  while (dealer_) {
    const auto event = dealer_->next_event();
    if (!event) return;
    if (event->kind == Kind::kConnected) {
      begin_session();
    } else if (event->kind == Kind::kDisconnected && driver_) {
      driver_->deliver(Disconnected{});
    } else {
      report(event->text);
    }
  }
}

void NodeReplicator::begin_session() {
  // A second connection of the same socket cannot be: the first one's end ends the socket.
  if (driver_) return driver_->deliver(Disconnected{});
  SessionConfig config{Role::kSite, options_.site, kHubSite, {}, options_.software};
  while (config.session.v == 0) ports_.random.fill(&config.session.v, sizeof config.session.v);
  up_since_ = mono_now();
  driver_ = std::make_shared<SessionDriver>(
      std::move(config), ports_, inbox_,
      [this](const Bytes& frame) { return dealer_->send(frame) == protocol::SendResult::kSent; },
      [] {});
  driver_->start();
}

void NodeReplicator::tick() {
  if (!driver_) return;
  const MonoMs now = mono_now();
  if (driver_->was_up()) reported_.clear();
  if (driver_->wake_at() && *driver_->wake_at() <= now) driver_->deliver(Tick{});
  if (driver_->closed()) end_attempt(driver_->was_up() ? std::string() : driver_->close_text());
}

void NodeReplicator::end_attempt(const std::string& why) {
  if (!why.empty()) report(why);
  const MonoMs now = mono_now();
  if (driver_ && driver_->was_up() && now - up_since_ >= kStableMs) backoff_ms_ = kBackoffMs;
  if (dealer_) dealer_->linger();
  driver_.reset();
  dealer_.reset();
  // Half fixed, half random: a region that lost its hub does not come back in step.
  std::uint32_t dice = 0;
  ports_.random.fill(&dice, sizeof dice);
  open_at_ = now + backoff_ms_ / 2 + dice % (backoff_ms_ / 2 + 1);
  backoff_ms_ = std::min(backoff_ms_ * 2, kBackoffMaxMs);
}

// Once per reason, not once per attempt.
void NodeReplicator::report(const std::string& why) {
  if (why == reported_) return;
  reported_ = why;
  ports_.observer.unreachable(kHubSite, why);
}

}  // namespace opora::sync
