#include "web/app/render_numbers.h"

#include "protocol/domain/ticket_number.h"

namespace opora::app {

std::string number_text(const protocol::TicketState& ticket) {
  return to_text(protocol::TicketNumber{ticket.site, ticket.counter});
}

std::optional<std::string> known_number(const protocol::TicketState* ticket) {
  if (ticket == nullptr || ticket->opened.v == 0) return std::nullopt;
  return number_text(*ticket);
}

std::optional<std::string> own_number(const protocol::ContactState& contact) {
  if (contact.counter == 0) return std::nullopt;
  return to_text(protocol::TicketNumber{contact.site, contact.counter});
}

}  // namespace opora::app
