// Internal: what all threads of one server share. Constant but for its counters; lives until every
// thread is joined.
#pragma once

#include <atomic>
#include <functional>
#include <string_view>

#include "web/server/address_table.h"
#include "web/server/counters.h"
#include "web/server/limits.h"
#include "web/server/router.h"

namespace opora::web {

struct SharedState {
  SharedState(const Limits& l, Router r, std::function<void(std::string_view)> log_to)
      : limits(l), router(std::move(r)), addresses(l), log(std::move(log_to)) {}

  const Limits limits;
  const Router router;
  Counters counters;
  AddressTable addresses;
  std::atomic<std::size_t> body_bytes{0};  // request bodies in memory, against Limits::bodies_bytes
  const std::function<void(std::string_view)> log;
  bool secure = false;

  void say(std::string_view text) const {
    if (log) log(text);
  }
};

// A part of Limits::bodies_bytes, given back when destroyed.
class BodyBudget {
 public:
  explicit BodyBudget(SharedState& shared) : shared_(shared) {}
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;
  ~BodyBudget() { release(); }

  // Raises the part to `bytes`; false when the server has no more.
  bool grow_to(std::size_t bytes) {
    if (bytes <= held_) return true;
    const std::size_t more = bytes - held_;
    if (shared_.body_bytes.fetch_add(more, std::memory_order_relaxed) + more >
        shared_.limits.bodies_bytes) {
      shared_.body_bytes.fetch_sub(more, std::memory_order_relaxed);
      return false;
    }
    held_ = bytes;
    return true;
  }
  void release() {
    if (held_ > 0) shared_.body_bytes.fetch_sub(held_, std::memory_order_relaxed);
    held_ = 0;
  }

 private:
  SharedState& shared_;
  std::size_t held_ = 0;
};

}  // namespace opora::web
