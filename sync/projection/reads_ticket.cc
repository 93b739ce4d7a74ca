#include "sync/projection/reads_ticket.h"

#include "protocol/domain/ticket_readers.h"
#include "sync/projection/projection.h"

namespace opora::sync {

bool reads_ticket(const Reader& rows, const AggregateId& ticket, SiteNo site) {
  const auto entity = read_entity(rows, protocol::Kind::kTicket, ticket);
  const auto* state = entity.as<protocol::TicketState>();
  return state == nullptr || protocol::reads(*state, site);
}

}  // namespace opora::sync
