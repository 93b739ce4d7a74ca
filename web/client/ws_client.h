// WsClient: one WebSocket to a server, for somebody who mostly listens. One thread reads; stop()
// from any. It answers pings; whether anybody still speaks at the other end, the caller finds out.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "protocol/base/result.h"
#include "web/client/remote.h"

namespace opora::web {

class WsClient {
 public:
  explicit WsClient(Remote remote, ClientLimits limits = {});
  ~WsClient();
  WsClient(const WsClient&) = delete;
  WsClient& operator=(const WsClient&) = delete;

  // Connects anew. kUnavailable.
  Status open(const std::string& target);
  // The next whole text. Nothing: none came within the time. kUnavailable: it is closed, broken or
  // stopped.
  Result<std::optional<std::string>> next(int wait_ms);
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opora::web
