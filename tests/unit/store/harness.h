// Both stores behind one face: what the port promises is tested once and holds for each.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sync/journal/kv.h"

namespace opora::sync {

class StoreHarness {
 public:
  virtual ~StoreHarness() = default;
  virtual Store& store() = 0;
  virtual bool healthy() const = 0;
  // The machine loses its power and starts again.
  virtual void cut_power_and_reopen() = 0;
  // The disk refuses to sync from now on, until the next start.
  virtual void break_sync() = 0;
};

std::unique_ptr<StoreHarness> memory_harness();
std::unique_ptr<StoreHarness> rocks_harness();

using RowList = std::vector<std::pair<std::string, std::string>>;

enum class Walk { kForward, kBackward };

inline RowList rows(const Reader& reader, Table table, std::string_view from = "",
                    std::string_view to = "", Walk walk = Walk::kForward) {
  RowList out;
  const RowVisitor collect = [&out](std::string_view key, std::string_view value) {
    out.emplace_back(key, value);
    return true;
  };
  if (walk == Walk::kForward) reader.scan(table, from, to, collect);
  else reader.scan_back(table, from, to, collect);
  return out;
}

}  // namespace opora::sync
