// What a request for support must have (V5): organisation, full name, support code, then the
// problem, asked in this order. What is missing is no reason not to register it; it is the first
// reason of V11 to reject it later. Pure.
#pragma once

#include <vector>

#include "protocol/domain/state.h"

namespace opora::protocol {

// In V5's order; nothing for what is no request for support, and for the erased.
std::vector<RequestField> missing_fields(const Entity& ticket);

}  // namespace opora::protocol
