#include "web/server/json_tree.h"

#include <algorithm>

#include <boost/json/basic_parser_impl.hpp>

namespace opora::web {
namespace {

namespace json = boost::json;
using Kind = JsonTree::Kind;
using Node = JsonTree::Node;

constexpr std::size_t kMaxTextBytes = 0x7FFF'FFFF;  // spans are 32 bits; bodies are megabytes
constexpr std::size_t kTypicalValueBytes = 12;      // guess of nodes from bytes, to reserve once

// Takes the parser's calls and fills a tree. The first fault of ours is in `fault`; the parser then
// stops.
class Builder {
 public:
  // Boost.JSON asks for these by name.  NOLINTBEGIN(readability-identifier-naming)
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  // NOLINTEND(readability-identifier-naming)

  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  JsonTree tree;
  std::optional<Error> fault;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& ec) { return open(Kind::kObject, ec); }
  bool on_object_end(std::size_t, json::error_code& ec) {
    return close(ec) && keys_differ(last_closed_, ec);
  }
  bool on_array_begin(json::error_code& ec) { return open(Kind::kArray, ec); }
  bool on_array_end(std::size_t, json::error_code& ec) { return close(ec); }
  bool on_key_part(json::string_view s, std::size_t, json::error_code&) { return append(s); }
  bool on_key(json::string_view s, std::size_t, json::error_code&) {
    append(s);
    key_ = take_text();
    return true;
  }
  bool on_string_part(json::string_view s, std::size_t, json::error_code&) { return append(s); }
  bool on_string(json::string_view s, std::size_t, json::error_code& ec) {
    append(s);
    const auto text = take_text();
    if (!add(Kind::kString, ec)) return false;
    tree.nodes.back().text = text;
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t v, json::string_view, json::error_code& ec) {
    if (!add(Kind::kInteger, ec)) return false;
    tree.nodes.back().integer = v;
    return true;
  }
  bool on_uint64(std::uint64_t v, json::string_view s, json::error_code& ec) {
    // The parser calls this for values beyond int64 only; said again here, because a wrap would be
    // silent.
    if (v <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return on_int64(static_cast<std::int64_t>(v), s, ec);
    }
    return add(Kind::kBigInteger, ec);
  }
  bool on_double(double, json::string_view, json::error_code& ec) { return add(Kind::kReal, ec); }
  bool on_bool(bool v, json::error_code& ec) { return add(v ? Kind::kTrue : Kind::kFalse, ec); }
  bool on_null(json::error_code& ec) { return add(Kind::kNull, ec); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool append(json::string_view s) {
    tree.pool.append(s.data(), s.size());
    return true;
  }

  JsonTree::Span take_text() {
    const JsonTree::Span span{text_start_,
                              static_cast<std::uint32_t>(tree.pool.size()) - text_start_};
    text_start_ = static_cast<std::uint32_t>(tree.pool.size());
    return span;
  }

  bool stop(std::string path, std::string message, json::error_code& ec) {
    fault = invalid(std::move(path), std::move(message));
    ec = json::error::array_too_large;
    return false;
  }

  bool add(Kind kind, json::error_code& ec) {
    if (tree.nodes.size() >= limits_.max_elements)
      return stop("", "the body has too many values", ec);
    Node node;
    node.kind = kind;
    node.key = key_;
    key_ = {};
    const auto index = static_cast<std::uint32_t>(tree.nodes.size());
    node.next = index + 1;
    if (!open_.empty()) {
      node.parent = open_.back();
      Node& parent = tree.nodes[node.parent];
      if (parent.kind == Kind::kObject && parent.count >= limits_.max_members) {
        return stop(tree.path(node.parent), "has too many fields", ec);
      }
      ++parent.count;
    }
    tree.nodes.push_back(node);
    return true;
  }

  bool open(Kind kind, json::error_code& ec) {
    if (!add(kind, ec)) return false;
    open_.push_back(static_cast<std::uint32_t>(tree.nodes.size() - 1));
    return true;
  }

  bool close(json::error_code&) {
    last_closed_ = open_.back();
    open_.pop_back();
    tree.nodes[last_closed_].next = static_cast<std::uint32_t>(tree.nodes.size());
    return true;
  }

  bool keys_differ(std::uint32_t object, json::error_code& ec) {
    keys_.clear();
    std::uint32_t child = object + 1;
    for (std::uint32_t i = 0; i < tree.nodes[object].count; ++i, child = tree.nodes[child].next)
      keys_.push_back(child);
    const auto key = [&](std::uint32_t node) { return tree.key(tree.nodes[node]); };
    std::sort(keys_.begin(), keys_.end(), [&](auto a, auto b) { return key(a) < key(b); });
    const auto same = std::adjacent_find(keys_.begin(), keys_.end(),
                                         [&](auto a, auto b) { return key(a) == key(b); });
    return same == keys_.end() || stop(tree.path(*same), "is given twice", ec);
  }

  const JsonLimits& limits_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> keys_;
  std::uint32_t last_closed_ = 0;
  std::uint32_t text_start_ = 0;
  JsonTree::Span key_;
};

}  // namespace

std::string JsonTree::path(std::uint32_t node) const {
  std::string out;
  for (; node != 0; node = nodes[node].parent) {
    const std::uint32_t parent = nodes[node].parent;
    std::string step;
    if (nodes[parent].kind == Kind::kArray) {
      std::size_t index = 0;
      for (std::uint32_t child = parent + 1; child != node; child = nodes[child].next) ++index;
      step = '[' + std::to_string(index) + ']';
    } else {
      step = (parent == 0 ? "" : ".") + std::string(key(nodes[node]));
    }
    out.insert(0, step);
  }
  return out;
}

Result<JsonTree> parse_json_tree(std::string_view text, const JsonLimits& limits) {
  if (text.size() > kMaxTextBytes) return Error{Code::kTooLarge, "", "the body is too large"};
  json::parse_options options;
  options.max_depth = limits.max_depth;
  json::basic_parser<Builder> parser(options, limits);
  Builder& builder = parser.handler();
  builder.tree.nodes.reserve(std::min(text.size() / kTypicalValueBytes + 4, limits.max_elements));
  builder.tree.pool.reserve(text.size());
  json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (builder.fault) return *builder.fault;
  if (ec == json::error::too_deep) return invalid("", "the body is nested too deeply");
  if (ec)
    return invalid("",
                   "the body is not JSON: " + ec.message() + " at byte " + std::to_string(used));
  if (used != text.size())
    return invalid("", "the body has bytes after its JSON, at " + std::to_string(used));
  return std::move(builder.tree);
}

}  // namespace opora::web
