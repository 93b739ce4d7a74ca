// Writes the workbook that xlsx_check.py takes apart: export_sample FILE.
#include <fstream>
#include <iostream>

#include "web/app/export/xlsx.h"

int main(int argc, char** argv) {
  using namespace opora;
  using namespace opora::app;
  if (argc != 2) return 2;
  const Table table{
      "Доступность: [день]/2026",
      {{"desk"},
       {"received", ColumnType::kNumber},
       {"speed", ColumnType::kNumber, 2},
       {"availability", ColumnType::kPercent, 1}},
      {{std::string("ГУЗ «Больница» & <сыновья>"), std::int64_t{22}, std::int64_t{125},
        std::int64_t{1000}},
       {std::string("=1+1"), std::int64_t{0}, std::int64_t{-5}, std::int64_t{973}},
       {std::string("https://example.org"), std::monostate{}, std::monostate{}, std::monostate{}},
       {std::string("a\x01\xD0\nb\uFFFE"), std::int64_t{-7}, std::int64_t{0}, std::int64_t{0}},
       {std::string(40'000, 'x'), std::int64_t{1}, std::int64_t{1}, std::int64_t{1}}}};
  const auto bytes = to_xlsx(table, TimeMs{1'790'000'000'000});
  if (!bytes.ok()) {
    std::cerr << bytes.error().message << "\n";
    return 1;
  }
  std::ofstream(argv[1], std::ios::binary) << *bytes;
  return 0;
}
