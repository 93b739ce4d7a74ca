#include "web/app/export/delimited.h"

#include <string_view>

namespace opora::app {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string tsv_text(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : printable(text)) {
    const bool breaks = c == '\t' || c == '\n' || c == '\r';
    if (breaks && !gap) out.push_back(' ');
    if (!breaks) out.push_back(c);
    gap = breaks;
  }
  return out;
}

// These begin a formula or a command in some spreadsheet; a tab or a line end in front hides one.
bool looks_like_formula(std::string_view text) {
  return !text.empty() &&
         std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos;
}

std::string csv_text(std::string_view text) {
  std::string value = printable(text);
  if (looks_like_formula(value)) value.insert(0, 1, '\'');
  if (value.find_first_of(";\"\r\n\t,'") == std::string::npos) return value;
  std::string out = "\"";
  for (const char c : value) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

struct Dialect {
  char separator;
  char point;
  std::string_view line_end;
  std::string (*text)(std::string_view);
};
constexpr Dialect kTsv{'\t', '.', "\n", tsv_text};
constexpr Dialect kCsv{';', ',', "\r\n", csv_text};

std::string cell_text(const Cell& cell, const Column& column, const Dialect& dialect) {
  if (const auto* text = std::get_if<std::string>(&cell)) return dialect.text(*text);
  if (const auto* n = std::get_if<std::int64_t>(&cell))
    return number_text(*n, column.decimals, dialect.point);
  return {};
}

Result<std::string> written(const Table& table, const Dialect& dialect) {
  OPORA_TRY(check_table(table));
  std::string out;
  const auto end_cell = [&](std::size_t i) {
    if (i + 1 < table.columns.size()) out.push_back(dialect.separator);
    else out.append(dialect.line_end);
  };
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    out += dialect.text(table.columns[i].name);
    end_cell(i);
  }
  for (const Row& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += cell_text(row[i], table.columns[i], dialect);
      end_cell(i);
    }
  }
  return out;
}

}  // namespace

Result<std::string> to_tsv(const Table& table) { return written(table, kTsv); }

Result<std::string> to_csv(const Table& table) {
  auto text = written(table, kCsv);
  if (text.ok()) text->insert(0, kByteOrderMark);
  return text;
}

}  // namespace opora::app
