#include "protocol/base/archive.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/figure_days.h"
#include "web/app/listing.h"
#include "web/app/names.h"
#include "web/app/render.h"
#include "web/app/report_answer.h"
#include "web/app/ticket_report.h"
#include "web/server/problem.h"
#include "web/server/time_text.h"

namespace opora::app {

using protocol::Action;
using protocol::ContactFigure;
using protocol::FigureSet;
using protocol::RejectReason;
using protocol::TicketClass;
using protocol::TicketFigure;
using protocol::TicketGroup;
using protocol::TicketMoment;

namespace {

constexpr std::array kGroups = {web::EnumName<TicketGroup>{"day", TicketGroup::kDay},
                                web::EnumName<TicketGroup>{"line", TicketGroup::kLine},
                                web::EnumName<TicketGroup>{"urgency", TicketGroup::kUrgency},
                                web::EnumName<TicketGroup>{"topic", TicketGroup::kTopic},
                                web::EnumName<TicketGroup>{"site", TicketGroup::kSite},
                                web::EnumName<TicketGroup>{"result", TicketGroup::kResult},
                                web::EnumName<TicketGroup>{"subject", TicketGroup::kSubject},
                                web::EnumName<TicketGroup>{"operator", TicketGroup::kOperator}};
constexpr std::array kClasses = {web::EnumName<TicketClass>{"tickets", TicketClass::kTickets},
                                 web::EnumName<TicketClass>{"wishes", TicketClass::kWishes}};

// A month of a thousand sites is 31 000 cells, a few milliseconds; a year is the worker's.
constexpr std::int32_t kLightDays = 31;

struct NamedFigures {
  const char* name;
  FigureSet figures;
};
const std::array kFigures = {NamedFigures{"accepted", set_of(TicketFigure::kAccepted)},
                             NamedFigures{"accepted_late", set_of(TicketFigure::kAcceptedLate)},
                             NamedFigures{"completed", protocol::completed_figures()},
                             NamedFigures{"in_time", set_of(TicketFigure::kInTime)},
                             NamedFigures{"late", set_of(TicketFigure::kLate)},
                             NamedFigures{"late_cut_off", set_of(TicketFigure::kLateCutOff)},
                             NamedFigures{"no_deadline", set_of(TicketFigure::kNoDeadline)},
                             NamedFigures{"rejected", protocol::rejected_figures()},
                             NamedFigures{"reopened", set_of(TicketFigure::kReopened)},
                             NamedFigures{"merged", set_of(TicketFigure::kMerged)},
                             NamedFigures{"reacted", protocol::reacted_figures()},
                             NamedFigures{"reacted_in_time", set_of(TicketFigure::kReactedInTime)},
                             NamedFigures{"reacted_late", set_of(TicketFigure::kReactedLate)}};

struct NamedContacts {
  const char* name;
  ContactFigure figure;
};
constexpr std::array kContacts = {NamedContacts{"contacts", ContactFigure::kAll},
                                  NamedContacts{"contacts_other", ContactFigure::kOther},
                                  NamedContacts{"solved", ContactFigure::kSolved}};

std::string rejected_name(RejectReason reason) {
  return "rejected_" + std::string(protocol::to_name(reason));
}

// ---- What is asked

TicketGroup read_group(web::QueryReader& in) {
  return in.one_of<TicketGroup>("by", std::span<const web::EnumName<TicketGroup>>(kGroups))
      .value_or(TicketGroup::kDay);
}

TicketClass read_class(web::QueryReader& in) {
  return in.one_of<TicketClass>("kind", std::span<const web::EnumName<TicketClass>>(kClasses))
      .value_or(TicketClass::kTickets);
}

struct ReportQuestion {
  TicketQuestion asked;
  ReportForm form;
};

Result<ReportQuestion> read_question(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  ReportQuestion out;
  out.asked.days = read_report_days(in, context);
  out.asked.site = read_report_site(in, context);
  out.asked.of = read_class(in);
  out.asked.group = read_group(in);
  out.form = read_form(in);
  OPORA_TRY(in.finish());
  return out;
}

// ---- The report

void write_row(web::JsonWriter& out, const TicketReportRow& row) {
  out.object([&] {
    out.field("value", text_or_null(row.value));
    out.field("name", text_or_null(row.name));
    for (const NamedFigures& figure : kFigures)
      out.field(figure.name, row.count.sum(figure.figures));
    for (const NamedContacts& one : kContacts) out.field(one.name, row.contacts.at(one.figure));
    out.field("in_time_pct", row.count.in_time_pct());
    out.field("solved_pct", row.contacts.solved_pct());
    out.object("rejected_for", [&] {
      for (const auto& reason : protocol::Names<RejectReason>::kTable)
        out.field(reason.name, row.count.at(protocol::rejected_for(reason.value)));
    });
    out.field("data_through", row.data_through);
    out.field("behind", row.behind);
  });
}

std::string report_json(const Context& context, const TicketQuestion& asked,
                        const TicketReport& report) {
  web::JsonWriter out(32 * 1024);
  out.object([&] {
    out.field("from", to_text(asked.days.from));
    out.field("to", to_text(asked.days.to));
    out.field("by", kGroups.at(static_cast<std::size_t>(asked.group)).name);
    out.field("kind", kClasses.at(static_cast<std::size_t>(asked.of)).name);
    out.field("generated_at", context.clock.now());
    out.array("rows", [&] {
      for (const TicketReportRow& row : report.rows) write_row(out, row);
    });
    out.key("total");
    write_row(out, report.total);
  });
  return out.take();
}

Row table_row(const TicketReportRow& row) {
  Row out{row.value, row.name.empty() ? Cell(row.value) : Cell(row.name)};
  for (const NamedFigures& figure : kFigures) out.emplace_back(row.count.sum(figure.figures));
  for (const NamedContacts& one : kContacts) out.emplace_back(row.contacts.at(one.figure));
  for (const auto& reason : protocol::Names<RejectReason>::kTable)
    out.emplace_back(row.count.at(protocol::rejected_for(reason.value)));
  for (const auto share : {row.count.in_time_pct(), row.contacts.solved_pct()})
    out.push_back(share ? Cell(*share) : Cell());
  out.push_back(row.data_through ? Cell(web::to_rfc3339(*row.data_through)) : Cell());
  return out;
}

Codes codes_of(TicketGroup group) {
  if (group == TicketGroup::kUrgency) return Codes::kUrgency;
  if (group == TicketGroup::kSubject) return Codes::kSubject;
  return group == TicketGroup::kResult ? Codes::kResult : Codes::kNone;
}

Table report_table(const TicketQuestion& asked, const TicketReport& report) {
  Table out;
  out.title = to_text(asked.days.from) + "–" + to_text(asked.days.to);
  const std::string group(kGroups.at(static_cast<std::size_t>(asked.group)).name);
  out.columns = {{group, ColumnType::kText}, {"name", ColumnType::kText, 0, codes_of(asked.group)}};
  for (const NamedFigures& figure : kFigures)
    out.columns.push_back({figure.name, ColumnType::kNumber});
  for (const NamedContacts& one : kContacts) out.columns.push_back({one.name, ColumnType::kNumber});
  for (const auto& reason : protocol::Names<RejectReason>::kTable)
    out.columns.push_back({rejected_name(reason.value), ColumnType::kNumber});
  out.columns.push_back({"in_time_pct", ColumnType::kPercent});
  out.columns.push_back({"solved_pct", ColumnType::kPercent});
  out.columns.push_back({"data_through", ColumnType::kText});
  for (const TicketReportRow& row : report.rows) out.rows.push_back(table_row(row));
  return out;
}

ReportAnswer answer(const Context& context, const TicketQuestion& asked) {
  const auto rows = context.store.snapshot();
  auto report = std::make_shared<const TicketReport>(read_ticket_report(context, *rows, asked));
  return {"tickets-" + to_text(asked.days.from) + "-" + to_text(asked.days.to),
          [&context, asked, report] { return report_json(context, asked, *report); },
          [asked, report] { return report_table(asked, *report); }};
}

void report_route(const Context& context, const web::Request& request,
                  const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadReport);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto question = read_question(context, request.query);
  if (!question.ok()) return respond(web::problem(question.error()));
  const ReportDays& days = question->asked.days;
  const Weight weight = days.to.v - days.from.v >= kLightDays ? Weight::kHeavy : Weight::kLight;
  respond_report(
      context, question->form, weight,
      [&context, asked = question->asked] { return answer(context, asked); }, respond);
}

// ---- What a figure opens

struct Behind {
  Page page;
  TicketClass of{};
  TicketGroup group{};  // of the report whose figure it is
  FigureSet figures;
  bool of_contacts = false;  // and what they are of
  std::optional<SiteNo> site;
  std::optional<std::uint8_t> line;
  std::optional<protocol::Urgency> urgency;
  std::optional<std::string> topic;
  std::optional<std::string> result;
  std::optional<std::string> subject;
  std::optional<AggregateId> by;

  // By these groups the report is of what has a value alone, its total too; all contacts are in
  // the total by result, since they have none.
  bool in_report(const TicketMoment& moment) const {
    if (group == TicketGroup::kSubject) return !moment.subject.empty();
    return group != TicketGroup::kResult || of_contacts || !moment.result.empty();
  }

  // Cells that count at least what is asked for: of one of its conditions.
  FigureCells cells() const {
    FigureCells out{of, of_contacts, TicketGroup::kDay, "", figures, site};
    const auto are = [&out](TicketGroup by_group, std::string value) {
      out.group = by_group;
      out.value = std::move(value);
    };
    if (topic) are(TicketGroup::kTopic, *topic);
    else if (subject) are(TicketGroup::kSubject, *subject);
    else if (by) are(TicketGroup::kOperator, by->hex());
    else if (of_contacts) return out;
    else if (result) are(TicketGroup::kResult, *result);
    else if (urgency) are(TicketGroup::kUrgency, std::string(protocol::to_name(*urgency)));
    else if (line) are(TicketGroup::kLine, std::to_string(*line));
    return out;
  }

  bool takes(const TicketMoment& moment) const {
    if (!in_report(moment)) return false;
    if ((moment.figures.v & figures.v) == 0 || (site && moment.site != *site)) return false;
    if (line && moment.line != *line) return false;
    if (urgency && moment.urgency != *urgency) return false;
    if (result && moment.result != *result) return false;
    if (subject && moment.subject != *subject) return false;
    if (by && moment.by != *by) return false;
    return !topic || moment.topic == *topic;
  }
};

void read_figures(web::QueryReader& in, Behind& out) {
  const auto name = in.line("figure", {1, 64});
  for (const NamedFigures& figure : kFigures) {
    if (name == figure.name) out.figures = figure.figures;
  }
  for (const auto& reason : protocol::Names<RejectReason>::kTable) {
    if (name == rejected_name(reason.value))
      out.figures = set_of(protocol::rejected_for(reason.value));
  }
  for (const NamedContacts& one : kContacts) {
    if (name != one.name) continue;
    out.figures = set_of(one.figure);
    out.of_contacts = true;
  }
  if (out.figures.v == 0) in.fail("figure", "one of the report's figures");
}

Bytes all_moments(const Behind& asked) {
  return asked.of_contacts ? protocol::keys::contact_moments(asked.of)
                           : protocol::keys::ticket_moments(asked.of);
}

Bytes moments_from(const Behind& asked, LocalDay day) {
  return asked.of_contacts ? protocol::keys::contact_moments(asked.of, day)
                           : protocol::keys::ticket_moments(asked.of, day);
}

Result<Behind> read_behind(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  Behind out;
  out.page = read_page(in);
  const ReportDays days = read_report_days(in, context);
  out.of = read_class(in);
  out.group = read_group(in);
  read_figures(in, out);
  out.site = read_report_site(in, context);
  if (const auto line = in.integer("line", {1, 3})) out.line = static_cast<std::uint8_t>(*line);
  out.urgency = in.one_of<protocol::Urgency>("urgency", enum_names<protocol::Urgency>());
  out.topic = in.line("topic", {1, 64});
  out.result = in.line("result", {1, 64});
  out.subject = in.line("subject", {1, 64});
  if (const auto by = in.line("operator", {1, 64})) {
    out.by = AggregateId::from_hex(*by);
    if (!out.by) in.fail("operator", "a user's id");
  }
  OPORA_TRY(in.finish());
  // A cursor of another list: from the start.
  if (!out.page.after.starts_with(all_moments(out))) out.page.after.clear();
  out.page.after = std::max(out.page.after, moments_from(out, days.from));
  out.page.end = moments_from(out, protocol::next(days.to));
  return out;
}

// One of the two: what a figure of tickets or of contacts counts.
void write_counted(web::JsonWriter& out, Renderer& renderer, const protocol::Entity& counted) {
  const bool contact = counted.kind == protocol::Kind::kContact;
  const auto none = [&out](const char* name) { out.field(name, std::optional<int>()); };
  if (contact) none("ticket");
  out.key(contact ? "contact" : "ticket");
  if (contact) renderer.contact(out, counted);
  else renderer.ticket(out, counted);
  if (!contact) none("contact");
}

std::string behind_json(const sync::Reader& rows, const Behind& asked, Renderer& renderer) {
  web::JsonWriter out(64 * 1024);
  FigureDays days(rows, asked.cells());
  Page page = asked.page;
  // From a cursor on, what the pages before had of its day is not known: it is looked through.
  page.leap = [&days](std::string_view key) { return days.leap(key); };
  const auto write = [&](std::string_view key, std::string_view value) {
    const auto moment = from_row<TicketMoment>(value);
    if (!moment || !asked.takes(*moment)) return false;
    days.found(key);
    const auto kind = asked.of_contacts ? protocol::Kind::kContact : protocol::Kind::kTicket;
    const auto counted = sync::read_entity(rows, kind, protocol::keys::id_of(key));
    out.object([&] {
      out.field("at", protocol::ticket_moment_at(key));
      write_counted(out, renderer, counted);
    });
    return true;
  };
  write_list(out, rows, all_moments(asked), page, write);
  return out.take();
}

void behind_route(const Context& context, const web::Request& request,
                  const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto asked = read_behind(context, request.query);
  if (!asked.ok()) return respond(web::problem(asked.error()));
  const auto rows = context.store.snapshot();
  Renderer renderer(context, *rows);
  std::string page = behind_json(*rows, *asked, renderer);
  note_read(context, *user, protocol::ReadFrom::kTickets, renderer.shown());
  respond(web::json_response(200, std::move(page)));
}

}  // namespace

void add_ticket_report_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/reports/tickets",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { report_route(context, request, respond); });
  router.on(web::Method::kGet, "/api/v1/reports/tickets/items",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { behind_route(context, request, respond); });
}

}  // namespace opora::app
