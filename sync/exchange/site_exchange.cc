#include "sync/exchange/site_exchange.h"

#include <algorithm>
#include <utility>

namespace opora::sync {
namespace {

// A short cut should cost nothing…
constexpr std::int64_t kBackoffMs = 20;
// …and a hub that refuses or restarts should not be hammered by a region.
constexpr std::int64_t kBackoffMaxMs = 2'000;
// A session that lived this long was not the cause of its own end.
constexpr std::int64_t kStableMs = 5'000;

}  // namespace

SiteExchange::SiteExchange(SiteNo self, std::string software, const LinkPorts& ports, LoopHost host,
                           SiteTransport& transport)
    : self_(self),
      software_(std::move(software)),
      ports_(ports),
      host_(std::move(host)),
      transport_(transport),
      open_at_(host_.steady()),
      backoff_ms_(kBackoffMs) {}

void SiteExchange::connected() {
  // A second connection of the same socket cannot be: the first one's end ends the socket.
  if (driver_) return driver_->deliver(Disconnected{});
  SessionConfig config{Role::kSite, self_, kHubSite, {}, software_};
  while (config.session.v == 0) ports_.random.fill(&config.session.v, sizeof config.session.v);
  up_since_ = host_.steady();
  driver_ = std::make_shared<SessionDriver>(
      std::move(config), ports_, host_,
      [this](const Bytes& frame) { return transport_.send(frame); }, [] {});
  driver_->start();
}

void SiteExchange::disconnected() {
  if (driver_) driver_->deliver(Disconnected{});
}

void SiteExchange::failed(const std::string& why) { report(why); }

void SiteExchange::frame(std::string_view bytes) {
  if (driver_) driver_->frame(bytes);
}

void SiteExchange::appended(StreamKind stream) {
  if (driver_) driver_->appended(stream);
}

void SiteExchange::tick() {
  const MonoMs now = host_.steady();
  if (driver_) {
    if (driver_->was_up()) reported_.clear();
    if (driver_->wake_at() && *driver_->wake_at() <= now) driver_->deliver(Tick{});
    if (driver_->closed()) end_attempt(driver_->was_up() ? std::string() : driver_->close_text());
  }
  if (open_ || now < open_at_) return;
  open_ = true;
  if (const Status opened = transport_.open(); !opened.ok()) end_attempt(opened.error().message);
}

std::optional<MonoMs> SiteExchange::wake_at() const {
  if (!open_) return open_at_;
  return driver_ ? driver_->wake_at() : std::nullopt;
}

void SiteExchange::stop() {
  if (driver_ && !driver_->closed()) driver_->deliver(Stop{protocol::CloseReason::kStopping});
  driver_.reset();
  if (std::exchange(open_, false)) transport_.close();
}

void SiteExchange::end_attempt(const std::string& why) {
  if (!why.empty()) report(why);
  const MonoMs now = host_.steady();
  if (driver_ && driver_->was_up() && now - up_since_ >= kStableMs) backoff_ms_ = kBackoffMs;
  driver_.reset();
  open_ = false;
  transport_.close();
  // Half fixed, half random: a region that lost its hub does not come back in step.
  std::uint32_t dice = 0;
  ports_.random.fill(&dice, sizeof dice);
  open_at_ = now + backoff_ms_ / 2 + dice % (backoff_ms_ / 2 + 1);
  backoff_ms_ = std::min(backoff_ms_ * 2, kBackoffMaxMs);
}

// Once per reason, not once per attempt.
void SiteExchange::report(const std::string& why) {
  if (why == reported_) return;
  reported_ = why;
  ports_.observer.unreachable(kHubSite, why);
}

}  // namespace opora::sync
