# cmake -DRU=ru.json -DEN=en.json -DCOLUMNS=a,b,… -DOUT=words.cc -P words.cmake: the catalogue's words for the columns of
# exported files. A column that a catalogue lacks stops the build.
file(READ ${RU} ru)
file(READ ${EN} en)
set(rows "")
string(REPLACE "," ";" COLUMNS "${COLUMNS}")
foreach(column ${COLUMNS})
  string(JSON in_ru GET "${ru}" "file_${column}")
  string(JSON in_en GET "${en}" "file_${column}")
  string(APPEND rows "    {\"${column}\", R\"word(${in_ru})word\", R\"word(${in_en})word\"},\n")
endforeach()
file(WRITE ${OUT} "#include \"web/app/export/words.h\"

#include \"protocol/base/check.h\"

namespace opora::app {
namespace {

struct Row {
  std::string_view column;
  std::string_view ru;
  std::string_view en;
};
constexpr Row kRows[] = {
${rows}};

}  // namespace

std::string_view column_words(std::string_view column, Language language) {
  for (const Row& row : kRows) {
    if (row.column == column) return language == Language::kRu ? row.ru : row.en;
  }
  OPORA_CHECK(!\"a column without words\");
  return {};
}

}  // namespace opora::app
")
