// The tool's side of the HTTP API, over libcurl. One connection, one thread. Speaks to a daemon on
// this machine over http, to any other over https only: a bearer token never travels in the clear.
#pragma once

#include <memory>
#include <string>

#include "protocol/base/result.h"

namespace opora::tool {

struct Server {
  std::string url;      // "http://127.0.0.1:8080", nothing after the port
  std::string token;    // bearer
  std::string ca_file;  // PEM; empty: the system's authorities
};

class Api {
 public:
  // Connects at the first request. kInvalid "url".
  static Result<Api> open(const Server& server);
  Api(Api&&) noexcept;
  Api& operator=(Api&&) noexcept;
  ~Api();

  // The body of a 2xx answer. kUnavailable when the daemon is not reached or says so; else the
  // daemon's own code, path and detail.
  Result<std::string> get(const std::string& path);
  // A new Idempotency-Key each time.
  Result<std::string> post(const std::string& path, const std::string& json);

 private:
  class Connection;
  explicit Api(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace opora::tool
