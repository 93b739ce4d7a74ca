#include "web/app/context.h"

#include "sync/projection/projection.h"

namespace opora::app {

namespace {

SiteInfo info_from(const protocol::SiteState& state) {
  return {state.site,        state.name, state.zone, state.desks, !state.link_key.empty(),
          state.support_code};
}

}  // namespace

SiteInfo site_info(const Context& context, const sync::Reader& rows, SiteNo site) {
  const auto entity =
      sync::read_entity(rows, protocol::Kind::kSite, protocol::site_aggregate(site));
  if (const auto* state = entity.as<protocol::SiteState>()) return info_from(*state);
  const std::string name = site == context.site ? context.site_name : std::to_string(site.v);
  return {site, name, std::string(context.zone.name()), {{DeskNo{1}, name}}};
}

std::vector<SiteInfo> reporting_sites(const Context& context, const sync::Reader& rows) {
  if (context.place == protocol::Place::kNode) return {site_info(context, rows, context.site)};
  std::vector<SiteInfo> out;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::sites(),
                   [&](std::string_view key, std::string_view) {
                     const auto entity =
                         sync::read_entity(rows, protocol::Kind::kSite, protocol::keys::id_of(key));
                     const auto* state = entity.as<protocol::SiteState>();
                     if (state != nullptr && !state->disabled && state->site != kHubSite)
                       out.push_back(info_from(*state));
                     return true;
                   });
  return out;
}

}  // namespace opora::app
