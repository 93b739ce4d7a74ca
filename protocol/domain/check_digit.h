// What numbers that people say on the telephone have in common: a check digit, and what may stand
// between their digits. Pure.
#pragma once

#include <string_view>

namespace opora::protocol {

// Damm's, over ASCII digits (CHECKed): no single wrong digit and no swap of two neighbours keeps
// it. Leading zeros change nothing.
char check_digit(std::string_view digits);

// A space, a dash of any length, a slash or a full stop.
bool is_digit_separator(char32_t c);

}  // namespace opora::protocol
