// What every report of a span asks: which days, of which site.
#pragma once

#include <cstdint>
#include <optional>

#include "web/app/context.h"
#include "web/server/query_reader.h"

namespace opora::app {

// A year; longer ones are for a program, year by year.
inline constexpr std::int32_t kMaxReportDays = 366;

struct ReportDays {
  LocalDay from;  // local days of the sites
  LocalDay to;    // the last one
};

// ?from=, ?to=: today is the last day, and `usual` days are asked for, when they are not said. At
// most kMaxReportDays; what is wrong is named in `in`.
ReportDays read_report_days(web::QueryReader& in, const Context& context, std::int32_t usual = 1);

// ?site=: at a node the own one, and no other may be asked for; at the hub none are all.
std::optional<SiteNo> read_report_site(web::QueryReader& in, const Context& context);

}  // namespace opora::app
