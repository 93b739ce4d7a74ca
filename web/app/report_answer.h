// A report's answer: JSON, or the file that its table makes (TSV, CSV, XLSX). Any thread.
#pragma once

#include <functional>
#include <string>

#include "web/app/context.h"
#include "web/app/export/table.h"
#include "web/server/http.h"
#include "web/server/query_reader.h"
#include "web/server/router.h"

namespace opora::app {

enum class Format : std::uint8_t { kJson, kTsv, kCsv, kXlsx };
// ?format=, JSON when it is not said.
Format read_format(web::QueryReader& in);

struct ReportAnswer {
  std::string name;  // of the file, without its ending
  std::function<std::string()> json;
  std::function<Table()> table;
};
enum class Weight : std::uint8_t {
  kLight,  // milliseconds
  kHeavy,  // tens of them, at the largest region
};
// `make` reads the store. What is heavy, and every workbook, is the worker's, and refused when too
// much of it waits.
void respond_report(const Context& context, Format format, Weight weight,
                    std::function<ReportAnswer()> make, const web::Respond& respond);

}  // namespace opora::app
