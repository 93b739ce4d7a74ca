// The request target (RFC 9112 origin-form) taken apart and decoded. Pure.
#pragma once

#include <string_view>

#include "protocol/base/result.h"
#include "web/server/http.h"

namespace opora::web {

struct Target {
  std::string path;  // decoded
  Query query;       // decoded
};

// Refuses (kInvalid): anything but "/…" (absolute-form, "*"), bad or NUL escapes, text that is not
// UTF-8 after decoding, encoded slashes and backslashes, dot segments, control characters, a
// fragment, more than `max_params` parameters.
Result<Target> parse_target(std::string_view target, std::size_t max_params);

}  // namespace opora::web
