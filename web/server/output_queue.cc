#include "web/server/output_queue.h"

#include <algorithm>

namespace opora::web {
namespace {

constexpr std::size_t kKeepBytes =
    8 * 1024;  // what an idle connection may keep allocated for its next answer

}  // namespace

void OutputQueue::Batch::clear() {
  if (text.capacity() > kKeepBytes) text = {};
  text.clear();
  body = {};
  fixed = {};
  done = 0;
}

void OutputQueue::add_body(std::string body) {
  if (body.size() <= kCopyBytes) next_.text.append(body);
  else next_.body = std::move(body);
}

void OutputQueue::add_static_body(std::string_view body) {
  if (body.size() <= kCopyBytes) next_.text.append(body);
  else next_.fixed = body;
}

std::array<std::string_view, 2> OutputQueue::front() {
  if (current_.empty()) {
    current_.clear();
    std::swap(current_, next_);
  }
  const std::string_view tail =
      current_.fixed.empty() ? std::string_view(current_.body) : current_.fixed;
  const std::size_t in_text = std::min(current_.done, current_.text.size());
  return {std::string_view(current_.text).substr(in_text), tail.substr(current_.done - in_text)};
}

void OutputQueue::consume(std::size_t bytes) { current_.done += bytes; }

}  // namespace opora::web
