// The headers of files that people open, from the screens' own catalogue (web/ui/messages), which
// the build copies in: words.cmake. Programs get the columns' names as they are. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace opora::app {

enum class Language : std::uint8_t { kRu, kEn };

// The catalogue's "file_" + `column`. A column without words is a bug (OPORA_CHECK).
std::string_view column_words(std::string_view column, Language language);

}  // namespace opora::app
