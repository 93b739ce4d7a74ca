// A JSON body, read the way handlers read one: nothing crashes, the tree is well formed, and an
// error names a field or is about the text as a whole.
#include "protocol/base/check.h"
#include "protocol/base/utf8.h"
#include "tests/fuzz/input.h"
#include "web/server/json_reader.h"
#include "web/server/json_tree.h"

using namespace opora;
using namespace opora::web;

namespace {

void check_tree(const JsonTree& tree) {
  OPORA_CHECK(!tree.nodes.empty());
  for (std::uint32_t i = 0; i < tree.nodes.size(); ++i) {
    const auto& node = tree.nodes[i];
    OPORA_CHECK(node.next > i && node.next <= tree.nodes.size() && node.parent <= i);
    OPORA_CHECK(is_utf8(tree.key(node)) && is_utf8(tree.text(node)));
  }
}

void read_as_a_handler(JsonReader& in) {
  in.optional_text("text", {.max_chars = 40});
  in.optional_line("phone", {.max_chars = 40});
  in.optional_integer("desk", {.min = 1, .max = 99});
  in.optional_boolean("open");
  in.optional_time("at");
  in.optional_date("date");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  if (const auto tree = parse_json_tree(bytes, {}); tree.ok()) {
    check_tree(*tree);
  } else {
    OPORA_CHECK(tree.error().code == Code::kInvalid || tree.error().code == Code::kTooLarge);
  }
  const auto document = JsonDocument::parse(bytes);
  if (!document.ok()) return 0;
  JsonReader in = document->read();
  read_as_a_handler(in);
  if (in.has("events")) in.array("events", {.max_items = 100}, read_as_a_handler);
  if (const auto status = in.finish(); !status.ok()) {
    OPORA_CHECK(status.error().code == Code::kInvalid || status.error().code == Code::kTooLarge);
  }
  return 0;
}
