// Files of tickets for tests: an upload as one command.
#pragma once

#include "tests/support/region.h"

namespace opora::testing {

// Answers with the file's hash. Each time it is carried out the file has another key, as when a
// browser sends it again to a store that has forgotten it.
sync::Command attaching(const AggregateId& ticket, Bytes content);

}  // namespace opora::testing
