// A store to rebuild into beside the one that is verified. It holds what the store holds, names and
// telephone numbers too: it stays in the data folder, under the same protection, and goes with the
// object. One that a kill left is removed by the next.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sync/journal/rocks_store.h"

namespace opora::tool {

class Scratch {
 public:
  // kConflict while another verification of this folder is under way.
  static Result<std::unique_ptr<Scratch>> make(const std::string& data);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  sync::Store& store() { return *store_; }

 private:
  Scratch(std::filesystem::path path, std::unique_ptr<sync::RocksStore> store)
      : path_(std::move(path)), store_(std::move(store)) {}

  const std::filesystem::path path_;
  std::unique_ptr<sync::RocksStore> store_;
};

}  // namespace opora::tool
