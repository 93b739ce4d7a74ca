// A table as text: TSV for programs, CSV for a person's spreadsheet. Pure; any thread.
#pragma once

#include <string>

#include "protocol/base/result.h"
#include "web/app/export/table.h"

namespace opora::app {

// One line a row, ending in \n, no quoting: tabs and line ends inside texts become one space, so
// that splitting at tabs is always right. Decimal point. An unknown value is an empty field.
Result<std::string> to_tsv(const Table& table);

// For Excel and LibreOffice with Russian settings: byte order mark, semicolons, decimal comma,
// quotes where needed, \r\n. A text that a spreadsheet would take for a formula gets an apostrophe
// in front (OWASP, CSV injection).
Result<std::string> to_csv(const Table& table);

}  // namespace opora::app
