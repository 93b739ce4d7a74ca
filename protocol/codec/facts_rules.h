// What facts may hold, in one place for writers and readers. Inside protocol/codec only. Pure.
#pragma once

#include <optional>

#include "protocol/base/result.h"
#include "protocol/domain/events.h"

namespace opora::protocol {

struct FactsVerdict {
  std::optional<Error> error;       // the first rule that is broken, but for enumerators
  bool unknown_enumerator = false;  // a number that a later version may have added
};

// The encoded size is not looked at.
FactsVerdict judge_facts(const Facts& facts);

}  // namespace opora::protocol
