// The domain's tables of names in the form that JSON and query readers take.
#pragma once

#include <array>

#include "protocol/domain/texts.h"
#include "web/server/json_reader.h"

namespace opora::app {

template <class E>
constexpr auto make_enum_names() {
  constexpr auto& kTable = protocol::Names<E>::kTable;
  std::array<web::EnumName<E>, kTable.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = {kTable[i].name, kTable[i].value};
  return out;
}

template <class E>
inline constexpr auto kEnumNames = make_enum_names<E>();

template <class E>
std::span<const web::EnumName<E>> enum_names() {
  return kEnumNames<E>;
}

// A name, or nothing (JSON null) for a value without one.
template <class E>
std::optional<std::string_view> name_or_null(E value) {
  const std::string_view name = protocol::to_name(value);
  return name.empty() ? std::nullopt : std::optional(name);
}

}  // namespace opora::app
