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

constexpr std::array kLanguages = {web::EnumName<Language>{"ru", Language::kRu},
                                   web::EnumName<Language>{"en", Language::kEn}};

web::Response file(Result<std::string> bytes, const std::string& type, const std::string& name) {
  if (!bytes.ok()) return web::problem(bytes.error());
  web::Response response;
  response.content_type = type;
  response.body = std::move(*bytes);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  return response;
}

std::string words(const std::string& key, Language language) {
  return std::string(words_of(key, language));
}

std::string result_in_words(const std::string& code, Language language) {
  const std::size_t dot = code.find('.');
  const std::string result = dot == std::string::npos ? "" : code.substr(dot + 1);
  return words("kind_" + code.substr(0, dot), language) + ": " +
         words("result_" + (result.empty() ? "none" : result), language);
}

// Of one report all are of one kind, which its title says.
std::string subject_in_words(const std::string& code, Language language) {
  const std::size_t dot = code.find('.');
  const std::string subject = dot == std::string::npos ? "" : code.substr(dot + 1);
  if (subject.empty()) return words("not_said", language);
  return words((code.starts_with("wish") ? "wish_" : "line_") + subject, language);
}

void put_in_words(Cell& cell, Codes codes, Language language) {
  auto* code = std::get_if<std::string>(&cell);
  if (code == nullptr) return;
  switch (codes) {
    case Codes::kNone: break;
    case Codes::kUrgency: *code = words("urgency_" + *code, language); break;
    case Codes::kResult: *code = result_in_words(*code, language); break;
    case Codes::kSubject: *code = subject_in_words(*code, language); break;
    case Codes::kWeekday: *code = words("weekday_" + *code, language); break;
  }
}

// As people read it; programs read the columns by their names.
Table table_in_words(const ReportAnswer& report, Language language) {
  Table table = report.table();
  for (Row& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      put_in_words(row[i], table.columns[i].codes, language);
  }
  for (Column& column : table.columns) column.name = words("file_" + column.name, language);
  return table;
}

web::Response response_of(ReportForm form, const ReportAnswer& report, TimeMs now) {
  switch (form.format) {
    case Format::kTsv:
      return file(to_tsv(report.table()), "text/tab-separated-values; charset=utf-8",
                  report.name + ".tsv");
    case Format::kCsv:
      return file(to_csv(table_in_words(report, form.language)), "text/csv; charset=utf-8",
                  report.name + ".csv");
    case Format::kXlsx:
      return file(to_xlsx(table_in_words(report, form.language), now),
                  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                  report.name + ".xlsx");
    case Format::kJson: break;
  }
  return web::json_response(200, report.json());
}

}  // namespace

ReportForm read_form(web::QueryReader& in) {
  ReportForm out;
  out.format = in.one_of<Format>("format", std::span<const web::EnumName<Format>>(kFormats))
                   .value_or(Format::kJson);
  out.language = in.one_of<Language>("lang", std::span<const web::EnumName<Language>>(kLanguages))
                     .value_or(Language::kRu);
  return out;
}

void respond_report(const Context& context, ReportForm form, Weight weight,
                    std::function<ReportAnswer()> make, const web::Respond& respond) {
  if (form.format != Format::kXlsx && weight == Weight::kLight)
    return respond(response_of(form, make(), context.clock.now()));
  const bool taken = context.worker.submit([&context, form, make = std::move(make), respond] {
    respond(response_of(form, make(), context.clock.now()));
  });
  if (!taken) respond(web::problem(Error{Code::kTooMany, "", "too many large reports at once"}));
}

}  // namespace opora::app
