#include "node/ticket_people.h"

#include "web/app/colleagues.h"

namespace opora::node {

using protocol::Colleague;
using protocol::TicketState;

Colleague TicketPeople::actor() const { return {user_.login, user_.roles}; }

Colleague TicketPeople::holder(const TicketState& ticket) const {
  if (ticket.assignee.empty()) return {};
  return app::colleague(context_, rows_, ticket.assignee, context_.site);
}

Status TicketPeople::may_act(protocol::TicketAction::What what, const TicketState& ticket) const {
  return protocol::may_act(what, ticket, actor(), holder(ticket));
}

Status TicketPeople::may_note_visit(const TicketState& ticket) const {
  return protocol::may_note_visit(ticket, actor(), holder(ticket));
}

Status TicketPeople::may_give_away(const TicketState& ticket) const {
  return protocol::may_give_away(ticket, actor(), holder(ticket));
}

Status TicketPeople::may_assign(const TicketState& ticket, const protocol::TicketAction& action,
                                protocol::EvenAbsent even_absent) const {
  if (action.assignee.empty()) return ok_status();
  if (action.assignee == ticket.assignee && action.line == ticket.line) return ok_status();
  const Colleague to = app::colleague(context_, rows_, action.assignee, context_.site);
  const auto people = app::colleagues(context_, rows_, context_.site);
  return protocol::may_be_given(
      {to, action.line, protocol::staffed(people, action.line), even_absent, user_.roles});
}

std::vector<std::uint8_t> TicketPeople::lines() const {
  const auto people = app::colleagues(context_, rows_, context_.site);
  std::vector<std::uint8_t> out;
  for (std::uint8_t line = 1; line <= 3; ++line) {
    const bool own = protocol::is_line_of(user_.roles, line);
    if (own || protocol::falls_to(user_.roles, people, line)) out.push_back(line);
  }
  return out;
}

}  // namespace opora::node
