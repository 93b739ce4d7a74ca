#include "web/server/problem.h"

#include "web/server/json_writer.h"

namespace opora::web {

namespace {

Response body_of(int status, const Error& error) {
  JsonWriter out(256);
  out.object([&] {
    out.field("type", "about:blank");
    out.field("title", status_title(status));
    out.field("status", status);
    out.field("code", code_name(error.code));
    out.field("path", error.path);
    out.field("detail", error.message);
  });
  Response response = json_response(status, out.take());
  response.content_type = "application/problem+json";
  response.code = error.code;
  return response;
}

}  // namespace

int http_status(const Error& error) {
  switch (error.code) {
    case Code::kInvalid: return error.path.empty() ? 400 : 422;
    case Code::kNotFound: return 404;
    case Code::kDenied: return 403;
    case Code::kUnauthenticated: return 401;
    case Code::kLeaseExpired: return 401;
    case Code::kConflict: return 409;
    case Code::kKeyReused: return 422;
    case Code::kAlreadyIssued: return 409;
    case Code::kTooLarge: return 413;
    case Code::kTooMany: return 429;
    case Code::kUnsupported: return 415;
    case Code::kNoRoom: return 507;
    case Code::kUnavailable: return 503;
    case Code::kCorrupt: return 500;
    case Code::kInternal: return 500;
  }
  return 500;
}

Response problem(const Error& error) { return problem(http_status(error), error); }

Response problem(const Error& error, std::chrono::seconds retry_after) {
  Response response = body_of(http_status(error), error);
  response.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return response;
}

Response problem(int status, const Error& error) {
  Response response = body_of(status, error);
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string_view status_title(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
  }
}

}  // namespace opora::web
