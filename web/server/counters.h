// Internal: what Server::metrics() tells. Relaxed atomics, any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "web/server/server.h"

namespace opora::web {

struct Counters {
  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> requests{0};
  std::array<std::atomic<std::uint64_t>, 6> answers_by_class{};
  std::array<std::atomic<std::uint64_t>, kCodes> problems{};
  std::array<std::atomic<std::uint64_t>, kRefusals> refused{};
  std::atomic<std::uint64_t> exceptions_caught{0};

  static void add(std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
  }
  void answered(int status, std::optional<Code> code) {
    add(answers_by_class[status >= 100 && status < 600 ? status / 100 : 5]);
    if (code) add(problems[static_cast<std::size_t>(*code)]);
  }
  void refuse(Refusal reason) { add(refused[static_cast<std::size_t>(reason)]); }
};

}  // namespace opora::web
