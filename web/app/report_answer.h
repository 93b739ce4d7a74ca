// A report's answer: JSON, or the file that its table makes (TSV, CSV, XLSX). Any thread.
#pragma once

#include <functional>
#include <string>

#include "web/app/context.h"
#include "web/app/export/table.h"
#include "web/app/export/words.h"
#include "web/server/http.h"
#include "web/server/query_reader.h"
#include "web/server/router.h"

namespace opora::app {

enum class Format : std::uint8_t { kJson, kTsv, kCsv, kXlsx };
struct ReportForm {
  Format format = Format::kJson;
  Language language = Language::kRu;  // of the headers of what people open: CSV, XLSX
};
// ?format=, JSON when it is not said; ?lang=.
ReportForm read_form(web::QueryReader& in);

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
void respond_report(const Context& context, ReportForm form, Weight weight,
                    std::function<ReportAnswer()> make, const web::Respond& respond);

}  // namespace opora::app
