// Static files of the UI: where they come from and how they are answered. Stores are immutable: any
// thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "web/server/http.h"

namespace opora::web {

struct Asset {
  std::string_view bytes;   // as it is; the views of an asset live as long as its store
  std::string_view brotli;  // the same, compressed; empty when there is none
  std::string_view gzip;
  std::string_view content_type;
  std::string_view etag;   // quoted, of the plain bytes
  bool immutable = false;  // the name carries a content hash: cached for a year
};

class AssetStore {
 public:
  virtual ~AssetStore() = default;
  // `path` without the leading slash: "index.html", "assets/index-4f3a2b1c.js".
  virtual std::optional<Asset> find(std::string_view path) const = 0;
  virtual bool empty() const = 0;
};

// One row of the table that opora_embed_assets() (deploy/cmake/embed_assets.cmake) generates,
// sorted by path.
struct EmbeddedAsset {
  std::string_view path;
  Asset asset;
};
std::shared_ptr<const AssetStore> make_table_store(std::span<const EmbeddedAsset> table);

// The UI built into this binary, empty when it was built without one. Defined by the library that
// opora_embed_assets() makes (opora_ui_assets).
std::shared_ptr<const AssetStore> embedded_assets();

// Answers GET and HEAD of `request.path`: encoding by Accept-Encoding (br, then gzip), 304 for a
// known ETag, immutable caching for hashed names, index.html for "/", 404 else. With an empty store
// "/" answers "UI not built".
Response serve_asset(const AssetStore& store, const Request& request);

}  // namespace opora::web
