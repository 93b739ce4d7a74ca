// The support code of a facility (V2), as people say and type it: "482-917". Given by the region,
// asked on every call: it says for which facility somebody speaks. It is no secret and opens
// nothing. Pure.
//
// Six digits, the first not a zero, the last a check digit (check_digit.h), so that a misheard or
// mistyped code is no other facility's. Digits alone: they sound and look like nothing else, in
// Russian and in English, whatever the layout of the keyboard. 90 000 codes for at most 9 999 sites
// leave a code that was made up a chance of one in nine at the very most; of a hundred sites, one
// in nine hundred.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/ids.h"
#include "protocol/base/result.h"

namespace opora::protocol {

// As it is kept: six digits without the dash. Takes spaces and dashes between them. kInvalid
// "support_code": not six digits, or the check digit does not match.
Result<std::string> parse_support_code(std::string_view text);

// With its dash, as it is shown. CHECKs the form.
std::string shown_support_code(std::string_view code);

// One that may be given on this command, in the form in which it is kept. Others are tried with the
// next `attempt` until nobody has it.
std::string support_code_candidate(const CommandId& command, std::uint32_t attempt);

}  // namespace opora::protocol
