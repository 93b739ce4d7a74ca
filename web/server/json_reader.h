// Reads a JSON body field by field and names the field on every error ("events[3].at").
//
//   auto document = JsonDocument::parse(request.body);
//   if (!document.ok()) return respond(problem(document.error()));
//   JsonReader in = document->read();
//   command.phone = in.optional_text("phone", {.max_chars = 40});
//   command.urgency = in.required_enum<Urgency>("urgency", kUrgencyNames);
//   in.array("events", {.max_items = 1000}, [&](JsonReader& event) { … });
//   if (auto status = in.finish(); !status.ok()) return respond(problem(status.error()));
//
// The first error is kept; every read after it gives an empty value, so that a handler checks once,
// at finish(). A field that is absent and one that is null are the same. Not thread-safe; a reader
// lives shorter than its document.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace opora::web {

struct JsonLimits {
  std::size_t max_depth = 32;     // nobody nests an API body deeper; recursion stays small
  std::size_t max_members = 256;  // of one object: the largest body of the contract has 20
  std::size_t max_elements =
      100'000;  // values in all: 1 000 telephony events of 12 fields, seven times over
};

struct TextRule {
  std::size_t min_chars = 0;  // Unicode code points
  std::size_t max_chars = 200;
};
// Unseen characters that turn the direction of text (is_direction_control): in a name they make it
// look like another.
enum class DirectionControls : std::uint8_t {
  kRefused,
  kDropped,  // telephone numbers are copied with them from address books
};
// Letters of one line: no line breaks either (names, logins, identifiers).
struct LineRule {
  std::size_t min_chars = 0;
  std::size_t max_chars = 200;
  DirectionControls controls = DirectionControls::kRefused;
};
struct IntRule {
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};
struct ArrayRule {
  std::size_t min_items = 0;
  std::size_t max_items = 1000;
};
template <class E>
struct EnumName {
  std::string_view name;
  E value;
};

enum class UnknownFields : std::uint8_t { kRefuse, kIgnore };

class JsonReader;
struct JsonTree;

// One parsed body. Strict JSON: UTF-8, no duplicate names, no trailing bytes, limits above. An
// error of the text as a whole has an empty path (HTTP 400); a duplicate name is named (422).
class JsonDocument {
 public:
  static Result<JsonDocument> parse(std::string_view text, JsonLimits limits = {});
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();
  // The root, which must be an object (else the reader starts with that error).
  JsonReader read(UnknownFields unknown = UnknownFields::kRefuse) const;

 private:
  explicit JsonDocument(std::unique_ptr<JsonTree> tree);
  std::unique_ptr<JsonTree> tree_;
};

class JsonReader {
 public:
  // Present and not null. Does not count as reading it.
  bool has(std::string_view name) const;
  // Present, be it null: for what has another meaning when it is left out.
  bool names(std::string_view name) const;

  std::string text(std::string_view name, TextRule rule = {});
  std::optional<std::string> optional_text(std::string_view name, TextRule rule = {});
  std::string line(std::string_view name, LineRule rule = {});
  std::optional<std::string> optional_line(std::string_view name, LineRule rule = {});

  std::int64_t integer(std::string_view name, IntRule rule = {});
  std::optional<std::int64_t> optional_integer(std::string_view name, IntRule rule = {});

  bool boolean(std::string_view name);
  std::optional<bool> optional_boolean(std::string_view name);

  // Within kMinEventTime…kMaxEventTime (clock.h).
  TimeMs time(std::string_view name);
  std::optional<TimeMs> optional_time(std::string_view name);

  std::chrono::year_month_day date(std::string_view name);
  std::optional<std::chrono::year_month_day> optional_date(std::string_view name);

  template <class E>
  std::optional<E> optional_enum(std::string_view name, std::span<const EnumName<E>> names) {
    const auto text = optional_name(name);
    if (!text) return std::nullopt;
    for (const auto& entry : names) {
      if (entry.name == *text) return entry.value;
    }
    fail_enum(
        name, [&](std::size_t i) { return names[i].name; }, names.size());
    return std::nullopt;
  }
  template <class E>
  E required_enum(std::string_view name, std::span<const EnumName<E>> names) {
    const auto value = optional_enum(name, names);
    if (!value) fail_missing(name);  // keeps an earlier error
    return value.value_or(names.front().value);
  }

  // Calls `each` with a reader per element; every element must be an object.
  void array(std::string_view name, ArrayRule rule, const std::function<void(JsonReader&)>& each);
  std::vector<std::string> lines(std::string_view name, ArrayRule rule, LineRule each);
  std::vector<std::int64_t> integers(std::string_view name, ArrayRule rule, IntRule each);
  // An object inside; `read` is not called when it is absent.
  void optional_object(std::string_view name, const std::function<void(JsonReader&)>& read);
  void object(std::string_view name, const std::function<void(JsonReader&)>& read);

  // A rule of the caller's own; `name` empty means this object itself.
  void fail(std::string_view name, std::string message);
  bool failed() const;
  // The first error, or that of a field that nobody read.
  Status finish();

 private:
  friend class JsonDocument;
  struct Shared;
  JsonReader(std::shared_ptr<Shared> shared, std::uint32_t node, std::string path);

  template <class T>
  T required(std::string_view name, std::optional<T> value) {
    if (!value) fail_missing(name);  // keeps an earlier error
    return value ? std::move(*value) : T{};
  }
  std::optional<std::uint32_t> find(
      std::string_view name);  // marks it as read; null counts as absent
  std::optional<std::uint32_t> find_any(std::string_view name) const;
  std::optional<std::string_view> optional_name(std::string_view name);
  void elements(std::string_view name, ArrayRule rule,
                const std::function<void(std::uint32_t node, std::string path)>& each);
  void fail_missing(std::string_view name);
  void fail_enum(std::string_view name, const std::function<std::string_view(std::size_t)>& at,
                 std::size_t count);
  void refuse_unknown();
  std::string path_of(std::string_view name) const;

  std::shared_ptr<Shared> shared_;  // the tree and the first error, common to all readers of a body
  std::uint32_t node_ = 0;
  std::string path_;
  std::vector<bool> used_;  // by member, for refuse_unknown()
};

}  // namespace opora::web
