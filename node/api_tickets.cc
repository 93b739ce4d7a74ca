#include "node/api.h"
#include "protocol/domain/ticket_number.h"
#include "sync/projection/projection.h"
#include "web/app/command.h"
#include "web/app/names.h"
#include "web/app/people.h"
#include "web/app/render.h"
#include "web/server/json_reader.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Action;
using protocol::Kind;
using protocol::TicketAction;

namespace {

using What = TicketAction::What;
constexpr std::array kActions = {
    web::EnumName<What>{"assign", What::kAssign}, web::EnumName<What>{"comment", What::kComment},
    web::EnumName<What>{"complete", What::kComplete}, web::EnumName<What>{"reject", What::kReject}};

Action right_for(What what) {
  switch (what) {
    case What::kAssign: return Action::kAssignTicket;
    case What::kComment: return Action::kCommentTicket;
    case What::kComplete: return Action::kCompleteTicket;
    case What::kReject: return Action::kRejectTicket;
  }
  return Action::kRejectTicket;
}

Result<TicketAction> read_action(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  TicketAction out;
  out.what = in.required_enum<What>("action", std::span<const web::EnumName<What>>(kActions));
  if (out.what == What::kAssign) {
    out.line = static_cast<std::uint8_t>(in.integer("line", {1, 3}));
    out.assignee = in.optional_line("assignee", {0, 64}).value_or("");
    out.text = in.optional_text("reason", {0, 4'000}).value_or("");
  } else {
    out.text = in.optional_text("text", {0, 4'000}).value_or("");
  }
  if (out.what == What::kReject) {
    out.reason = in.required_enum<protocol::RejectReason>(
        "reason", app::enum_names<protocol::RejectReason>());
  }
  OPORA_TRY(in.finish());
  return out;
}

Status check_assignee(sync::Decision& decision, const TicketAction& action) {
  if (action.what != What::kAssign || action.assignee.empty()) return ok_status();
  const bool known =
      app::user_by_login(decision.rows(), action.assignee, decision.context().site).exists();
  return known ? ok_status() : Status(invalid("assignee", "no such user here"));
}

Result<sync::Answer> act(sync::Decision& decision, const AggregateId& id,
                         const TicketAction& action) {
  OPORA_TRY(check_assignee(decision, action));
  auto drafts = protocol::decide(action, decision.load(Kind::kTicket, id), decision.context());
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  return sync::Answer{};
}

web::Response card(const app::Context& context, const AggregateId& id) {
  const auto rows = context.store.snapshot();
  web::JsonWriter out;
  app::Renderer(context, *rows).ticket_card(out, sync::read_entity(*rows, Kind::kTicket, id));
  return web::json_response(200, out.take());
}

Result<AggregateId> ticket_by_number(const app::Context& context, const std::string& text) {
  auto number = protocol::parse_ticket_number(text);
  if (!number.ok()) return number.error();
  const auto rows = context.store.snapshot();
  AggregateId id;
  rows->scan_prefix(sync::Table::kIndex,
                    protocol::keys::ticket_by_number(number->site, number->counter),
                    [&](std::string_view key, std::string_view) {
                      id = protocol::keys::id_of(key);
                      return false;
                    });
  if (id.is_zero()) return Error{Code::kNotFound, "number", "no such ticket here"};
  return id;
}

void handle_action(const app::Context& context, const web::Request& request,
                   const std::string& number, const web::Respond& respond) {
  // Who may not even read tickets learns nothing about the body or the number.
  auto user = app::authorize(context, request, Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto action = read_action(request.body);
  if (!action.ok()) return respond(web::problem(action.error()));
  if (!app::may(context, *user, right_for(action->what))) {
    return respond(web::problem(Error{Code::kDenied, "action", "not allowed for this role"}));
  }
  auto id = ticket_by_number(context, number);
  if (!id.ok()) return respond(web::problem(id.error()));
  auto decide = [id = *id, action = std::make_shared<const TicketAction>(std::move(*action))](
                    sync::Decision& decision) { return act(decision, id, *action); };
  auto render = [&context, id = *id](const sync::Answer&) { return card(context, id); };
  app::submit(context,
              {request, *user, app::KeyRule::kRequired, std::move(decide), std::move(render)},
              respond);
}

}  // namespace

void add_ticket_actions(web::Router& router, const app::Context& context) {
  router.on(web::Method::kPost, "/api/v1/tickets/{number}/actions",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handle_action(context, request, params["number"], respond);
            });
}

}  // namespace opora::node
