// Writes JSON by appending; no tree. The caller keeps objects balanced and names unique; take()
// checks the balance.
//
//   JsonWriter out;
//   out.object([&] { out.field("number", number); out.array("items", [&] { for (…) out.object([&]
//   {…}); }); }); return json_response(200, out.take());
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"

namespace opora::web {

// A number with `digits` decimals, exact: {985, 1} is 98.5.
struct Decimal {
  std::int64_t scaled = 0;
  int digits = 0;
};
// JSON that is ready, inserted as it is.
struct RawJson {
  std::string_view json;
};

class JsonWriter {
 public:
  explicit JsonWriter(std::size_t reserve_bytes = 512) { out_.reserve(reserve_bytes); }

  template <std::invocable F>
  void object(F&& members) {
    open('{');
    members();
    close('}');
  }
  template <std::invocable F>
  void object(std::string_view name, F&& members) {
    key(name);
    object(std::forward<F>(members));
  }
  template <std::invocable F>
  void array(F&& elements) {
    open('[');
    elements();
    close(']');
  }
  template <std::invocable F>
  void array(std::string_view name, F&& elements) {
    key(name);
    array(std::forward<F>(elements));
  }

  template <class T>
  void field(std::string_view name, const T& v) {
    key(name);
    value(v);
  }
  void key(std::string_view name);

  // Text goes out as valid UTF-8: a bad byte becomes U+FFFD.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(std::nullopt_t);
  void value(TimeMs time);
  void value(Decimal number);
  void value(RawJson raw);
  template <std::same_as<bool> B>
  void value(B b) {
    write(b ? "true" : "false");
  }
  template <std::integral I>
  requires(!std::same_as<I, bool> && !std::same_as<I, char>) void value(I number) {
    if constexpr (std::signed_integral<I>) integer(number);
    else unsigned_integer(number);
  }
  template <class Tag, class Rep>
  void value(StrongInt<Tag, Rep> id) {
    value(id.v);
  }
  template <class Tag, std::size_t N>
  void value(const StrongBytes<Tag, N>& id) {
    value(id.hex());
  }
  template <class T>
  void value(const std::optional<T>& v) {
    if (v) value(*v);
    else value(std::nullopt);
  }

  // The text; every object and array must be closed.
  std::string take();

 private:
  void open(char bracket);
  void close(char bracket);
  void comma();
  void write(std::string_view raw);
  void integer(std::int64_t number);
  void unsigned_integer(std::uint64_t number);

  std::string out_;
  int depth_ = 0;
  bool needs_comma_ = false;
};

}  // namespace opora::web
