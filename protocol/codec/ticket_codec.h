// What happens to tickets as messages; for facts_codec only. get() is false for an id of the wrong
// size; all other rules are in facts_rules.
#pragma once

#include "protocol/domain/events.h"
#include "protocol/schema/facts.capnp.h"
#include "protocol/schema/telling.capnp.h"

namespace opora::protocol {

void put(const Asking& f, schema::Asking::Builder out);
Asking asking_of(schema::Asking::Reader in);
void put(const TicketOpened& f, schema::TicketOpened::Builder out);
bool get(schema::TicketOpened::Reader in, TicketOpened& f);
void put(const TicketAssigned& f, schema::TicketAssigned::Builder out);
bool get(schema::TicketAssigned::Reader in, TicketAssigned& f);
void put(const TicketStarted& f, schema::TicketStarted::Builder out);
bool get(schema::TicketStarted::Reader in, TicketStarted& f);
void put(const TicketPaused& f, schema::TicketPaused::Builder out);
bool get(schema::TicketPaused::Reader in, TicketPaused& f);
void put(const TicketResumed& f, schema::TicketResumed::Builder out);
bool get(schema::TicketResumed::Reader in, TicketResumed& f);
void put(const TicketReclassified& f, schema::TicketReclassified::Builder out);
bool get(schema::TicketReclassified::Reader in, TicketReclassified& f);
void put(const TicketReopened& f, schema::TicketReopened::Builder out);
bool get(schema::TicketReopened::Reader in, TicketReopened& f);
void put(const TicketFinished& f, schema::TicketFinished::Builder out);
bool get(schema::TicketFinished::Reader in, TicketFinished& f);
void put(const TicketRetimed& f, schema::TicketRetimed::Builder out);
bool get(schema::TicketRetimed::Reader in, TicketRetimed& f);
void put(const TicketDueReached& f, schema::TicketDueReached::Builder out);
bool get(schema::TicketDueReached::Reader in, TicketDueReached& f);
void put(const TicketApplicantTold& f, schema::TicketApplicantTold::Builder out);
bool get(schema::TicketApplicantTold::Reader in, TicketApplicantTold& f);
void put(const TicketCallTried& f, schema::TicketCallTried::Builder out);
bool get(schema::TicketCallTried::Reader in, TicketCallTried& f);
void put(const TicketTellingDue& f, schema::TicketTellingDue::Builder out);
bool get(schema::TicketTellingDue::Reader in, TicketTellingDue& f);
void put(const TicketTargetChanged& f, schema::TicketTargetChanged::Builder out);
bool get(schema::TicketTargetChanged::Reader in, TicketTargetChanged& f);
void put(const TicketMerged& f, schema::TicketMerged::Builder out);
bool get(schema::TicketMerged::Reader in, TicketMerged& f);
void put(const TicketUnmerged& f, schema::TicketUnmerged::Builder out);
bool get(schema::TicketUnmerged::Reader in, TicketUnmerged& f);
void put(const TicketPartOf& f, schema::TicketPartOf::Builder out);
bool get(schema::TicketPartOf::Reader in, TicketPartOf& f);
void put(const TicketItemChanged& f, schema::TicketItemChanged::Builder out);
bool get(schema::TicketItemChanged::Reader in, TicketItemChanged& f);
void put(const TicketOfProblem& f, schema::TicketOfProblem::Builder out);
bool get(schema::TicketOfProblem::Reader in, TicketOfProblem& f);
void put(const TicketVisitTold& f, schema::TicketVisitTold::Builder out);
bool get(schema::TicketVisitTold::Reader in, TicketVisitTold& f);
void put(const TicketCommented& f, schema::TicketCommented::Builder out);
bool get(schema::TicketCommented::Reader in, TicketCommented& f);
void put(const TicketAttached& f, schema::TicketAttached::Builder out);
bool get(schema::TicketAttached::Reader in, TicketAttached& f);
void put(const TicketClosed& f, schema::TicketClosed::Builder out);
bool get(schema::TicketClosed::Reader in, TicketClosed& f);
void put(const TicketOffered& f, schema::TicketOffered::Builder out);
bool get(schema::TicketOffered::Reader in, TicketOffered& f);
void put(const TicketOfferCancelled& f, schema::TicketOfferCancelled::Builder out);
bool get(schema::TicketOfferCancelled::Reader in, TicketOfferCancelled& f);
void put(const TicketOfferAnswered& f, schema::TicketOfferAnswered::Builder out);
bool get(schema::TicketOfferAnswered::Reader in, TicketOfferAnswered& f);
void put(const TicketOwnerChanged& f, schema::TicketOwnerChanged::Builder out);
bool get(schema::TicketOwnerChanged::Reader in, TicketOwnerChanged& f);

}  // namespace opora::protocol
