// The production calendar as people hand it around: a table of tab-separated text, one for several
// years. The years that come with the software are such a table (production_calendar.tsv, whose
// head describes the columns). Pure.
#pragma once

#include <string_view>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/domain/events.h"

namespace opora::protocol {

// Twenty years of twenty-odd rows are 12 KB.
inline constexpr std::size_t kMaxProductionTableBytes = std::size_t{64} * 1024;

// By year, each once. kInvalid "tsv" with the number of the line; each year passes check().
Result<std::vector<ProductionYearPublished>> parse_production_years(std::string_view tsv);

// 2024–2027. What the region publishes for a year stands before it.
const std::vector<ProductionYearPublished>& shipped_production_years();

}  // namespace opora::protocol
