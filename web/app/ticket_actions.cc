#include "web/app/ticket_actions.h"

#include "protocol/domain/ticket_number.h"
#include "sync/projection/projection.h"
#include "web/app/render.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Kind;

namespace {

// Who acts on tickets at a site talks to applicants; the region only routes.
web::Response card(const Context& context, const AggregateId& id) {
  const auto rows = context.store.snapshot();
  web::JsonWriter out;
  Renderer renderer(context, *rows);
  if (context.place == protocol::Place::kNode) renderer.show(Addresses::kWhole);
  renderer.ticket_card(out, sync::read_entity(*rows, Kind::kTicket, id));
  return web::json_response(200, out.take());
}

void handle(const Context& context, const web::Request& request, const std::string& number,
            const ReadTicketChange& read, const web::Respond& respond) {
  auto user = authorize(context, request, protocol::Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto change = read(*user, request.body);
  if (!change.ok()) return respond(web::problem(change.error()));
  if (!may(context, *user, change->right)) {
    return respond(web::problem(Error{Code::kDenied, "action", "not allowed for this role"}));
  }
  auto id = ticket_by_number(context, number);
  if (!id.ok()) return respond(web::problem(id.error()));
  auto decide = [id = *id, say = std::move(change->decide)](
                    sync::Decision& decision) -> Result<sync::Answer> {
    const protocol::Entity ticket = decision.load(Kind::kTicket, id);
    auto drafts = say(decision, ticket);
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  auto render = [&context, id = *id](const sync::Answer&) { return card(context, id); };
  submit(context, {request, *user, KeyRule::kRequired, std::move(decide), std::move(render)},
         respond);
}

}  // namespace

Result<AggregateId> ticket_by_number(const Context& context, const std::string& text) {
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

void add_ticket_action_route(web::Router& router, const Context& context, ReadTicketChange read) {
  router.on(
      web::Method::kPost, "/api/v1/tickets/{number}/actions",
      [&context, read = std::move(read)](const web::Request& request, const web::PathParams& params,
                                         const web::Respond& respond) {
        handle(context, request, params["number"], read, respond);
      });
}

}  // namespace opora::app
