#include "web/app/export/words.h"

#include "protocol/base/check.h"

namespace opora::app {

namespace {

struct Row {
  std::string_view key;
  std::string_view ru;
  std::string_view en;
};
constexpr Row kRows[] = {
#include "web/app/export/words.inc"
};

}  // namespace

std::string_view words_of(std::string_view key, Language language) {
  for (const Row& row : kRows) {
    if (row.key == key) return language == Language::kRu ? row.ru : row.en;
  }
  OPORA_CHECK(!"a column or a cell without words");
  return {};
}

}  // namespace opora::app
