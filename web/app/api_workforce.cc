#include <algorithm>
#include <charconv>
#include <cmath>

#include "web/app/auth.h"
#include "web/app/declared.h"
#include "web/app/report_answer.h"
#include "web/app/workforce.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"
#include "web/server/time_text.h"

namespace opora::app {

using protocol::Action;
using protocol::ForecastError;
using protocol::Staffing;

namespace {

// Two weeks are as far as shifts are planned at a time.
constexpr std::int64_t kMaxDays = 14;
// Of a region; an address of the browser's has room for as many.
constexpr std::size_t kMaxDesks = 400;
constexpr std::size_t kMaxListChars = 4'000;
constexpr std::size_t kMaxPlanChars = 6'000;

// ---- What is asked

bool take_number(std::string_view& rest, std::int64_t max, std::int64_t& out) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), out);
  if (error != std::errc() || out < 1 || out > max) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

// "17.2": the site's number and the desk's.
std::optional<DeskKey> read_desk(std::string_view text) {
  std::int64_t site = 0;
  std::int64_t desk = 0;
  if (!take_number(text, kMaxSiteNo, site) || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  if (!take_number(text, kMaxDeskNo, desk) || !text.empty()) return std::nullopt;
  return DeskKey{SiteNo{static_cast<std::uint32_t>(site)},
                 DeskNo{static_cast<std::uint16_t>(desk)}};
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t stop = text.find(at);
    out.push_back(text.substr(0, stop));
    if (stop == std::string_view::npos) return out;
    text.remove_prefix(stop + 1);
  }
}

void read_desks(web::QueryReader& in, WorkforceQuestion& out) {
  const auto text = in.line("desks", {1, kMaxListChars});
  if (!text) return;
  for (const std::string_view one : split(*text, ',')) {
    const auto desk = read_desk(one);
    if (!desk) return in.fail("desks", "as 17.1,17.2: site and desk");
    if (out.site && desk->first != *out.site) return in.fail("desks", "figures of this site only");
    if (out.desks.size() == kMaxDesks) return in.fail("desks", "too many");
    out.desks.push_back(*desk);
  }
}

// "17.1=1-5 08:00-14:00 4;17.2=…"
void read_plans(web::QueryReader& in, WorkforceQuestion& out) {
  const auto text = in.line("plan", {1, kMaxPlanChars});
  if (!text) return;
  for (const std::string_view one : split(*text, ';')) {
    const std::size_t equals = one.find('=');
    const auto desk = read_desk(one.substr(0, equals));
    if (!desk || equals == std::string_view::npos)
      return in.fail("plan", "as 17.1=1-5 08:00-14:00 4;17.2=…");
    auto plan = protocol::parse_plan(one.substr(equals + 1));
    if (!plan.ok()) return in.fail("plan", plan.error().message);
    if (!out.plans.emplace(*desk, std::move(*plan)).second) return in.fail("plan", "a desk twice");
  }
}

void read_days(web::QueryReader& in, const Context& context, WorkforceQuestion& out) {
  const LocalDay today = context.zone.day_of(context.clock.now());
  const auto text = in.line("from", {10, 10});
  const auto from = text ? parse_day(*text) : std::optional(today);
  if (!from) return in.fail("from", "YYYY-MM-DD, 2000 to 2100");
  const auto days = in.integer("days", {1, kMaxDays}).value_or(1);
  out.from = *from;
  out.to = LocalDay{out.from.v + static_cast<std::int32_t>(days) - 1};
  if (out.to.v - today.v > protocol::kMaxHorizonDays)
    return in.fail("from", "no further than a quarter of a year from now");
  // Of days before, a forecast as it would have been needs a history behind them.
  if (today.v - out.from.v > protocol::kMaxHistoryDays / 2)
    return in.fail("from", "no longer than half a year ago");
}

void read_service(web::QueryReader& in, WorkforceQuestion& out) {
  out.service.goal.share = static_cast<double>(in.integer("goal_pct", {1, 99}).value_or(80)) / 100;
  out.service.goal.within_s = static_cast<double>(in.integer("within_s", {0, 600}).value_or(20));
  const auto longest = static_cast<std::int64_t>(protocol::kMaxPatienceS);
  const auto patience = in.integer("patience_s", {0, longest}).value_or(180);
  out.service.patience_s =
      patience == 0 ? std::nullopt : std::optional(static_cast<double>(patience));
  out.wrap_up_s = static_cast<double>(in.integer("wrap_up_s", {0, 1'800}).value_or(30));
}

struct Question {
  WorkforceQuestion asked;
  ReportForm form;
};

Result<Question> read_question(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  Question out;
  if (context.place != protocol::Place::kHub) out.asked.site = context.site;
  read_days(in, context, out.asked);
  read_desks(in, out.asked);
  read_plans(in, out.asked);
  read_service(in, out.asked);
  out.form = read_form(in);
  OPORA_TRY(in.finish());
  return out;
}

// ---- The answer

std::int64_t scaled(double value, double by) { return std::llround(value * by); }
web::Decimal hundredths(double value) { return {scaled(value, 100), 2}; }
web::Decimal tenths(double value) { return {scaled(value, 10), 1}; }
// Of one operator; exact, since a quarter is 0.25.
web::Decimal hours(std::int64_t quarters) { return {quarters * 25, 2}; }
std::optional<web::Decimal> share(double part, double of) {
  return of > 0 ? std::optional(tenths(part / of * 100)) : std::nullopt;
}

void write_error(web::JsonWriter& out, const ForecastError& error) {
  out.object("error", [&] {
    out.field("days", error.days);
    out.field("wape_pct", share(error.by_quarter, error.calls));
    out.field("naive_wape_pct", share(error.naive_by_quarter, error.calls));
    out.field("day_wape_pct", share(error.by_day, error.calls));
    out.field("naive_day_wape_pct", share(error.naive_by_day, error.calls));
  });
}

void write_needed(web::JsonWriter& out, const Workforce& report, const Staffing& sums) {
  out.field("needed_hours", hours(sums.needed_quarters));
  out.field("needed_peak", sums.needed_peak);
  out.field("peak_at",
            sums.needed_peak > 0 ? std::optional(report.at(sums.peak_at)) : std::nullopt);
}

void write_planned(web::JsonWriter& out, const Staffing& sums,
                   bool has_plan) {  // bool: else nothing is known of it
  const auto known = [&](auto value) { return has_plan ? std::optional(value) : std::nullopt; };
  out.field("planned_hours", known(hours(sums.planned_quarters)));
  out.field("short_quarters", known(sums.short_quarters));
  out.field("missing_hours", known(hours(sums.missing_quarters)));
}

std::string_view name_of(TalkOf talk) {
  switch (talk) {
    case TalkOf::kDesk: return "desk";
    case TalkOf::kAll: return "all";
    case TalkOf::kAssumed: break;
  }
  return "assumed";
}

void write_desk(web::JsonWriter& out, const Workforce& report, const WorkforceDesk& desk) {
  out.object([&] {
    out.field("site", desk.key.first);
    out.field("desk", desk.key.second);
    out.field("name", desk.name);
    out.field("history_days", desk.history_days);
    out.field("talk_s", std::llround(desk.talk_s));
    out.field("talk_of", name_of(desk.talk_of));
    out.field("calls", hundredths(desk.sums.calls));
    write_needed(out, report, desk.sums);
    write_planned(out, desk.sums, desk.has_plan());
    out.field("planned_level_pct",
              desk.planned_level ? share(*desk.planned_level, 1) : std::nullopt);
    write_error(out, desk.error);
    out.field("data_through", desk.data_through);
    out.field("behind", desk.behind);
  });
}

void write_total(web::JsonWriter& out, const Workforce& report) {
  const bool has_plan = std::ranges::any_of(report.desks, &WorkforceDesk::has_plan);
  out.object("total", [&] {
    out.field("calls", hundredths(report.apart_sums.calls));
    write_needed(out, report, report.apart_sums);
    write_planned(out, report.apart_sums, has_plan);
    write_error(out, report.error);
    out.field("data_through", report.data_through);
    out.field("behind", report.behind);
  });
  const std::int64_t saved =
      report.apart_sums.needed_quarters - report.together_sums.needed_quarters;
  out.object("together", [&] {
    write_needed(out, report, report.together_sums);
    out.field("saved_hours", hours(saved));
    out.field("saved_peak", report.apart_sums.needed_peak - report.together_sums.needed_peak);
  });
}

void write_settings(web::JsonWriter& out, const WorkforceQuestion& asked) {
  const auto whole = [](double value) { return std::llround(value); };
  out.object("settings", [&] {
    out.field("goal_pct", whole(asked.service.goal.share * 100));
    out.field("within_s", whole(asked.service.goal.within_s));
    out.field("patience_s", asked.service.patience_s
                                ? std::optional(whole(*asked.service.patience_s))
                                : std::nullopt);
    out.field("wrap_up_s", whole(asked.wrap_up_s));
  });
}

std::string workforce_json(const Context& context, const WorkforceQuestion& asked,
                           const Workforce& report) {
  web::JsonWriter out(64 * 1024);
  out.object([&] {
    out.field("from", to_text(asked.from));
    out.field("to", to_text(asked.to));
    out.field("generated_at", context.clock.now());
    write_settings(out, asked);
    out.array("rows", [&] {
      for (const WorkforceDesk& desk : report.desks) write_desk(out, report, desk);
    });
    write_total(out, report);
    out.array("quarters", [&] {
      for (std::size_t i = 0; i < report.quarters; ++i) {
        out.object([&] {
          out.field("at", report.at(i));
          out.field("calls", hundredths(report.loads[i].calls));
          out.field("came", report.came[i]);
          out.field("needed", report.needed[i]);
          out.field("planned", report.planned[i]);
          out.field("together", report.together[i]);
        });
      }
    });
  });
  return out.take();
}

// ---- The file: by desk and quarter of an hour, without those in which nothing is

Row table_row(const WorkforceDesk& desk, TimeMs at, std::size_t i) {
  const auto& came = desk.came[i];
  const auto& planned = desk.planned[i];
  return {desk.name,
          web::to_rfc3339(at),
          scaled(desk.loads[i].calls, 100),
          came ? Cell(*came) : Cell(),
          std::int64_t{desk.needed[i]},
          planned ? Cell(std::int64_t{*planned}) : Cell(),
          std::llround(desk.loads[i].handling_s)};
}

Table workforce_table(const WorkforceQuestion& asked, const Workforce& report) {
  Table out;
  out.title = to_text(asked.from) + "–" + to_text(asked.to);
  out.columns = {{"desk", ColumnType::kText},        {"quarter", ColumnType::kText},
                 {"calls", ColumnType::kNumber, 2},  {"came", ColumnType::kNumber},
                 {"needed", ColumnType::kNumber},    {"planned", ColumnType::kNumber},
                 {"handling_s", ColumnType::kNumber}};
  for (const WorkforceDesk& desk : report.desks) {
    for (std::size_t i = 0; i < report.quarters; ++i) {
      const bool empty =
          desk.needed[i] == 0 && desk.planned[i].value_or(0) == 0 && desk.came[i].value_or(0) == 0;
      if (!empty) out.rows.push_back(table_row(desk, report.at(i), i));
    }
  }
  return out;
}

ReportAnswer answer(const Context& context, const WorkforceQuestion& asked) {
  const auto rows = context.store.snapshot();
  auto report = std::make_shared<const Workforce>(read_workforce(context, *rows, asked));
  return {"workforce-" + to_text(asked.from) + "-" + to_text(asked.to),
          [&context, asked, report] { return workforce_json(context, asked, *report); },
          [asked, report] { return workforce_table(asked, *report); }};
}

void workforce_route(const Context& context, const web::Request& request,
                     const web::Respond& respond) {
  // Who says when somebody is away plans who is there.
  auto user = authorize(context, request, Action::kSetAbsence);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto question = read_question(context, request.query);
  if (!question.ok()) return respond(web::problem(question.error()));
  respond_report(
      context, question->form, Weight::kHeavy,
      [&context, asked = question->asked] { return answer(context, asked); }, respond);
}

}  // namespace

void add_workforce_route(web::Router& router, const Context& context) {
  router.on(
      web::Method::kGet, "/api/v1/reports/workforce",
      [&context](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
        workforce_route(context, request, respond);
      });
}

}  // namespace opora::app
