// What ties tickets to each other and to a current problem, as both daemons read it
// (protocol/domain/links.h). Any thread; what takes a Decision runs on the engine's.
#pragma once

#include <string>
#include <vector>

#include "protocol/domain/links.h"
#include "sync/engine/engine.h"
#include "web/app/context.h"

namespace opora::app {

// Tickets in the rows of a family (protocol::keys), at most so many.
std::vector<AggregateId> tied(const sync::Reader& rows, const Bytes& family, std::size_t limit);

// kInvalid "into" for what is no number; a target without an id for one that is not here.
Result<protocol::MergeTarget> merge_target(sync::Decision& decision, const std::string& number);

// A current problem that a ticket may be linked to: kInvalid "problem" when it is not known here,
// kConflict "problem" when it is over.
Status check_problem(sync::Decision& decision, const AggregateId& problem);

// Whether somebody with this id is a caller of the problem, as far as it is known here.
bool is_caller(const sync::Reader& rows, const AggregateId& problem, const AggregateId& caller);

}  // namespace opora::app
