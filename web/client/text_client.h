// TextClient: one TCP connection to a server that speaks in lines, for somebody who mostly listens.
// One thread uses it; stop() from any.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "protocol/base/result.h"
#include "web/client/remote.h"

namespace opora::web {

class TextClient {
 public:
  explicit TextClient(Remote remote, ClientLimits limits = {});
  ~TextClient();
  TextClient(const TextClient&) = delete;
  TextClient& operator=(const TextClient&) = delete;

  // Connects anew. kUnavailable.
  Status open();
  // All of it within the limit for an answer. kUnavailable: closed, broken, late or stopped.
  Status send(const std::string& text);
  // What came next, cut anywhere. Nothing: nothing came within the time. kUnavailable: it is
  // closed, broken or stopped.
  Result<std::optional<std::string>> next(int wait_ms);
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opora::web
