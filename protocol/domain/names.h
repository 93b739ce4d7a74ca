// How the values of an enumeration get the names under which the API, the exports and the logs
// write them. Pure, compile-time tables.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace opora::protocol {

template <class E>
struct Named {
  E value;
  std::string_view name;
};
// Spelled out for clang 14 (fuzzing, clang-tidy), which deduces nothing for aggregates.
template <class E>
Named(E, const char*) -> Named<E>;

// Specialised where the values are (texts.h): `kTable` lists every value that has a name. "None"
// values have none: the API writes null.
template <class E>
struct Names;

// Empty for a value without a name (none, or one of a newer version).
template <class E>
constexpr std::string_view to_name(E value) {
  for (const auto& n : Names<E>::kTable) {
    if (n.value == value) return n.name;
  }
  return {};
}

template <class E>
constexpr std::optional<E> from_name(std::string_view name) {
  for (const auto& n : Names<E>::kTable) {
    if (n.name == name) return n.value;
  }
  return std::nullopt;
}

}  // namespace opora::protocol
