// POST tickets/{number}/parts: a part of a ticket becomes one of its own.
#include "node/api.h"
#include "protocol/domain/links.h"
#include "protocol/domain/ticket_number.h"
#include "web/app/names.h"
#include "web/app/render_times.h"
#include "web/app/ticket_actions.h"
#include "web/app/ties.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Kind;
using protocol::SplitTicket;

namespace {

struct Form {
  SplitTicket split;
  std::optional<TimeMs> comment_at;
};

Result<Form> read_form(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Form out;
  out.split.summary = in.text("summary", {1, 4'000});
  out.split.topic = in.optional_line("topic", {0, 64}).value_or("");
  out.split.urgency =
      in.optional_enum<protocol::Urgency>("urgency", app::enum_names<protocol::Urgency>());
  out.comment_at = in.optional_time("comment_at");
  OPORA_TRY(in.finish());
  return out;
}

// A comment is named by its moment, which the timeline shows.
Status check_comment(const app::Context& context, const sync::Reader& rows, const AggregateId& id,
                     TimeMs at) {
  for (const auto& event : sync::read_history(rows, context.engine.vault(), id)) {
    const bool comment = std::holds_alternative<protocol::TicketCommented>(event.facts);
    if (comment && event.env.hlt.time() == at) return ok_status();
  }
  return invalid("comment_at", "no comment of that moment");
}

std::string answer_json(const protocol::Registered& part, SiteNo site) {
  const auto& opened = std::get<protocol::TicketOpened>(part.drafts[0].facts);
  const auto& tie = std::get<protocol::TicketPartOf>(part.drafts[1].facts);
  web::JsonWriter out;
  out.object([&] {
    out.field("number", to_text(protocol::TicketNumber{site, part.counter}));
    out.field("id", part.ticket);
    out.field("urgency", protocol::to_name(opened.urgency));
    out.field("completion_due", app::time_or_null(tie.times.completion_due));
  });
  return out.take();
}

Result<sync::Answer> split(sync::Decision& decision, const AggregateId& id, const Form& form,
                           const app::Context& context, app::Timetables& timetables) {
  const protocol::Entity origin = decision.load(Kind::kTicket, id);
  SplitTicket command = form.split;
  command.said_at = form.comment_at;
  command.parts =
      app::tied(decision.rows(), protocol::keys::parts_of(id), protocol::kMaxParts).size();
  const auto* rubricator =
      decision.load(Kind::kRubricator, protocol::rubricator_id()).as<protocol::RubricatorState>();
  protocol::DecideContext at = timetables.context(decision);
  at.region_heard = context.lease.heard();
  auto part = protocol::decide(command, origin, rubricator, decision.next_ticket_counter(), at);
  if (!part.ok()) return part.error();
  const std::string answer = answer_json(*part, at.site);
  decision.emit(std::move(part->drafts));
  return app::json_answer(201, answer);
}

void handle(const app::Context& context, app::Timetables& timetables, const web::Request& request,
            const std::string& number, const web::Respond& respond) {
  auto user = app::authorize(context, request, protocol::Action::kMergeTicket);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto form = read_form(request.body);
  if (!form.ok()) return respond(web::problem(form.error()));
  const auto id = app::ticket_by_number(context, number);
  if (!id.ok()) return respond(web::problem(id.error()));
  if (form->comment_at) {
    const auto rows = context.store.snapshot();
    const Status known = check_comment(context, *rows, *id, *form->comment_at);
    if (!known.ok()) return respond(web::problem(known.error()));
  }
  auto decide = [id = *id, form = std::make_shared<const Form>(std::move(*form)), &context,
                 &timetables](sync::Decision& decision) {
    return split(decision, id, *form, context, timetables);
  };
  app::submit(context, {request, *user, app::KeyRule::kRequired, std::move(decide)}, respond);
}

}  // namespace

void add_part_intake(web::Router& router, const app::Context& context,
                     app::Timetables& timetables) {
  router.on(web::Method::kPost, "/api/v1/tickets/{number}/parts",
            [&context, &timetables](const web::Request& request, const web::PathParams& params,
                                    const web::Respond& respond) {
              handle(context, timetables, request, params["number"], respond);
            });
}

}  // namespace opora::node
