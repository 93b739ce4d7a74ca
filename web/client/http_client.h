// HttpClient: requests to one server, one after the other over one connection, which is made when
// it is needed and again when it broke. One thread uses it; stop() from any.
//
// An answer comes whole and within ClientLimits, or not at all. A connection that the server closed
// while it was idle is made anew once, silently, for no byte of an answer was lost; whoever sends
// what must not be done twice names it (an id of his own).
#pragma once

#include <memory>
#include <string>

#include "protocol/base/result.h"
#include "web/client/remote.h"

namespace opora::web {

struct Reply {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  enum class Method : std::uint8_t { kGet, kPost, kPut, kDelete };
  explicit HttpClient(Remote remote, ClientLimits limits = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `json` may be empty: no body. kUnavailable: no connection, cut, late, stopped; kTooLarge.
  Result<Reply> send(Method method, const std::string& target, const std::string& json = {});
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opora::web
