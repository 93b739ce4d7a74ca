// Who asks for something of a ticket of this site, against the people of the site as they are
// today: the rules of protocol/domain/colleagues.h, asked inside a decision. The engine's thread.
#pragma once

#include "protocol/domain/colleagues.h"
#include "web/app/context.h"
#include "web/app/known_users.h"

namespace opora::node {

class TicketPeople {
 public:
  // Borrows all of them.
  TicketPeople(const app::Context& context, const sync::Reader& rows, const app::User& user)
      : context_(context), rows_(rows), user_(user) {}

  // kConflict "assignee".
  Status may_act(protocol::TicketAction::What what, const protocol::TicketState& ticket) const;
  Status may_note_visit(const protocol::TicketState& ticket) const;
  Status may_give_away(const protocol::TicketState& ticket) const;
  // As protocol::may_be_given(); whoever has it already on that line is not asked for.
  Status may_assign(const protocol::TicketState& ticket, const protocol::TicketAction& action,
                    protocol::EvenAbsent even_absent) const;
  // Whose tickets are offered to the user as the next: his own lines, and those that fall
  // to him.
  std::vector<std::uint8_t> lines() const;

 private:
  protocol::Colleague actor() const;
  protocol::Colleague holder(const protocol::TicketState& ticket) const;

  const app::Context& context_;
  const sync::Reader& rows_;
  const app::User& user_;
};

}  // namespace opora::node
