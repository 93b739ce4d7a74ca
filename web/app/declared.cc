#include "web/app/declared.h"

#include <algorithm>

namespace opora::app {

namespace {

const protocol::SiteState* entry_of(sync::Decision& decision, SiteNo site) {
  return decision.load(protocol::Kind::kSite, protocol::site_aggregate(site))
      .as<protocol::SiteState>();
}

}  // namespace

std::vector<protocol::Desk> declared_desks(sync::Decision& decision, SiteNo site) {
  const auto* entry = entry_of(decision, site);
  return entry != nullptr ? entry->desks : std::vector{protocol::Desk{DeskNo{1}, ""}};
}

bool numbers_every_call(sync::Decision& decision, SiteNo site) {
  const auto* entry = entry_of(decision, site);
  return entry != nullptr && entry->numbers_every_call;
}

Status check_desk(const std::vector<protocol::Desk>& desks, DeskNo desk, const std::string& path) {
  const bool declared = std::any_of(desks.begin(), desks.end(),
                                    [&](const protocol::Desk& one) { return one.no == desk; });
  return declared ? ok_status() : invalid(path, "not a desk of this site");
}

Status check_site(sync::Decision& decision, SiteNo site, const std::string& path) {
  if (site == kHubSite || site == decision.context().site) return ok_status();
  return entry_of(decision, site) != nullptr ? ok_status()
                                             : invalid(path, "not a site of the region");
}

}  // namespace opora::app
