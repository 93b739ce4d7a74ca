#include "web/app/export/xlsx.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <xlsxwriter.h>

#include "protocol/base/utf8.h"

namespace opora::app {
namespace {

constexpr std::size_t kMaxCellLetters = 32'767;   // of the format
constexpr std::size_t kMaxSheetNameLetters = 31;  // of the format
constexpr std::size_t kMinWidth = 8;
constexpr std::size_t kMaxWidth = 60;  // a screen shows two such columns and their neighbours
constexpr std::size_t kRowsMeasured = 1'000;  // more would not change the look of a column
constexpr std::size_t kReadChunk = 64 * 1024;

// A file that exists only in memory, reached by a path because the library wants one.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("opora-xlsx", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool ok() const { return fd_ >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  Result<Bytes> contents() const {
    Bytes out;
    std::array<char, kReadChunk> chunk;
    ssize_t got = 0;
    while ((got = pread(fd_, chunk.data(), chunk.size(), static_cast<off_t>(out.size()))) > 0) {
      out.append(chunk.data(), static_cast<std::size_t>(got));
    }
    if (got < 0) return Error{Code::kUnavailable, "", "cannot read the workbook back"};
    return out;
  }

 private:
  int fd_;
};

Error failed(lxw_error error) {
  return Error{Code::kUnavailable, "", std::string("workbook: ") + lxw_strerror(error)};
}

std::string cut(std::string_view text, std::size_t letters) {
  std::string_view rest = text;
  for (std::size_t n = 0; n < letters && !rest.empty(); ++n) take_code_point(rest);
  return std::string(text.substr(0, text.size() - rest.size()));
}

// Excel forbids these in the name of a sheet, and an apostrophe at its ends.
std::string sheet_name(std::string_view title) {
  std::string name = printable(title);
  for (char& c : name) {
    if (std::string_view("[]:*?/\\'\t\r\n").find(c) != std::string_view::npos) c = ' ';
  }
  name = cut(name, kMaxSheetNameLetters);
  return name.find_first_not_of(' ') == std::string::npos ? "Opora" : name;
}

std::string number_format(const Column& column) {
  std::string format = "0";
  if (column.decimals > 0) format += "." + std::string(column.decimals, '0');
  return column.type == ColumnType::kPercent ? format + "%" : format;
}

double number_value(std::int64_t value, const Column& column) {
  const int shift = column.decimals + (column.type == ColumnType::kPercent ? 2 : 0);
  return static_cast<double>(value) / std::pow(10.0, shift);
}

std::size_t cell_width(const Cell& cell, const Column& column) {
  if (const auto* text = std::get_if<std::string>(&cell)) return code_points(*text);
  if (const auto* n = std::get_if<std::int64_t>(&cell))
    return number_text(*n, column.decimals, '.').size() + 1;
  return 0;
}

std::size_t column_width(const Table& table, std::size_t column) {
  std::size_t width =
      std::max(kMinWidth, code_points(table.columns[column].name) + 3);  // the filter's arrow
  const std::size_t rows = std::min(table.rows.size(), kRowsMeasured);
  for (std::size_t r = 0; r < rows; ++r) {
    width = std::max(width, cell_width(table.rows[r][column], table.columns[column]) + 1);
  }
  return std::min(width, kMaxWidth);
}

// Writes one table to one workbook. The library owns every pointer until workbook_close.
class Writer {
 public:
  Writer(lxw_workbook* book, const Table& table)
      : book_(book),
        sheet_(workbook_add_worksheet(book, sheet_name(table.title).c_str())),
        table_(table) {}

  lxw_error write() {
    if (sheet_ == nullptr) return LXW_ERROR_MEMORY_MALLOC_FAILED;
    set_columns();
    write_header();
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      for (std::size_t c = 0; c < table_.columns.size(); ++c) {
        const lxw_error error = write_cell(static_cast<lxw_row_t>(r + 1), c);
        if (error != LXW_NO_ERROR) return error;
      }
    }
    return LXW_NO_ERROR;
  }

 private:
  static lxw_col_t col(std::size_t c) { return static_cast<lxw_col_t>(c); }

  void set_columns() {
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      lxw_format* format = nullptr;
      if (table_.columns[c].type != ColumnType::kText) {
        format = workbook_add_format(book_);
        format_set_num_format(format, number_format(table_.columns[c]).c_str());
      }
      formats_.push_back(format);
      worksheet_set_column(sheet_, col(c), col(c), static_cast<double>(column_width(table_, c)),
                           nullptr);
    }
  }

  void write_header() {
    lxw_format* bold = workbook_add_format(book_);
    format_set_bold(bold);
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const std::string name = cut(printable(table_.columns[c].name), kMaxCellLetters);
      worksheet_write_string(sheet_, 0, col(c), name.c_str(), bold);
    }
    worksheet_freeze_panes(sheet_, 1, 0);
    if (!table_.columns.empty()) {
      worksheet_autofilter(sheet_, 0, 0, static_cast<lxw_row_t>(table_.rows.size()),
                           col(table_.columns.size() - 1));
    }
  }

  lxw_error write_cell(lxw_row_t row, std::size_t c) {
    const Cell& cell = table_.rows[row - 1][c];
    if (const auto* text = std::get_if<std::string>(&cell)) {
      const std::string value = cut(printable(*text), kMaxCellLetters);
      if (value.empty()) return LXW_NO_ERROR;
      return worksheet_write_string(sheet_, row, col(c), value.c_str(), nullptr);
    }
    if (const auto* n = std::get_if<std::int64_t>(&cell)) {
      return worksheet_write_number(sheet_, row, col(c), number_value(*n, table_.columns[c]),
                                    formats_[c]);
    }
    return LXW_NO_ERROR;
  }

  lxw_workbook* book_;
  lxw_worksheet* sheet_;
  const Table& table_;
  std::vector<lxw_format*> formats_;
};

void set_properties(lxw_workbook* book, const Table& table, TimeMs made_at) {
  std::string title = cut(printable(table.title), 255);  // the library's limit
  lxw_doc_properties properties{};
  properties.title = title.data();
  properties.created =
      static_cast<time_t>(std::max<std::int64_t>(made_at.v / 1000, 1));  // 0 means "now" there
  workbook_set_properties(book, &properties);
}

}  // namespace

Result<Bytes> to_xlsx(const Table& table, TimeMs made_at) {
  OPORA_TRY(check_table(table));
  const MemoryFile file;
  if (!file.ok()) return Error{Code::kUnavailable, "", "no memory file for the workbook"};
  std::string temporary = "/dev/shm";  // where it is missing the library takes the system's folder
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  options.tmpdir = temporary.data();
  lxw_workbook* book = workbook_new_opt(file.path().c_str(), &options);
  if (book == nullptr) return failed(LXW_ERROR_MEMORY_MALLOC_FAILED);
  set_properties(book, table, made_at);
  const lxw_error written = Writer(book, table).write();
  const lxw_error closed = workbook_close(book);
  if (written != LXW_NO_ERROR) return failed(written);
  if (closed != LXW_NO_ERROR) return failed(closed);
  return file.contents();
}

}  // namespace opora::app
