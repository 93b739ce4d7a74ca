// Calendars and queues as messages; for facts_codec only. get() is false for what no reader can
// make sense of; all other rules are in facts_rules.
#pragma once

#include "protocol/domain/events.h"
#include "protocol/schema/facts.capnp.h"

namespace opora::protocol {

void put(const ProductionYearPublished& f, schema::ProductionYearPublished::Builder out);
bool get(schema::ProductionYearPublished::Reader in, ProductionYearPublished& f);
void put(const CalendarChanged& f, schema::CalendarChanged::Builder out);
bool get(schema::CalendarChanged::Reader in, CalendarChanged& f);
void put(const QueueChanged& f, schema::QueueChanged::Builder out);
bool get(schema::QueueChanged::Reader in, QueueChanged& f);
void put(const CompetenceChanged& f, schema::CompetenceChanged::Builder out);
bool get(schema::CompetenceChanged::Reader in, CompetenceChanged& f);
void put(const TemplateChanged& f, schema::TemplateChanged::Builder out);
bool get(schema::TemplateChanged::Reader in, TemplateChanged& f);

}  // namespace opora::protocol
