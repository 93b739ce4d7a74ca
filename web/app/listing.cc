#include "web/app/listing.h"

#include <algorithm>
#include <utility>

#include "web/app/declared.h"

namespace opora::app {

Page read_page(web::QueryReader& in) {
  Page page;
  page.limit =
      static_cast<std::size_t>(in.integer("limit", {1, kMaxLimit}).value_or(kDefaultLimit));
  if (const auto cursor = in.line("cursor", {1, 512})) {
    const auto key = from_hex(*cursor);
    if (!key) in.fail("cursor", "not a cursor of this list");
    page.after = key.value_or(Bytes{});
  }
  return page;
}

protocol::keys::DayRows read_day_rows(web::QueryReader& in, const Context& context) {
  protocol::keys::DayRows rows;
  if (context.place == protocol::Place::kNode) rows.site = context.site;
  if (const auto site = in.integer("site", {1, kMaxSiteNo}))
    rows.site = SiteNo{static_cast<std::uint32_t>(*site)};
  if (const auto desk = in.integer("desk", {1, kMaxDeskNo}))
    rows.desk = DeskNo{static_cast<std::uint16_t>(*desk)};
  return rows;
}

void write_list(web::JsonWriter& out, const sync::Reader& rows, const Bytes& prefix,
                const Page& page,
                const std::function<bool(std::string_view key, std::string_view value)>& row,
                const std::function<void()>& extra) {
  // A cursor of another list starts outside the prefix: then from the start.
  const bool resumes =
      page.after.compare(0, prefix.size(), prefix) == 0 && page.after.size() > prefix.size();
  const Bytes end = page.end.empty() ? prefix_end(prefix) : page.end;
  // What a cursor goes on from may have left the list meanwhile.
  const Bytes from = std::min(resumes ? page.after + '\0' : prefix, end);
  std::size_t given = 0;
  int scanned = 0;
  Bytes last;
  bool more = false;
  Bytes leap;
  const auto look = [&](std::string_view key, std::string_view value) {
    if (given == page.limit || scanned == page.most_looked) {
      more = true;
      return false;
    }
    ++scanned;
    last = Bytes(key);
    if (row(key, value)) ++given;
    else if (page.leap) leap = page.leap(key);
    return leap.empty();
  };
  out.object([&] {
    out.array("items", [&] {
      for (Bytes at = from; at < end; at = std::exchange(leap, {})) {
        rows.scan(sync::Table::kIndex, at, end, look);
        if (leap.empty()) break;
      }
    });
    out.field("next_cursor", more ? std::optional(to_hex(last)) : std::nullopt);
    if (extra) extra();
  });
}

}  // namespace opora::app
