// Requests and answers as plain values, free of any HTTP library.
//
// A Request belongs to the handler that got it and may travel to another thread; nothing in it
// points back into the server. A Response belongs to the server once it is given to Respond.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/result.h"

namespace opora::web {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

// "GET" and so on; nothing for a method that this server does not know.
std::string_view method_name(Method method);
std::optional<Method> method_from(std::string_view name);

// Header fields in one block of memory. Names compare without case (ASCII).
class Headers {
 public:
  void reserve(std::size_t bytes, std::size_t fields);
  void add(std::string_view name, std::string_view value);
  // The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  std::size_t size() const { return entries_.size(); }
  std::pair<std::string_view, std::string_view> at(std::size_t index) const;

 private:
  struct Entry {
    std::uint32_t name = 0, name_size = 0, value = 0, value_size = 0;
  };
  std::string text_;
  std::vector<Entry> entries_;
};

// Decoded parameters in their order. Read them with QueryReader (query_reader.h), which names what
// is wrong.
using Query = std::vector<std::pair<std::string, std::string>>;
// The first value of that name.
std::optional<std::string_view> find_query(const Query& query, std::string_view name);

// Whether the one Content-Type of a request is application/json, whatever its parameters.
bool is_json(const Headers& headers);

// What a route's {names} stood for, decoded. A name that the pattern does not have is a bug
// (OPORA_CHECK).
class PathParams {
 public:
  void add(std::string_view name, std::string value) {
    items_.emplace_back(name, std::move(value));
  }
  const std::string& operator[](std::string_view name) const;
  std::size_t size() const { return items_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

struct Peer {
  std::string address;  // "10.1.2.3", without the port
  bool loopback = false;
  // Whose limits it spends: the address, of IPv6 the /64 that one customer gets: "2001:db8::/64".
  std::string network{};
};

struct Request {
  Method method = Method::kGet;
  std::string target;  // as sent: "/api/v1/tickets?limit=5"
  std::string
      path;  // decoded, always starts with '/', never holds a dot segment, NUL or an encoded slash
  Query query;
  Headers headers;
  std::string body;
  Peer peer;
  bool secure = false;  // came over TLS
};

// The value of one cookie of the request.
std::optional<std::string_view> find_cookie(const Request& request, std::string_view name);
// The token of "Authorization: Bearer …".
std::optional<std::string_view> find_bearer_token(const Request& request);

struct Response {
  int status = 200;
  std::string content_type;
  // Content-Length, Connection, Date and the security headers are the server's; "Cache-Control:
  // no-store" is added unless an own one is here. Line breaks in values become spaces.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Sent instead of `body` when not empty; must live as long as the process (embedded assets).
  std::string_view static_body;
  // Of a problem: what it is counted by.
  std::optional<Code> code{};
};

Response json_response(int status, std::string body);
Response text_response(int status, std::string_view text);
Response empty_response(int status);

// Where one answer goes. Implemented by the server.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  virtual void deliver(Response response) = 0;
};

// The right to answer one request: callable from any thread, once. Further calls do nothing; when
// the last copy goes without a call, the client gets 500. Outlives the server safely (then an
// answer goes nowhere).
class Respond {
 public:
  explicit Respond(std::unique_ptr<ResponseSink> sink);
  // For tests and for wrapping: answers go to `take`.
  explicit Respond(std::function<void(Response)> take);
  void operator()(Response response) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Called on an I/O thread: must not block. Work goes to another thread (the engine), which calls
// `Respond` later.
using Handler = std::function<void(Request, PathParams, Respond)>;

}  // namespace opora::web
