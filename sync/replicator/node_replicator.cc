#include "sync/replicator/node_replicator.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/base/check.h"
#include "sync/replicator/steady.h"

namespace opora::sync {
namespace {

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
      inbox_(std::make_shared<Inbox>()) {}

NodeReplicator::~NodeReplicator() { stop(); }

Status NodeReplicator::start() {
  OPORA_CHECK(!thread_.joinable() && !stopping_);
  // Tried here, so that an endpoint that cannot be one is said to whoever starts us.
  OPORA_TRY(open());
  dealer_.reset();
  exchange_.emplace(
      options_.site, options_.software, ports_,
      LoopHost{mono_now, [inbox = inbox_](Inbox::Task task) { inbox->post(std::move(task)); }},
      static_cast<SiteTransport&>(*this));
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

void NodeReplicator::notify_appended(StreamKind stream) {
  if (in_session_) inbox_->appended(stream, kHubSite);
}

void NodeReplicator::run() {
  exchange_->tick();
  while (!stopping_) {
    std::array<protocol::Readable, 3> sources{protocol::Readable{nullptr, inbox_->fd()}};
    std::size_t count = 1;
    if (dealer_) {
      for (const protocol::Readable& readable : dealer_->readables()) sources[count++] = readable;
    }
    protocol::wait_readable({sources.data(), count}, timeout_ms());
    inbox_->run([this](StreamKind stream, SiteNo) { exchange_->appended(stream); });
    read_connection();
    note_session();
    exchange_->tick();
  }
  exchange_->stop();
}

// What grew while nobody was told is in the store: the new session looks for itself.
void NodeReplicator::note_session() {
  const bool now = exchange_->has_session();
  if (in_session_.exchange(now) || !now) return;
  exchange_->appended(StreamKind::kJournalKeys);
  exchange_->appended(StreamKind::kJournal);
}

int NodeReplicator::timeout_ms() const {
  const auto wake = exchange_->wake_at();
  const std::int64_t wait = wake ? std::min<std::int64_t>(kIdleMs, *wake - mono_now()) : kIdleMs;
  return static_cast<int>(std::max<std::int64_t>(wait, 0));
}

Status NodeReplicator::open() {
  auto dealer = protocol::Dealer::open(
      context_, {options_.hub_endpoint, options_.hub_key, options_.keys, protocol::kMaxFrameBytes});
  if (!dealer.ok()) return dealer.error();
  dealer_ = std::move(dealer).value();
  return ok_status();
}

bool NodeReplicator::send(const Bytes& frame) {
  return dealer_->send(frame) == protocol::SendResult::kSent;
}

void NodeReplicator::close() {
  if (dealer_) dealer_->linger();
  dealer_.reset();
}

// Frames before the end of the connection: what the peer said last (a goodbye) counts.
void NodeReplicator::read_connection() {
  for (int i = 0; dealer_ && exchange_->has_session() && i < kFramesPerTurn; ++i) {
    const auto frame = dealer_->receive();
    if (!frame) break;
    exchange_->frame(*frame);
  }
  while (dealer_) {
    const auto event = dealer_->next_event();
    if (!event) return;
    if (event->kind == Kind::kConnected) {
      exchange_->connected();
    } else if (event->kind == Kind::kDisconnected && exchange_->has_session()) {
      exchange_->disconnected();
    } else {
      exchange_->failed(event->text);
    }
  }
}

}  // namespace opora::sync
