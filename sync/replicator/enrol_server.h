// The hub's enrolment socket: open to any key, understands one request, slow on purpose. Owned and
// called by HubReplicator on its thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "protocol/link/router.h"
#include "sync/exchange/ports.h"
#include "sync/replicator/inbox.h"
#include "sync/replicator/steady.h"

namespace opora::sync {

// Attempts a second, and at once. The secret has 120 bits, so this is about the hub's own load; a
// successful enrolment gives its place back, so that a whole region can enrol in one go.
inline constexpr int kEnrolPerSecond = 5;

struct EnrolServerOptions {
  std::string endpoint;
  protocol::LinkKeyPair keys;
};

class EnrolServer {
 public:
  static constexpr std::string_view kDomain = "opora.enrol";

  static Result<std::unique_ptr<EnrolServer>> open(const protocol::LinkContext& context,
                                                   const protocol::ZapHandler& zap,
                                                   const EnrolServerOptions& options,
                                                   EnrolmentDesk& desk,
                                                   std::shared_ptr<Inbox> inbox);

  // Handles the requests that have come.
  void serve();
  protocol::Readable readable() const { return router_->readable(); }
  const std::string& endpoint() const { return router_->endpoint(); }

 private:
  EnrolServer(std::unique_ptr<protocol::Router> router, EnrolmentDesk& desk,
              std::shared_ptr<Inbox> inbox);
  void handle(const protocol::RoutedFrame& request);
  void answer(const protocol::RouteId& route, const protocol::EnrolMessage& message);
  void refuse(const protocol::RouteId& route, protocol::EnrolRefusal code);
  bool take_token();

  std::unique_ptr<protocol::Router> router_;
  EnrolmentDesk& desk_;
  std::shared_ptr<Inbox> inbox_;
  std::int64_t millitokens_ = kEnrolPerSecond * 1'000;
  MonoMs filled_at_;
};

}  // namespace opora::sync
