// Times and dates as text, strictly. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/clock.h"

namespace opora::web {

// RFC 3339 in UTC with milliseconds: "2026-11-20T05:31:07.250Z". Times beyond the years 0…9999 are
// cut to them.
std::string to_rfc3339(TimeMs time);
void append_rfc3339(std::string& out, TimeMs time);

// "2026-11-20T08:31:07+03:00": upper-case T and Z, an offset of at most ±23:59, 1 to 9 digits of
// fraction (cut to milliseconds), real dates only, no leap second. Nothing else reads.
std::optional<TimeMs> from_rfc3339(std::string_view text);

// "2026-11-20", real dates of the years 1…9999 only.
std::optional<std::chrono::year_month_day> date_from_text(std::string_view text);
std::string date_to_text(std::chrono::year_month_day date);

}  // namespace opora::web
