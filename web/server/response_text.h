// Internal: the head of an answer as it goes over the wire. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "web/server/http.h"

namespace opora::web {

enum class Persistence : std::uint8_t {
  kClose,
  kKeepAlive,
  kKeepAliveHttp10
};  // 1.0 wants to be told

struct AnswerFrame {
  Persistence persistence = Persistence::kKeepAlive;
  bool secure = false;
  std::string_view date;  // IMF-fixdate
};

// Appends status line and fields, with the security headers and "Cache-Control: no-store" where the
// response has none.
void append_head(std::string& out, const Response& response, const AnswerFrame& frame);

// Is a body sent with that status at all? (204 and 304: no.)
bool has_body(int status);

// "Fri, 20 Nov 2026 05:31:07 GMT"
std::string http_date(std::int64_t unix_seconds);

}  // namespace opora::web
