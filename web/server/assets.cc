#include "web/server/assets.h"

#include <algorithm>

#include "web/server/problem.h"

namespace opora::web {
namespace {

// Scripts and styles come from this origin only. Style attributes set by scripts (el.style.x = …)
// are not covered by CSP, so no 'unsafe-inline'. data: images are the icons that Vite inlines.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
constexpr std::string_view kImmutable =
    "public, max-age=31536000, immutable";            // a year, the most that caches honour
constexpr std::string_view kRevalidate = "no-cache";  // kept, but asked for each time

class TableStore final : public AssetStore {
 public:
  explicit TableStore(std::span<const EmbeddedAsset> table) : table_(table) {}
  std::optional<Asset> find(std::string_view path) const override {
    const auto found = std::lower_bound(
        table_.begin(), table_.end(), path,
        [](const EmbeddedAsset& row, std::string_view wanted) { return row.path < wanted; });
    if (found == table_.end() || found->path != path) return std::nullopt;
    return found->asset;
  }
  bool empty() const override { return table_.empty(); }

 private:
  std::span<const EmbeddedAsset> table_;
};

// Calls `each` with the trimmed elements of a comma-separated field.
template <class F>
void for_each_element(std::string_view list, F&& each) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto element = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (!element.empty() && element.front() == ' ') element.remove_prefix(1);
    while (!element.empty() && element.back() == ' ') element.remove_suffix(1);
    each(element);
  }
}

// "br", "br;q=0.5", but not "br;q=0" (RFC 9110: weight 0 means not acceptable).
bool accepts(std::string_view field, std::string_view coding) {
  bool accepted = false;
  for_each_element(field, [&](std::string_view element) {
    const auto semicolon = std::min(element.find(';'), element.size());
    if (element.substr(0, semicolon) != coding) return;
    const auto weight = element.substr(semicolon);
    accepted = weight.find_first_of("123456789") != std::string_view::npos ||
               weight.find("q=") == std::string_view::npos;
  });
  return accepted;
}

bool known_etag(std::string_view field, std::string_view etag) {
  bool known = false;
  for_each_element(field, [&](std::string_view element) {
    if (element.starts_with("W/")) element.remove_prefix(2);
    known = known || element == "*" || element == etag;
  });
  return known;
}

// The application is one page: where it is stands behind "#", which a browser keeps to itself.
std::optional<Asset> find_for(const AssetStore& store, std::string_view path) {
  return path == "/" ? store.find("index.html") : store.find(path.substr(1));
}

void choose_encoding(const Asset& asset, const Request& request, Response& response) {
  const auto accepted = request.headers.find("Accept-Encoding").value_or(std::string_view{});
  response.static_body = asset.bytes;
  if (asset.brotli.empty() && asset.gzip.empty()) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!asset.brotli.empty() && accepts(accepted, "br")) {
    response.static_body = asset.brotli;
    response.headers.emplace_back("Content-Encoding", "br");
  } else if (!asset.gzip.empty() && accepts(accepted, "gzip")) {
    response.static_body = asset.gzip;
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
}

}  // namespace

std::shared_ptr<const AssetStore> make_table_store(std::span<const EmbeddedAsset> table) {
  return std::make_shared<TableStore>(table);
}

Response serve_asset(const AssetStore& store, const Request& request) {
  if (store.empty() && request.path == "/") return text_response(404, "UI not built\n");
  const auto asset = find_for(store, request.path);
  if (!asset) return problem({Code::kNotFound, "", "no such page"});
  Response response;
  response.headers.emplace_back("ETag", asset->etag);
  response.headers.emplace_back("Cache-Control", asset->immutable ? kImmutable : kRevalidate);
  // Also with 304: a browser takes the headers of a revalidation over those it kept.
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  if (const auto known = request.headers.find("If-None-Match");
      known && known_etag(*known, asset->etag)) {
    response.status = 304;
    response.headers.emplace_back("Vary", "Accept-Encoding");
    return response;
  }
  response.content_type = asset->content_type;
  choose_encoding(*asset, request, response);
  return response;
}

}  // namespace opora::web
