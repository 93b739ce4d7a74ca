#include "sync/replicator/enrol_server.h"

#include <algorithm>
#include <utility>

#include "protocol/codec/link_codec.h"

namespace opora::sync {
namespace {

// Requests handled in one turn of the loop, so that a flood cannot hold up replication.
constexpr int kRequestsPerTurn = 8;
constexpr std::int64_t kTokenMilli = 1'000;
constexpr std::int64_t kFullMilli = kEnrolPerSecond * kTokenMilli;

}  // namespace

EnrolServer::EnrolServer(std::unique_ptr<protocol::Router> router, EnrolmentDesk& desk,
                         std::shared_ptr<Inbox> inbox)
    : router_(std::move(router)), desk_(desk), inbox_(std::move(inbox)), filled_at_(mono_now()) {}

Result<std::unique_ptr<EnrolServer>> EnrolServer::open(const protocol::LinkContext& context,
                                                       const protocol::ZapHandler& zap,
                                                       const EnrolServerOptions& options,
                                                       EnrolmentDesk& desk,
                                                       std::shared_ptr<Inbox> inbox) {
  auto router = protocol::Router::open(
      context, zap,
      {options.endpoint, options.keys, std::string(kDomain), protocol::kMaxEnrolRequestBytes});
  if (!router.ok()) return router.error();
  return std::unique_ptr<EnrolServer>(
      new EnrolServer(std::move(router).value(), desk, std::move(inbox)));
}

void EnrolServer::serve() {
  for (int i = 0; i < kRequestsPerTurn; ++i) {
    const auto request = router_->receive();
    if (!request) return;
    handle(*request);
  }
}

void EnrolServer::handle(const protocol::RoutedFrame& request) {
  using protocol::EnrolRefusal;
  if (!take_token()) return refuse(request.route, EnrolRefusal::kBusy);
  const auto message = protocol::decode_enrol(request.frame);
  const auto* enrol = message.ok() ? std::get_if<protocol::Enrol>(&*message) : nullptr;
  // The connection has proved the key that will be the site's identity.
  if (enrol == nullptr || enrol->key != request.key)
    return refuse(request.route, EnrolRefusal::kMalformed);
  if (enrol->version < protocol::kLinkMinVersion)
    return refuse(request.route, EnrolRefusal::kVersion);
  desk_.enrol(enrol->site, enrol->secret, enrol->key,
              [this, inbox = inbox_, route = request.route](EnrolmentDesk::Answer answered) {
                inbox->post([this, route, answered = std::move(answered)] {
                  if (std::holds_alternative<protocol::Enrolled>(answered)) {
                    millitokens_ = std::min(millitokens_ + kTokenMilli, kFullMilli);
                  }
                  std::visit([&](const auto& one) { answer(route, one); }, answered);
                });
              });
}

bool EnrolServer::take_token() {
  const MonoMs now = mono_now();
  millitokens_ = std::min(millitokens_ + (now - filled_at_) * kEnrolPerSecond, kFullMilli);
  filled_at_ = now;
  if (millitokens_ < kTokenMilli) return false;
  millitokens_ -= kTokenMilli;
  return true;
}

void EnrolServer::refuse(const protocol::RouteId& route, protocol::EnrolRefusal code) {
  answer(route, protocol::Refused{code});
}

// A peer that is gone asks again; the desk gives the same secret with the same key the same answer.
void EnrolServer::answer(const protocol::RouteId& route, const protocol::EnrolMessage& message) {
  router_->send(route, encode_enrol(message));
}

}  // namespace opora::sync
