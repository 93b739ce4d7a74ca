// Reading a transaction: the rows of the base with the transaction's own puts and erasures over
// them. Used by both stores, one thread.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "sync/journal/kv.h"

namespace opora::sync {

// Visits the union of two cursors that run in the same direction; `before(a, b)` says that key a
// comes first. A delta row hides the base row of the same key; one without a value is an erasure.
// Cursors have valid(), key(), value() and step(), with delta.value() an optional.
template <class Base, class Delta, class Before>
void merge_rows(Base& base, Delta& delta, Before before, const RowVisitor& visit) {
  while (base.valid() || delta.valid()) {
    const bool from_delta = delta.valid() && (!base.valid() || !before(base.key(), delta.key()));
    if (!from_delta) {
      if (!visit(base.key(), base.value())) return;
      base.step();
      continue;
    }
    const bool hides_base = base.valid() && base.key() == delta.key();
    const std::optional<std::string_view> value = delta.value();
    if (value && !visit(delta.key(), *value)) return;
    if (hides_base) base.step();
    delta.step();
  }
}

// Keys that are in the range of Reader::scan.
inline bool empty_range(std::string_view from, std::string_view to) {
  return !to.empty() && from >= to;
}

// Counts running scans: a visitor that writes would change what it walks over, so put() and
// commit() CHECK for none.
class ScanGuard {
 public:
  explicit ScanGuard(int& running) : running_(running) { ++running_; }
  ~ScanGuard() { --running_; }
  ScanGuard(const ScanGuard&) = delete;
  ScanGuard& operator=(const ScanGuard&) = delete;

 private:
  int& running_;
};

}  // namespace opora::sync
