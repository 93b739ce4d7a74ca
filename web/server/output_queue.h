// Internal: what waits to be written to one connection. Small answers coalesce into one write; a
// large or static body rides behind its head without being copied, and nothing joins it. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace opora::web {

class OutputQueue {
 public:
  // Bodies up to this many bytes are copied behind their head: one buffer, one system call, one
  // packet.
  static constexpr std::size_t kCopyBytes = 16 * 1024;
  // No further pipelined request is read while so much waits.
  static constexpr std::size_t kBacklogBytes = 64 * 1024;

  // Heads and small bodies go here.
  std::string& text() { return next_.text; }
  void add_body(std::string body);
  void add_static_body(std::string_view body);

  bool empty() const { return current_.empty() && next_.empty(); }
  bool backlogged() const { return next_.sealed() || next_.text.size() >= kBacklogBytes; }
  // The parts to write now, of what is left; empty views when nothing is.
  std::array<std::string_view, 2> front();
  void consume(std::size_t bytes);

 private:
  struct Batch {
    std::string text;
    std::string body;
    std::string_view fixed;
    std::size_t done = 0;
    bool sealed() const { return !body.empty() || !fixed.empty(); }
    bool empty() const { return done == text.size() + body.size() + fixed.size(); }
    void clear();
  };
  Batch current_, next_;
};

}  // namespace opora::web
