// The waiting list and notices of facilities as messages; for facts_codec only. get()
// is always true: all rules are in facts_rules.
#pragma once

#include "protocol/domain/events.h"
#include "protocol/schema/facts.capnp.h"

namespace opora::protocol {

void put(const TicketWaitsFor& f, schema::TicketWaitsFor::Builder out);
bool get(schema::TicketWaitsFor::Reader in, TicketWaitsFor& f);
void put(const TicketListCalled& f, schema::TicketListCalled::Builder out);
bool get(schema::TicketListCalled::Reader in, TicketListCalled& f);
void put(const FacilityNoticeChanged& f, schema::FacilityNoticeChanged::Builder out);
bool get(schema::FacilityNoticeChanged::Reader in, FacilityNoticeChanged& f);

}  // namespace opora::protocol
