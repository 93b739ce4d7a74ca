#include "deploy/tool/scratch.h"

namespace opora::tool {

namespace fs = std::filesystem;
using sync::RocksStore;

Result<std::unique_ptr<Scratch>> Scratch::make(const std::string& data) {
  const fs::path path = fs::path(data) / "verify.scratch";
  std::error_code error;
  if (fs::exists(path, error)) {
    // Refused while another verification holds it.
    if (auto left = RocksStore::open(path); !left.ok() && left.error().code == Code::kConflict)
      return Error{Code::kConflict, "data", "another verification is under way"};
    fs::remove_all(path, error);
  }
  auto store = RocksStore::open(path);
  if (!store.ok()) return store.error();
  return std::unique_ptr<Scratch>(new Scratch(path, std::move(*store)));
}

Scratch::~Scratch() {
  store_.reset();
  std::error_code ignored;  // the next verification removes it
  fs::remove_all(path_, ignored);
}

}  // namespace opora::tool
