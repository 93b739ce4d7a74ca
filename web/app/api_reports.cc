#include <algorithm>

#include "sync/projection/projection.h"
#include "web/app/activity.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/daily.h"
#include "web/app/report_answer.h"
#include "web/app/traffic.h"
#include "web/app/workforce.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"
#include "web/server/query_reader.h"
#include "web/server/time_text.h"

namespace opora::app {

using protocol::Action;
using protocol::Counter;
using protocol::DailyRow;

namespace {

struct Question {
  LocalDay day;
  ReportForm form;
};

Result<Question> read_question(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  const auto date = in.line("date", {10, 10});
  Question out;
  out.form = read_form(in);
  OPORA_TRY(in.finish());
  const auto day =
      date ? parse_day(*date) : std::optional(context.zone.day_of(context.clock.now()));
  if (!day) return invalid("date", "YYYY-MM-DD, 2000 to 2100");
  out.day = *day;
  return out;
}

void write_row(web::JsonWriter& out, const DailyRow& row) {
  out.object([&] {
    const bool total = row.desk.v == 0;
    out.field("site", total ? std::nullopt : std::optional(row.site.v));
    out.field("desk", total ? std::nullopt : std::optional(row.desk.v));
    out.field("name", total ? std::nullopt : std::optional(row.name));
    out.field("received", row.at(Counter::kReceived));
    out.field("accepted", row.at(Counter::kAccepted));
    out.field("lost", row.at(Counter::kLost));
    out.field("phantom", row.at(Counter::kPhantom));
    out.field("registered", row.at(Counter::kRegistered));
    out.field("agents", row.agents);
    out.field("avg_wait_s", row.average_s(Counter::kWaitMs));
    out.field("avg_talk_s", row.average_s(Counter::kTalkMs));
    out.field("avg_answer_s", row.average_s(Counter::kAnswerMs));
    out.field("availability_pct", row.availability_pct());
    out.field("registered_pct", row.registered_pct());
    out.field("handed_over", row.at(Counter::kHandedOver));
    out.field("to_call_back", row.at(Counter::kToCallBack));
    out.field("called_back", row.at(Counter::kCalledBack));
    out.field("data_through", row.data_through);
    out.field("behind", row.behind);
  });
}

std::string daily_json(const Context& context, const Daily& daily) {
  web::JsonWriter out(32 * 1024);
  out.object([&] {
    out.field("date", to_text(daily.day));
    out.field("generated_at", context.clock.now());
    out.field("data_through", daily.total.data_through);
    out.array("rows", [&] {
      for (const DailyRow& row : daily.rows) write_row(out, row);
    });
    out.key("total");
    write_row(out, daily.total);
  });
  return out.take();
}

Cell cell(std::optional<std::int64_t> value) { return value ? Cell(*value) : Cell(); }

Row table_row(const DailyRow& row) {
  return {row.name,
          row.at(Counter::kReceived),
          row.at(Counter::kAccepted),
          row.at(Counter::kLost),
          row.at(Counter::kPhantom),
          row.at(Counter::kRegistered),
          row.agents,
          cell(row.average_s(Counter::kWaitMs)),
          cell(row.average_s(Counter::kTalkMs)),
          cell(row.average_s(Counter::kAnswerMs)),
          cell(row.availability_pct()),
          cell(row.registered_pct()),
          row.data_through ? Cell(web::to_rfc3339(*row.data_through)) : Cell()};
}

Table daily_table(const Daily& daily) {
  Table table;
  table.title = to_text(daily.day);
  table.columns.push_back({"desk", ColumnType::kText});
  for (const char* name : {"received", "accepted", "lost", "phantom", "registered", "agents",
                           "avg_wait_s", "avg_talk_s", "avg_answer_s"}) {
    table.columns.push_back({name, ColumnType::kNumber});
  }
  table.columns.push_back({"availability_pct", ColumnType::kPercent});
  table.columns.push_back({"registered_pct", ColumnType::kPercent});
  table.columns.push_back({"data_through", ColumnType::kText});
  for (const DailyRow& row : daily.rows) table.rows.push_back(table_row(row));
  return table;
}

ReportAnswer daily_answer(const Context& context, LocalDay day) {
  const auto rows = context.store.snapshot();
  auto daily = std::make_shared<const Daily>(read_daily(context, *rows, day));
  return {"daily-" + to_text(day), [&context, daily] { return daily_json(context, *daily); },
          [daily] { return daily_table(*daily); }};
}

void daily_route(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadReport);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto question = read_question(context, request.query);
  if (!question.ok()) return respond(web::problem(question.error()));
  respond_report(
      context, question->form, Weight::kLight,
      [&context, day = question->day] { return daily_answer(context, day); }, respond);
}

std::string shift_json(const Context& context) {
  const auto rows = context.store.snapshot();
  const LocalDay today = context.zone.day_of(context.clock.now());
  const Daily daily = read_daily(context, *rows, today);
  Activity now;
  for (const SiteInfo& site : reporting_sites(context, *rows))
    add_activity(*rows, site.no, context.clock.now(), now);
  const DailyRow& total = daily.total;
  const std::int64_t unregistered = total.at(Counter::kAccepted) - total.at(Counter::kRegistered);
  web::JsonWriter out;
  out.object([&] {
    out.field("date", to_text(today));
    out.field("waiting", now.waiting);
    out.field("longest_wait_ms", now.longest_wait_ms);
    out.field("received", total.at(Counter::kReceived));
    out.field("accepted", total.at(Counter::kAccepted));
    out.field("lost", total.at(Counter::kLost));
    out.field("phantom", total.at(Counter::kPhantom));
    out.field("registered", total.at(Counter::kRegistered));
    out.field("unregistered", std::max<std::int64_t>(0, unregistered));
    out.field("availability_pct", total.availability_pct());
    out.object("agents", [&] {
      out.field("ready", now.ready);
      out.field("talking", now.talking);
      out.field("break", now.on_break);
    });
    out.field("data_through", total.data_through);
  });
  return out.take();
}

}  // namespace

void add_report_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/reports/daily",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { daily_route(context, request, respond); });
  add_traffic_route(router, context);
  add_workforce_route(router, context);
  router.on(
      web::Method::kGet, "/api/v1/shift",
      [&context](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
        auto user = authorize(context, request, Action::kReadReport);
        if (!user.ok()) return respond(web::problem(user.error()));
        respond(web::json_response(200, shift_json(context)));
      });
}

}  // namespace opora::app
