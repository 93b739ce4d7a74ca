# cmake -DRU=ru.json -DEN=en.json -DCOLUMNS=a,b,… -DCELLS=c,d,… -DOUT=words.cc -P words.cmake: the catalogue's words for the
# columns of exported files ("file_a", …) and for what stands in their cells ("c", …). What a catalogue lacks stops the build.
file(READ ${RU} ru)
file(READ ${EN} en)
set(rows "")
string(REPLACE "," ";" COLUMNS "${COLUMNS}")
string(REPLACE "," ";" CELLS "${CELLS}")
list(TRANSFORM COLUMNS PREPEND "file_")
foreach(key ${COLUMNS} ${CELLS})
  string(JSON in_ru GET "${ru}" "${key}")
  string(JSON in_en GET "${en}" "${key}")
  string(APPEND rows "    {\"${key}\", R\"word(${in_ru})word\", R\"word(${in_en})word\"},\n")
endforeach()
file(WRITE ${OUT} "#include \"web/app/export/words.h\"

#include \"protocol/base/check.h\"

namespace opora::app {
namespace {

struct Row {
  std::string_view key;
  std::string_view ru;
  std::string_view en;
};
constexpr Row kRows[] = {
${rows}};

}  // namespace

std::string_view words_of(std::string_view key, Language language) {
  for (const Row& row : kRows) {
    if (row.key == key) return language == Language::kRu ? row.ru : row.en;
  }
  OPORA_CHECK(!\"a column or a cell without words\");
  return {};
}

}  // namespace opora::app
")
