#include "web/app/auth.h"
#include "web/app/declared.h"
#include "web/app/report_answer.h"
#include "web/app/report_days.h"
#include "web/app/traffic.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"
#include "web/server/time_text.h"

namespace opora::app {

using protocol::Action;
using protocol::HourCounts;
using protocol::kDayHours;
using protocol::kWeekdays;
using protocol::TrafficRow;
using protocol::Weekday;

namespace {

// When it is not said: each weekday four times.
constexpr std::int32_t kUsualDays = 28;

struct Figure {
  const char* name;
  std::int64_t HourCounts::*value;
};
constexpr std::array kFigures = {
    Figure{"received", &HourCounts::received}, Figure{"accepted", &HourCounts::accepted},
    Figure{"lost", &HourCounts::lost}, Figure{"phantom", &HourCounts::phantom}};

struct Question {
  TrafficQuestion asked;
  ReportForm form;
};

Result<Question> read_question(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  Question out;
  const ReportDays days = read_report_days(in, context, kUsualDays);
  out.asked.from = days.from;
  out.asked.to = days.to;
  out.asked.site = read_report_site(in, context);
  if (const auto desk = in.integer("desk", {1, kMaxDeskNo})) {
    out.asked.desk = DeskNo{static_cast<std::uint16_t>(*desk)};
    if (!out.asked.site) in.fail("desk", "of a site: say which");
  }
  out.form = read_form(in);
  OPORA_TRY(in.finish());
  return out;
}

// As ISO 8601 has it: Monday is 1.
std::int64_t number_of(std::size_t weekday) { return static_cast<std::int64_t>(weekday) + 1; }

void write_row(web::JsonWriter& out, std::optional<std::int64_t> weekday, const TrafficRow& row) {
  const HourCounts total = row.total();
  out.object([&] {
    out.field("weekday", weekday);
    out.field("days", row.days);
    for (const Figure& figure : kFigures) out.field(figure.name, total.*figure.value);
    out.array("hours", [&] {
      for (const HourCounts& hour : row.hours) {
        out.object([&] {
          for (const Figure& figure : kFigures) out.field(figure.name, hour.*figure.value);
        });
      }
    });
  });
}

std::string traffic_json(const Context& context, const TrafficQuestion& asked,
                         const TrafficReport& report) {
  web::JsonWriter out(32 * 1024);
  out.object([&] {
    out.field("from", to_text(asked.from));
    out.field("to", to_text(asked.to));
    out.field("generated_at", context.clock.now());
    out.array("rows", [&] {
      for (std::size_t day = 0; day < kWeekdays; ++day)
        write_row(out, number_of(day), report.traffic.of(static_cast<Weekday>(day)));
    });
    out.key("total");
    write_row(out, std::nullopt, report.traffic.total());
    out.field("data_through", report.data_through);
    out.field("behind", report.behind);
  });
  return out.take();
}

Table traffic_table(const TrafficQuestion& asked, const TrafficReport& report) {
  Table out;
  out.title = to_text(asked.from) + "–" + to_text(asked.to);
  out.columns = {{"weekday", ColumnType::kText, 0, Codes::kWeekday},
                 {"hour", ColumnType::kText},
                 {"days", ColumnType::kNumber}};
  for (const Figure& figure : kFigures) out.columns.push_back({figure.name, ColumnType::kNumber});
  for (std::size_t day = 0; day < kWeekdays; ++day) {
    const TrafficRow& row = report.traffic.of(static_cast<Weekday>(day));
    for (std::size_t hour = 0; hour < kDayHours; ++hour) {
      Row cells{std::to_string(number_of(day)),
                (hour < 10 ? "0" : "") + std::to_string(hour) + ":00", row.days};
      for (const Figure& figure : kFigures) cells.emplace_back(row.hours[hour].*figure.value);
      out.rows.push_back(std::move(cells));
    }
  }
  return out;
}

ReportAnswer answer(const Context& context, const TrafficQuestion& asked) {
  const auto rows = context.store.snapshot();
  auto report = std::make_shared<const TrafficReport>(read_traffic(context, *rows, asked));
  return {"traffic-" + to_text(asked.from) + "-" + to_text(asked.to),
          [&context, asked, report] { return traffic_json(context, asked, *report); },
          [asked, report] { return traffic_table(asked, *report); }};
}

void traffic_route(const Context& context, const web::Request& request,
                   const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadReport);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto question = read_question(context, request.query);
  if (!question.ok()) return respond(web::problem(question.error()));
  respond_report(
      context, question->form, Weight::kHeavy,
      [&context, asked = question->asked] { return answer(context, asked); }, respond);
}

}  // namespace

void add_traffic_route(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/reports/traffic",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { traffic_route(context, request, respond); });
}

}  // namespace opora::app
