// Internal: the head of a request (request line and fields), parsed and judged. Pure; Beast's
// parser does the tokens, the rules that it leaves open (see request_head.cc) are ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "web/server/http.h"
#include "web/server/limits.h"

namespace opora::web {

enum class Framing : std::uint8_t { kNone, kLength, kChunked };

struct RequestHead {
  Method method = Method::kGet;
  std::string target;
  std::string path;
  Query query;
  Headers headers;
  Framing framing = Framing::kNone;
  std::uint64_t content_length = 0;  // with kLength
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

struct HeadFault {
  int status = 400;
  std::string message;
};

// `head` ends with the empty line. Refused: HTTP other than 1.0 and 1.1, folded fields, bare CR or
// LF, control characters, no Host or two, a Transfer-Encoding other than exactly "chunked", or
// with 1.0, or with Content-Length, two or odd Content-Lengths, an Expect other than 100-continue,
// a bad target (target.h), more fields than the limit.
std::variant<RequestHead, HeadFault> parse_head(std::string_view head, const Limits& limits);

// Could `first` begin a request line? (A TLS hello on a plain port does not, and is refused at
// once.)
bool may_start_request(char first);

}  // namespace opora::web
