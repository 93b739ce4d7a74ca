// The folder that a daemon owns: store/ (RocksDB), store.head (where the own journal ended),
// site.key (wraps the keys of personal parts),
// link.key (who this process is on the link), identity.toml (which site it is), first-users.json
// (left by `opora init-admin`, taken in at the next start and removed), run.json (where it listens;
// present while it runs). Mode 0700; every file 0600.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "protocol/base/hash.h"
#include "protocol/base/result.h"
#include "protocol/codec/seal.h"
#include "protocol/link/link_keys.h"
#include "sync/engine/engine.h"

namespace opora::app {

// Which site a node is: learnt at enrolment, for good.
struct Identity {
  SiteNo site;
  std::string name;
  std::string zone;
  LinkKey hub_key;
};

class DataFolder {
 public:
  // Creates it at need. kUnavailable when the disk refuses.
  static Result<DataFolder> open(const std::filesystem::path& path);

  std::filesystem::path store() const { return path_ / "store"; }
  std::filesystem::path head() const { return path_ / "store.head"; }
  std::filesystem::path search() const { return path_ / "search.sqlite"; }
  // A store without its key file is refused (kCorrupt): a new key would open nothing that is in it.
  Result<protocol::SiteKey> site_key(Random& random) const;
  Result<protocol::LinkKeyPair> link_keys() const;
  Result<std::optional<Identity>> identity() const;
  Status save_identity(const Identity& identity) const;
  std::optional<std::string> first_users() const;  // JSON text, or nothing
  void remove_first_users() const;
  Status write_run_file(const std::string& json) const;
  void remove_run_file() const;

 private:
  explicit DataFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// Writes a file whole or not at all: beside it first, synced, renamed, the folder synced. Mode
// 0600.
Status write_file_atomically(const std::filesystem::path& path, std::string_view content);
std::optional<std::string> read_small_file(const std::filesystem::path& path);  // at most 1 MiB

}  // namespace opora::app
