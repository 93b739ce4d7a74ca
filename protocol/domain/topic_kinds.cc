#include "protocol/domain/topic_kinds.h"

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/base/utf8.h"

namespace opora::protocol {

namespace {

struct NamedKind {
  std::string_view name;  // in small letters
  ContactKind kind;
};

constexpr std::array kNames = {
    NamedKind{"поддержка", ContactKind::kSupport},
    NamedKind{"support", ContactKind::kSupport},
    NamedKind{"обращение", ContactKind::kHotLine},
    NamedKind{"hot line", ContactKind::kHotLine},
    NamedKind{"запись", ContactKind::kBooking},
    NamedKind{"booking", ContactKind::kBooking},
    NamedKind{"вызов на дом", ContactKind::kHouseCall},
    NamedKind{"house call", ContactKind::kHouseCall},
    NamedKind{"лист ожидания", ContactKind::kWaitingList},
    NamedKind{"waiting list", ContactKind::kWaitingList},
    NamedKind{"пожелание", ContactKind::kWish},
    NamedKind{"wish", ContactKind::kWish},
};

std::optional<ContactKind> kind_named(std::string_view text) {
  std::string name;
  while (!text.empty()) append_utf8(name, small_letter(take_code_point(text)));
  const auto found =
      std::ranges::find_if(kNames, [&](const NamedKind& one) { return one.name == name; });
  return found == kNames.end() ? std::nullopt : std::optional(found->kind);
}

}  // namespace

ContactKind shipped_kind(const Topic& topic) {
  if (const auto by_name = kind_named(topic.name)) return *by_name;
  return kind_named(topic.kind).value_or(ContactKind::kNone);
}

}  // namespace opora::protocol
