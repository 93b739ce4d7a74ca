#include "hub/erasure_state.h"

#include <set>

#include "hub/outbox.h"
#include "protocol/domain/facets.h"
#include "sync/projection/projection.h"

namespace opora::hub {

namespace {

std::vector<SiteNo> enrolled_sites(const sync::Reader& rows) {
  std::vector<SiteNo> out;
  rows.scan_prefix(
      sync::Table::kIndex, protocol::keys::sites(), [&](std::string_view key, std::string_view) {
        const auto entity =
            sync::read_entity(rows, protocol::Kind::kSite, protocol::keys::id_of(key));
        const auto* site = entity.as<protocol::SiteState>();
        const bool replicates =
            site != nullptr && !site->disabled && !site->link_key.empty() && site->site != kHubSite;
        if (replicates) out.push_back(site->site);
        return true;
      });
  return out;
}

}  // namespace

std::vector<SiteNo> erasure_pending(const sync::Reader& rows, const sync::StoreStreams& streams,
                                    const AggregateId& aggregate) {
  std::set<SiteNo> out;
  for (const ErasurePlace& place : erasure_places(rows, aggregate)) {
    const bool common = place.site == kHubSite;
    for (const SiteNo site : common ? enrolled_sites(rows) : std::vector{place.site}) {
      if (streams.acked(place.stream, site) < place.pos) out.insert(site);
    }
  }
  return {out.begin(), out.end()};
}

}  // namespace opora::hub
