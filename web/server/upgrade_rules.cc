#include "web/server/upgrade_rules.h"

#include <algorithm>

namespace opora::web {
namespace {

constexpr std::size_t kKeyChars = 24;  // base64 of 16 bytes

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

// Is `token` (lower case) an element of the comma-separated field?
bool lists(const Request& request, std::string_view field, std::string_view token) {
  std::string list = lower(request.headers.find(field).value_or(std::string_view{}));
  std::erase_if(list, [](char c) { return c == ' ' || c == '\t'; });
  return (',' + list + ',').find(',' + std::string(token) + ',') != std::string::npos;
}

bool same_host(std::string_view origin, std::string_view host) {
  const auto scheme_end = origin.find("://");
  return scheme_end != std::string_view::npos &&
         lower(origin.substr(scheme_end + 3)) == lower(host);
}

}  // namespace

std::optional<UpgradeFault> judge_upgrade(const Request& request) {
  if (!lists(request, "Connection", "upgrade") || !lists(request, "Upgrade", "websocket")) {
    return UpgradeFault{426, "this address speaks WebSocket"};
  }
  if (request.headers.find("Sec-WebSocket-Version") != "13")
    return UpgradeFault{426, "WebSocket version 13 is needed"};
  const auto key = request.headers.find("Sec-WebSocket-Key");
  if (!key || request.headers.count("Sec-WebSocket-Key") != 1 || key->size() != kKeyChars) {
    return UpgradeFault{400, "a bad Sec-WebSocket-Key"};
  }
  const auto origin = request.headers.find("Origin");
  const auto host = request.headers.find("Host").value_or(std::string_view{});
  if (origin && (request.headers.count("Origin") != 1 || !same_host(*origin, host))) {
    return UpgradeFault{403, "the Origin is another host"};
  }
  if (!origin && request.headers.find("Cookie"))
    return UpgradeFault{403, "a cookie without an Origin"};
  return std::nullopt;
}

}  // namespace opora::web
