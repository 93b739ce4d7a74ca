#include "web/server/json_reader.h"

#include "protocol/base/utf8.h"
#include "web/server/json_tree.h"
#include "web/server/time_text.h"

namespace opora::web {

using Node = JsonTree::Node;
using Kind = JsonTree::Kind;

struct JsonReader::Shared {
  const JsonTree& tree;
  UnknownFields unknown;
  std::optional<Error> error;

  void fail(std::string path, std::string message) {
    if (!error) error = invalid(std::move(path), std::move(message));
  }
};

namespace {

enum class Lines : std::uint8_t { kMany, kOne };

// What is wrong with `text`, which the parser has found to be UTF-8; empty when nothing is.
std::string text_fault(std::string_view text, std::size_t min_chars, std::size_t max_chars,
                       Lines lines) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const char32_t c = take_code_point(text);
    const bool is_break = c == U'\n' || c == U'\t';
    if (is_break && lines == Lines::kOne) return "must be one line";
    if (!is_break && is_control(c)) return "must not hold control characters";
    if (lines == Lines::kOne && is_direction_control(c))
      return "must not hold characters that change the direction of text";
  }
  if (count < min_chars) {
    return count == 0 ? "must not be empty"
                      : "must have at least " + std::to_string(min_chars) + " characters";
  }
  if (count > max_chars) return "must have at most " + std::to_string(max_chars) + " characters";
  return {};
}

// As it is kept: without what its rule drops.
std::string kept_line(std::string_view text, const LineRule& rule) {
  if (rule.controls == DirectionControls::kRefused) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (!is_direction_control(c)) append_utf8(out, c);
  }
  return out;
}

std::string integer_fault(const Node& node, const IntRule& rule) {
  if (node.kind != Kind::kInteger && node.kind != Kind::kBigInteger) return "must be an integer";
  if (node.kind == Kind::kInteger && node.integer >= rule.min && node.integer <= rule.max)
    return {};
  return "must be between " + std::to_string(rule.min) + " and " + std::to_string(rule.max);
}

std::string count_fault(std::size_t count, const ArrayRule& rule) {
  if (count < rule.min_items)
    return "must have at least " + std::to_string(rule.min_items) + " items";
  if (count > rule.max_items)
    return "must have at most " + std::to_string(rule.max_items) + " items";
  return {};
}

std::string indexed(const std::string& path, std::size_t index) {
  return path + '[' + std::to_string(index) + ']';
}

}  // namespace

JsonDocument::JsonDocument(std::unique_ptr<JsonTree> tree) : tree_(std::move(tree)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text, JsonLimits limits) {
  auto tree = parse_json_tree(text, limits);
  if (!tree.ok()) return tree.error();
  return JsonDocument(std::make_unique<JsonTree>(std::move(tree).value()));
}

JsonReader JsonDocument::read(UnknownFields unknown) const {
  auto shared =
      std::make_shared<JsonReader::Shared>(JsonReader::Shared{*tree_, unknown, std::nullopt});
  return JsonReader(std::move(shared), 0, "");
}

JsonReader::JsonReader(std::shared_ptr<Shared> shared, std::uint32_t node, std::string path)
    : shared_(std::move(shared)), node_(node), path_(std::move(path)) {
  const Node& self = shared_->tree.nodes[node_];
  if (self.kind == Kind::kObject) used_.resize(self.count);
  else shared_->fail(path_, "must be an object");
}

std::string JsonReader::path_of(std::string_view name) const {
  if (name.empty()) return path_;
  return path_.empty() ? std::string(name) : path_ + '.' + std::string(name);
}

std::optional<std::uint32_t> JsonReader::find_any(std::string_view name) const {
  const auto& nodes = shared_->tree.nodes;
  std::uint32_t child = node_ + 1;
  for (std::uint32_t i = 0; i < used_.size(); ++i, child = nodes[child].next) {
    if (shared_->tree.key(nodes[child]) == name) return child;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> JsonReader::find(std::string_view name) {
  const auto& nodes = shared_->tree.nodes;
  if (failed()) return std::nullopt;
  std::uint32_t child = node_ + 1;
  for (std::uint32_t i = 0; i < used_.size(); ++i, child = nodes[child].next) {
    if (shared_->tree.key(nodes[child]) != name) continue;
    used_[i] = true;
    return nodes[child].kind == Kind::kNull ? std::nullopt : std::optional(child);
  }
  return std::nullopt;
}

bool JsonReader::has(std::string_view name) const {
  const auto found = find_any(name);
  return found && shared_->tree.nodes[*found].kind != Kind::kNull;
}

bool JsonReader::names(std::string_view name) const { return find_any(name).has_value(); }

bool JsonReader::failed() const { return shared_->error.has_value(); }

void JsonReader::fail(std::string_view name, std::string message) {
  shared_->fail(path_of(name), std::move(message));
}

void JsonReader::fail_missing(std::string_view name) { fail(name, "is required"); }

void JsonReader::fail_enum(std::string_view name,
                           const std::function<std::string_view(std::size_t)>& at,
                           std::size_t count) {
  std::string message = "must be one of";
  for (std::size_t i = 0; i < count; ++i) message.append(i == 0 ? " " : ", ").append(at(i));
  fail(name, std::move(message));
}

std::optional<std::string_view> JsonReader::optional_name(std::string_view name) {
  const auto found = find(name);
  if (!found) return std::nullopt;
  const Node& node = shared_->tree.nodes[*found];
  if (node.kind == Kind::kString) return shared_->tree.text(node);
  fail(name, "must be a string");
  return std::nullopt;
}

std::optional<std::string> JsonReader::optional_text(std::string_view name, TextRule rule) {
  const auto text = optional_name(name);
  if (!text) return std::nullopt;
  if (auto fault = text_fault(*text, rule.min_chars, rule.max_chars, Lines::kMany);
      !fault.empty()) {
    fail(name, std::move(fault));
    return std::nullopt;
  }
  return std::string(*text);
}

std::optional<std::string> JsonReader::optional_line(std::string_view name, LineRule rule) {
  const auto text = optional_name(name);
  if (!text) return std::nullopt;
  std::string line = kept_line(*text, rule);
  if (auto fault = text_fault(line, rule.min_chars, rule.max_chars, Lines::kOne); !fault.empty()) {
    fail(name, std::move(fault));
    return std::nullopt;
  }
  return line;
}

std::optional<std::int64_t> JsonReader::optional_integer(std::string_view name, IntRule rule) {
  const auto found = find(name);
  if (!found) return std::nullopt;
  const Node& node = shared_->tree.nodes[*found];
  auto fault = integer_fault(node, rule);
  if (fault.empty()) return node.integer;
  fail(name, std::move(fault));
  return std::nullopt;
}

std::optional<bool> JsonReader::optional_boolean(std::string_view name) {
  const auto found = find(name);
  if (!found) return std::nullopt;
  const Node& node = shared_->tree.nodes[*found];
  if (node.kind == Kind::kTrue || node.kind == Kind::kFalse) return node.kind == Kind::kTrue;
  fail(name, "must be true or false");
  return std::nullopt;
}

std::optional<TimeMs> JsonReader::optional_time(std::string_view name) {
  const auto text = optional_name(name);
  if (!text) return std::nullopt;
  const auto time = from_rfc3339(*text);
  if (!time) fail(name, "must be an RFC 3339 time with an offset");
  else if (*time < kMinEventTime || *time > kMaxEventTime)
    fail(name, "must be between the years 2000 and 2100");
  else return time;
  return std::nullopt;
}

std::optional<std::chrono::year_month_day> JsonReader::optional_date(std::string_view name) {
  const auto text = optional_name(name);
  if (!text) return std::nullopt;
  const auto date = date_from_text(*text);
  if (!date) fail(name, "must be a date, YYYY-MM-DD");
  return date;
}

std::string JsonReader::text(std::string_view name, TextRule rule) {
  return required(name, optional_text(name, rule));
}
std::string JsonReader::line(std::string_view name, LineRule rule) {
  return required(name, optional_line(name, rule));
}
std::int64_t JsonReader::integer(std::string_view name, IntRule rule) {
  return required(name, optional_integer(name, rule));
}
bool JsonReader::boolean(std::string_view name) { return required(name, optional_boolean(name)); }
TimeMs JsonReader::time(std::string_view name) { return required(name, optional_time(name)); }
std::chrono::year_month_day JsonReader::date(std::string_view name) {
  return required(name, optional_date(name));
}

void JsonReader::elements(std::string_view name, ArrayRule rule,
                          const std::function<void(std::uint32_t, std::string)>& each) {
  const auto found = find(name);
  if (!found) {
    if (rule.min_items > 0) fail_missing(name);
    return;
  }
  const auto& nodes = shared_->tree.nodes;
  const Node& node = nodes[*found];
  if (node.kind != Kind::kArray) return fail(name, "must be an array");
  if (auto fault = count_fault(node.count, rule); !fault.empty())
    return fail(name, std::move(fault));
  const std::string path = path_of(name);
  std::uint32_t child = *found + 1;
  for (std::uint32_t i = 0; i < node.count && !failed(); ++i, child = nodes[child].next)
    each(child, indexed(path, i));
}

void JsonReader::array(std::string_view name, ArrayRule rule,
                       const std::function<void(JsonReader&)>& each) {
  elements(name, rule, [&](std::uint32_t child, std::string path) {
    JsonReader element(shared_, child, std::move(path));
    if (!failed()) each(element);
    if (!failed()) element.refuse_unknown();
  });
}

std::vector<std::string> JsonReader::lines(std::string_view name, ArrayRule rule, LineRule each) {
  std::vector<std::string> out;
  elements(name, rule, [&](std::uint32_t child, std::string path) {
    const Node& node = shared_->tree.nodes[child];
    if (node.kind != Kind::kString) return shared_->fail(std::move(path), "must be a string");
    std::string line = kept_line(shared_->tree.text(node), each);
    auto fault = text_fault(line, each.min_chars, each.max_chars, Lines::kOne);
    if (!fault.empty()) return shared_->fail(std::move(path), std::move(fault));
    out.push_back(std::move(line));
  });
  return out;
}

std::vector<std::int64_t> JsonReader::integers(std::string_view name, ArrayRule rule,
                                               IntRule each) {
  std::vector<std::int64_t> out;
  elements(name, rule, [&](std::uint32_t child, std::string path) {
    const Node& node = shared_->tree.nodes[child];
    auto fault = integer_fault(node, each);
    if (!fault.empty()) return shared_->fail(std::move(path), std::move(fault));
    out.push_back(node.integer);
  });
  return out;
}

void JsonReader::optional_object(std::string_view name,
                                 const std::function<void(JsonReader&)>& read) {
  const auto found = find(name);
  if (!found) return;
  JsonReader inner(shared_, *found, path_of(name));
  if (!failed()) read(inner);
  if (!failed()) inner.refuse_unknown();
}

void JsonReader::object(std::string_view name, const std::function<void(JsonReader&)>& read) {
  if (!has(name)) return fail_missing(name);
  optional_object(name, read);
}

void JsonReader::refuse_unknown() {
  if (shared_->unknown == UnknownFields::kIgnore) return;
  const auto& nodes = shared_->tree.nodes;
  std::uint32_t child = node_ + 1;
  for (std::size_t i = 0; i < used_.size(); ++i, child = nodes[child].next) {
    if (!used_[i]) return fail(shared_->tree.key(nodes[child]), "is not a known field");
  }
}

Status JsonReader::finish() {
  if (!failed()) refuse_unknown();
  if (shared_->error) return *shared_->error;
  return ok_status();
}

}  // namespace opora::web
