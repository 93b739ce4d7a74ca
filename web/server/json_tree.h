// Internal: the parsed form behind JsonReader. One vector of nodes in document order and one block
// of text, so that a body of a thousand events costs a handful of allocations. Built by
// json_tree.cc, the only user of Boost.JSON here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"
#include "web/server/json_reader.h"

namespace opora::web {

struct JsonTree {
  enum class Kind : std::uint8_t {
    kNull,
    kTrue,
    kFalse,
    kInteger,
    kBigInteger,  // beyond int64
    kReal,
    kString,
    kArray,
    kObject,
  };
  struct Span {
    std::uint32_t at = 0, size = 0;
  };
  struct Node {
    Kind kind = Kind::kNull;
    std::uint32_t parent = 0;  // the root is its own parent
    std::uint32_t next = 0;    // the node after this one and all it holds: the next sibling
    std::uint32_t count = 0;   // children of an array or object, which start right behind it
    Span key;                  // of an object's member
    Span text;                 // of a string, unescaped
    std::int64_t integer = 0;
  };

  std::string_view key(const Node& node) const { return view(node.key); }
  std::string_view text(const Node& node) const { return view(node.text); }
  // "events[3].at"
  std::string path(std::uint32_t node) const;

  std::vector<Node> nodes;  // nodes[0] is the root
  std::string pool;

 private:
  std::string_view view(Span span) const {
    return std::string_view(pool).substr(span.at, span.size);
  }
};

Result<JsonTree> parse_json_tree(std::string_view text, const JsonLimits& limits);

}  // namespace opora::web
