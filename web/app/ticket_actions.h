// What both daemons need to act on a ticket named by its number: POST tickets/{number}/actions. Any
// thread.
#pragma once

#include <functional>
#include <string>

#include "web/app/command.h"
#include "web/server/router.h"

namespace opora::app {

// An action as read from a body: the right that it needs and what it says about the ticket, which
// is a copy: what a decision reads may move the rows that the ticket stands in.
struct TicketChange {
  protocol::Action right{};
  std::function<Result<protocol::Drafts>(sync::Decision&, const protocol::Entity& ticket)> decide;
};

using ReadTicketChange = std::function<Result<TicketChange>(const User&, const std::string& body)>;
// POST /api/v1/tickets/{number}/actions: `read` turns the body into a change; the answer is the
// ticket's card. Who may not even read tickets learns nothing about the body or the number.
void add_ticket_action_route(web::Router& router, const Context& context, ReadTicketChange read);

// kInvalid for what is no number, kNotFound "number".
Result<AggregateId> ticket_by_number(const Context& context, const std::string& text);

}  // namespace opora::app
