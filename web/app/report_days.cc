#include "web/app/report_days.h"

#include "web/app/zones.h"

namespace opora::app {

ReportDays read_report_days(web::QueryReader& in, const Context& context, std::int32_t usual) {
  const auto day = [&in](const char* name) -> std::optional<LocalDay> {
    const auto text = in.line(name, {10, 10});
    if (!text) return std::nullopt;
    const auto out = parse_day(*text);
    if (!out) in.fail(name, "YYYY-MM-DD, 2000 to 2100");
    return out;
  };
  const auto from = day("from");
  const LocalDay to = day("to").value_or(context.zone.day_of(context.clock.now()));
  const ReportDays out{from.value_or(LocalDay{to.v - usual + 1}), to};
  if (out.to < out.from) in.fail("to", "before from");
  if (out.to.v - out.from.v >= kMaxReportDays) in.fail("to", "a year at most");
  return out;
}

std::optional<SiteNo> read_report_site(web::QueryReader& in, const Context& context) {
  const auto number = in.integer("site", {1, kMaxSiteNo});
  const auto site =
      number ? std::optional(SiteNo{static_cast<std::uint32_t>(*number)}) : std::nullopt;
  if (context.place == protocol::Place::kHub) return site;
  if (site && *site != context.site) in.fail("site", "figures of this site only");
  return context.site;
}

}  // namespace opora::app
