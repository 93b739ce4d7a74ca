// What a report or a list looks like before it becomes a file: typed columns and rows. The same
// table gives TSV, CSV and XLSX, so that the three cannot differ. Plain values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base/result.h"

namespace opora::app {

// A spreadsheet has 1 048 576 rows, one is the header; a longer export is for a program, page by
// page.
inline constexpr std::size_t kMaxExportRows = 1'000'000;
// Wider than any report of the mission by a factor of four.
inline constexpr std::size_t kMaxExportColumns = 256;

enum class ColumnType : std::uint8_t {
  kText,
  kNumber,   // cells are whole multiples of 10^-decimals
  kPercent,  // the same, of a percent: 973 with one decimal is 97.3 %
};

// What the texts of a column are codes of; files that people open have words instead.
enum class Codes : std::uint8_t {
  kNone,
  kUrgency,  // "high"
  kResult,   // "house_call.examined", "waiting_list."
  kSubject,  // "wish.software", "hot_line.122", "wish."
  kWeekday,  // "1" is Monday
};

struct Column {
  std::string name;
  ColumnType type = ColumnType::kText;
  std::uint8_t decimals = 0;  // 0…6; numbers only
  Codes codes = Codes::kNone;
};

// monostate: not known or not applicable; an empty cell, never a zero.
using Cell = std::variant<std::monostate, std::string, std::int64_t>;
using Row = std::vector<Cell>;

struct Table {
  std::string title;
  std::vector<Column> columns;
  std::vector<Row> rows;
};

// Too large: more rows or columns than the limits. CHECKs that rows fit their columns (texts in
// text columns, numbers in number columns): that is our own code's promise.
Status check_table(const Table& table);

// "97.3" for 973 with one decimal.
std::string number_text(std::int64_t value, std::uint8_t decimals, char point);

// Valid UTF-8 without control characters other than tab and line ends: what every file format may
// hold.
std::string printable(std::string_view text);

}  // namespace opora::app
