// Which handler a method and a path lead to. Filled before the server starts, read-only afterwards:
// any thread.
//
// A pattern is "/api/v1/tickets/{number}/actions": {name} stands for one whole, non-empty segment.
// Literal segments win over parameters. HEAD is answered by the GET handler (the server drops the
// body). Registering the same method and pattern twice, or a malformed pattern, is a bug
// (OPORA_CHECK).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "web/server/http.h"
#include "web/server/websocket.h"

namespace opora::web {

class AssetStore;

// What a route takes. A browser sends other types than JSON across sites without asking, and no
// JSON of ours comes under another name: with kJson a body that is not declared application/json is
// answered 415 before the handler sees it.
enum class BodyType : std::uint8_t { kJson, kAny };

struct RouteOptions {
  std::size_t max_body_bytes = 0;  // 0: the server's default (Limits::body_bytes)
  BodyType body = BodyType::kJson;
};

struct Route {
  Handler handler;
  WsHandler websocket;  // set instead of handler at an upgrade route
  RouteOptions options;
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  Router& on(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});
  // A GET with "Upgrade: websocket" at `pattern`.
  Router& websocket(std::string_view pattern, WsHandler handler);
  // GETs that no route knows are looked up here. At most one store.
  Router& assets(std::shared_ptr<const AssetStore> store);

  struct Match {
    const Route* route = nullptr;  // null: nothing here for this method
    PathParams params;
    std::string allow;  // "GET, HEAD, POST" when the path is known, but not with this method
  };
  Match match(Method method, std::string_view path) const;
  const AssetStore* asset_store() const { return assets_.get(); }

 private:
  struct Node;
  Node& node_for(std::string_view pattern);
  std::unique_ptr<Node> root_;
  std::shared_ptr<const AssetStore> assets_;
};

}  // namespace opora::web
