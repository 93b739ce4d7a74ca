// The plan of a site's calls as people write it: one JSON object (README.md has its fields, and
// deploy/sample/hospital_calls.json is one: O8 and T4). Queues, menus and agents have names there
// and numbers that stay: rows and the PBX know them by number. Pure.
#pragma once

#include <string_view>

#include "node/telephony/site_plan.h"

namespace opora::telephony {

// All that fits the plan's own limits is a tenth of it.
inline constexpr std::size_t kMaxPlanBytes = std::size_t{512} * 1024;

// kInvalid with the path of the field ("menus[0].digits[2].queue"), or what check() says;
// kTooLarge.
Result<SitePlan> read_plan(std::string_view json, protocol::ZoneOffset zone,
                           protocol::ProductionCalendar production);

}  // namespace opora::telephony
