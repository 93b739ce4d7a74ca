#include "web/app/export/table.h"

#include "protocol/base/utf8.h"

namespace opora::app {
namespace {

constexpr std::uint8_t kMaxDecimals = 6;

bool fits(const Cell& cell, const Column& column) {
  if (std::holds_alternative<std::monostate>(cell)) return true;
  return std::holds_alternative<std::string>(cell) == (column.type == ColumnType::kText);
}

bool is_printable(char32_t c) {
  if (c == U'\t' || c == U'\n' || c == U'\r') return true;
  return c >= 0x20 && c != 0x7F && c != 0xFFFE && c != 0xFFFF;
}

}  // namespace

Status check_table(const Table& table) {
  if (table.columns.size() > kMaxExportColumns)
    return Error{Code::kTooLarge, "", "too many columns to export"};
  if (table.rows.size() > kMaxExportRows)
    return Error{Code::kTooLarge, "", "too many rows to export"};
  for (const Column& column : table.columns) OPORA_CHECK(column.decimals <= kMaxDecimals);
  for (const Row& row : table.rows) {
    OPORA_CHECK(row.size() == table.columns.size());
    for (std::size_t i = 0; i < row.size(); ++i) OPORA_CHECK(fits(row[i], table.columns[i]));
  }
  return ok_status();
}

std::string number_text(std::int64_t value, std::uint8_t decimals, char point) {
  const bool negative = value < 0;
  std::string digits = std::to_string(negative ? 0 - static_cast<std::uint64_t>(value)
                                               : static_cast<std::uint64_t>(value));
  if (decimals > 0) {
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, 1, point);
  }
  return negative ? "-" + digits : digits;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (is_printable(c)) append_utf8(out, c);
  }
  return out;
}

}  // namespace opora::app
