// DiskRoom: whether the disk of a data folder has room, and a reserve on it: a file that is removed
// when the disk is about to be full, so that a desk can finish its call and the store can go on,
// and made again when there is room. Owned by main(); look() from one thread, low() from any.
//
// States: roomy ⇄ low. Low: free bytes fell below the limit, the reserve is given back, only what
// finishes a call is written (may_write). Roomy again when there is room for the reserve and twice
// the limit besides, so that it does not go back and forth; nobody has to restart anything.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "protocol/base/result.h"
#include "web/server/http.h"

namespace opora::app {

struct RoomLimits {
  // Some thousands of calls: a day of a busy desk. Thirty sites of a demo have one each.
  std::uint64_t reserve_bytes = std::uint64_t{16} << 20;
  // The logs of the store, its memtables and a compaction, which may come before anyone looks.
  std::uint64_t low_bytes = std::uint64_t{48} << 20;
};

class DiskRoom {
 public:
  using FreeBytes = std::function<std::uint64_t(const std::filesystem::path&)>;
  // Looks once: before the store is opened, since opening needs room. The folder must exist.
  explicit DiskRoom(const std::filesystem::path& data, RoomLimits limits = {}, FreeBytes free = {});

  void look();
  bool low() const { return low_; }
  std::uint64_t bytes_free() const { return free_(reserve_.parent_path()); }
  // What the reserve takes now: nothing when it was given up.
  std::uint64_t reserve_bytes() const;

 private:
  bool make_reserve() const;

  const std::filesystem::path reserve_;
  const RoomLimits limits_;
  const FreeBytes free_;
  std::atomic<bool> low_{false};
};

// While the disk is low: what tells of a call that is under way, or takes it down. Everything else
// can wait.
bool finishes_a_call(const web::Request& request);
// kUnavailable with "disk", in both languages: people read it.
Error disk_full();

}  // namespace opora::app
