#include "web/app/report_answer.h"

#include <array>

#include "web/app/export/delimited.h"
#include "web/app/export/xlsx.h"
#include "web/server/problem.h"

namespace opora::app {

namespace {

constexpr std::array kFormats = {
    web::EnumName<Format>{"json", Format::kJson}, web::EnumName<Format>{"tsv", Format::kTsv},
    web::EnumName<Format>{"csv", Format::kCsv}, web::EnumName<Format>{"xlsx", Format::kXlsx}};

web::Response file(Result<std::string> bytes, const std::string& type, const std::string& name) {
  if (!bytes.ok()) return web::problem(bytes.error());
  web::Response response;
  response.content_type = type;
  response.body = std::move(*bytes);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  return response;
}

web::Response response_of(Format format, const ReportAnswer& report, TimeMs now) {
  switch (format) {
    case Format::kTsv:
      return file(to_tsv(report.table()), "text/tab-separated-values; charset=utf-8",
                  report.name + ".tsv");
    case Format::kCsv:
      return file(to_csv(report.table()), "text/csv; charset=utf-8", report.name + ".csv");
    case Format::kXlsx:
      return file(to_xlsx(report.table(), now),
                  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                  report.name + ".xlsx");
    case Format::kJson: break;
  }
  return web::json_response(200, report.json());
}

}  // namespace

Format read_format(web::QueryReader& in) {
  return in.one_of<Format>("format", std::span<const web::EnumName<Format>>(kFormats))
      .value_or(Format::kJson);
}

void respond_report(const Context& context, Format format, Weight weight,
                    std::function<ReportAnswer()> make, const web::Respond& respond) {
  if (format != Format::kXlsx && weight == Weight::kLight)
    return respond(response_of(format, make(), context.clock.now()));
  const bool taken = context.worker.submit([&context, format, make = std::move(make), respond] {
    respond(response_of(format, make(), context.clock.now()));
  });
  if (!taken) respond(web::problem(Error{Code::kTooMany, "", "too many large reports at once"}));
}

}  // namespace opora::app
