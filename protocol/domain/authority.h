// What a site may say to the region. A site keeps its journal itself, so whoever holds its machine
// can write anything into it; the hub asks here before it believes a record (deny by default:
// design, Trust). What a site may not say is quarantined at the hub with an alarm and folds
// nowhere. Pure.
//
// What is asked is where a record comes from, not whether it is true: a site answers for its own
// calls, contacts and users, the region for sites, rubricator and owners. Whose turn it is on a
// ticket is the fold's question (ownership.h), and records of a ticket are addressed by an id that
// only those know who may read it.
#pragma once

#include <functional>

#include "protocol/base/result.h"
#include "protocol/domain/fold.h"

namespace opora::protocol {

// An entity as it stands where the record arrives; absent: state is monostate.
using KnownEntity = std::function<const Entity&(Kind, const AggregateId&)>;

// Of the record alone, so that every replica and every replay gives the same answer. kDenied names
// the field. The region may say everything; a type that this version does not know passes, it
// folds into nothing.
Status may_ever_say(const Event& event);

// Also of what is known: nobody changes what another place began. kDenied names the field.
Status may_say(const Event& event, const KnownEntity& known);

// Whether records of this aggregate may be erased by a word of `origin`: its own, and tickets that
// it owned in any term. kDenied "aggregate". A decision asks it as well as the hub.
Status may_erase(SiteNo origin, const AggregateId& aggregate, const KnownEntity& known);

// Whether this site began the aggregate, and no other site has a record of any kind under its id.
bool began(SiteNo site, const AggregateId& aggregate, const KnownEntity& known);

}  // namespace opora::protocol
