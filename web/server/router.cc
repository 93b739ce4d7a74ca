#include "web/server/router.h"

#include <algorithm>
#include <optional>

#include "protocol/base/check.h"
#include "web/server/assets.h"

namespace opora::web {
namespace {

constexpr std::size_t kMethods = 7;
constexpr std::size_t index_of(Method method) { return static_cast<std::size_t>(method); }

bool is_param(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool is_literal(std::string_view segment) {
  return segment.find_first_of("{}?#%") == std::string_view::npos;
}

// Cuts the first segment off `rest`, which starts with '/'.
std::string_view take_segment(std::string_view& rest) {
  const auto end = std::min(rest.find('/', 1), rest.size());
  const auto segment = rest.substr(1, end - 1);
  rest.remove_prefix(end);
  return segment;
}

}  // namespace

struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> param;
  std::vector<std::string> names;  // of the parameters on the way here, set with the first route
  std::array<std::optional<Route>, kMethods> routes;

  bool has_routes() const {
    return std::any_of(routes.begin(), routes.end(),
                       [](const auto& route) { return route.has_value(); });
  }

  Node& literal(std::string_view segment) {
    for (auto& [name, node] : literals) {
      if (name == segment) return *node;
    }
    return *literals.emplace_back(segment, std::make_unique<Node>()).second;
  }

  // The node with routes that `rest` leads to; literals first, then the parameter.
  const Node* find(std::string_view rest, std::vector<std::string_view>& values) const {
    if (rest.empty()) return has_routes() ? this : nullptr;
    const auto segment = take_segment(rest);
    for (const auto& [name, node] : literals) {
      if (name != segment) continue;
      if (const Node* found = node->find(rest, values)) return found;
    }
    if (!param || segment.empty()) return nullptr;
    values.push_back(segment);
    if (const Node* found = param->find(rest, values)) return found;
    values.pop_back();
    return nullptr;
  }

  const Route* route(Method method) const {
    const auto& own = routes[index_of(method)];
    if (own) return &*own;
    if (method != Method::kHead || !routes[index_of(Method::kGet)]) return nullptr;
    return &*routes[index_of(Method::kGet)];
  }

  std::string allow() const {
    std::string out;
    for (std::size_t i = 0; i < kMethods; ++i) {
      const auto method = static_cast<Method>(i);
      if (route(method)) out.append(out.empty() ? "" : ", ").append(method_name(method));
    }
    return out;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Router::Node& Router::node_for(std::string_view pattern) {
  OPORA_CHECK(!pattern.empty() && pattern.front() == '/');
  Node* node = root_.get();
  std::vector<std::string> names;
  for (auto rest = pattern; !rest.empty();) {
    const auto segment = take_segment(rest);
    if (is_param(segment)) {
      names.emplace_back(segment.substr(1, segment.size() - 2));
      if (!node->param) node->param = std::make_unique<Node>();
      node = node->param.get();
    } else {
      OPORA_CHECK(is_literal(segment));
      node = &node->literal(segment);
    }
  }
  OPORA_CHECK(!node->has_routes() || node->names == names);
  node->names = std::move(names);
  return *node;
}

Router& Router::on(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
  auto& route = node_for(pattern).routes[index_of(method)];
  OPORA_CHECK(!route && handler);
  route = Route{std::move(handler), nullptr, options};
  return *this;
}

Router& Router::websocket(std::string_view pattern, WsHandler handler) {
  auto& route = node_for(pattern).routes[index_of(Method::kGet)];
  OPORA_CHECK(!route && handler);
  route = Route{nullptr, std::move(handler), {}};
  return *this;
}

Router& Router::assets(std::shared_ptr<const AssetStore> store) {
  OPORA_CHECK(!assets_ && store);
  assets_ = std::move(store);
  return *this;
}

Router::Match Router::match(Method method, std::string_view path) const {
  Match match;
  if (path.empty() || path.front() != '/') return match;
  std::vector<std::string_view> values;
  const Node* node = root_->find(path, values);
  if (!node) return match;
  match.route = node->route(method);
  if (!match.route) match.allow = node->allow();
  for (std::size_t i = 0; i < values.size(); ++i)
    match.params.add(node->names[i], std::string(values[i]));
  return match;
}

}  // namespace opora::web
