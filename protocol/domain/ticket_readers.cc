#include "protocol/domain/ticket_readers.h"

#include <algorithm>

#include "protocol/domain/ownership.h"

namespace opora::protocol {

bool reads(const TicketState& ticket, SiteNo site) {
  const bool held = std::any_of(ticket.tenures.begin(), ticket.tenures.end(),
                                [site](const auto& one) { return one.second.owner == site; });
  const TicketOffer* offer = pending_offer(ticket);
  return site == ticket.site || held || (offer != nullptr && offer->to == site);
}

}  // namespace opora::protocol
