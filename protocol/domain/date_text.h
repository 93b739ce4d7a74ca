// Days as forms and tables write them. Pure; any input is safe.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/domain/local_day.h"

namespace opora::protocol {

// "1970-01-31"; nothing of any other text, and of a day that does not exist.
std::optional<LocalDay> parse_date(std::string_view text);

}  // namespace opora::protocol
