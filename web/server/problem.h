// Errors as application/problem+json {type, title, status, code, path, detail}. Pure.
#pragma once

#include <chrono>

#include "protocol/base/result.h"
#include "web/server/http.h"

namespace opora::web {

// invalid is 422 when a field is to blame (path is set) and 400 when the request as a whole does
// not read.
int http_status(const Error& error);

// 429 and 503 say when to come again (Retry-After): in a second, unless the caller knows better.
Response problem(const Error& error);
Response problem(const Error& error, std::chrono::seconds retry_after);
// For what only HTTP knows (405, 408, 417…): same body, own status.
Response problem(int status, const Error& error);

// The standard reason of a status ("Not Found"); "Unknown" for one that this server never sends.
std::string_view status_title(int status);

}  // namespace opora::web
