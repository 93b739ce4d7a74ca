// Internal: may this request become a WebSocket? Pure.
#pragma once

#include <optional>
#include <string>

#include "web/server/http.h"

namespace opora::web {

struct UpgradeFault {
  int status = 400;
  std::string message;
};

// Nothing when the handshake is well-formed (RFC 6455 §4.2.1) and comes from a page of this host,
// or from no page: the Origin must name the Host; a cookie without an Origin is refused, since
// every browser sends one.
std::optional<UpgradeFault> judge_upgrade(const Request& request);

}  // namespace opora::web
