#include "web/app/figure_days.h"

#include "protocol/base/bytes.h"

namespace opora::app {

namespace {

constexpr std::size_t kDayAt = 2;  // behind the family and the class
constexpr std::size_t kSiteAt = kDayAt + 4;

}  // namespace

FigureDays::Place FigureDays::place_of(std::string_view key) {
  KeyReader day(key.substr(kDayAt));
  KeyReader site(key.substr(kSiteAt));
  return {protocol::LocalDay{static_cast<std::int32_t>(day.u32())}, SiteNo{site.u32()}};
}

std::int64_t FigureDays::count(const Place& place) const {
  const Bytes cell =
      asked_.of_contacts
          ? protocol::keys::contact_cells(asked_.of, place.site, asked_.group, place.day)
          : protocol::keys::ticket_cells(asked_.of, place.site, asked_.group, place.day);
  const auto value = rows_.get(sync::Table::kCube, cell + asked_.value);
  if (!value) return 0;
  return protocol::TicketCount{protocol::counters_of(*value)}.sum(asked_.figures);
}

std::int64_t& FigureDays::left(const Place& place) {
  if (!left_ || at_ != place) {
    at_ = place;
    left_ = count(place);
  }
  return *left_;
}

Bytes FigureDays::key_of(const Place& place) const {
  const Bytes day = asked_.of_contacts ? protocol::keys::contact_moments(asked_.of, place.day)
                                       : protocol::keys::ticket_moments(asked_.of, place.day);
  return KeyWriter().raw(day).u32(place.site.v).take();
}

void FigureDays::found(std::string_view key) { --left(place_of(key)); }

Bytes FigureDays::leap(std::string_view key) {
  const Place at = place_of(key);
  const SiteNo first = asked_.site.value_or(SiteNo{});
  if (at.site < first) return key_of({at.day, first});
  const bool behind = asked_.site && at.site > *asked_.site;
  if (behind) return key_of({protocol::next(at.day), first});
  if (left(at) > 0) return {};
  return asked_.site ? key_of({protocol::next(at.day), first})
                     : key_of({at.day, SiteNo{at.site.v + 1}});
}

}  // namespace opora::app
