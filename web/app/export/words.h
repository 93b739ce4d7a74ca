// What files that people open say, in the words of the screens' own catalogue (web/ui/messages),
// which the build copies in (CMakeLists.txt). Programs get names and codes as they are. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace opora::app {

enum class Language : std::uint8_t { kRu, kEn };

// Of the catalogue's `key`: "file_" and the name of a column, or a cell's. A key that is not copied
// in is a bug (OPORA_CHECK).
std::string_view words_of(std::string_view key, Language language);

}  // namespace opora::app
