#include "web/app/support_codes.h"

#include "protocol/domain/facets.h"
#include "protocol/domain/support_code.h"
#include "sync/projection/projection.h"

namespace opora::app {

Result<SiteNo> facility_by_code(const sync::Reader& rows, std::string_view typed) {
  const auto code = protocol::parse_support_code(typed);
  if (!code.ok()) return code.error();
  std::optional<SiteNo> found;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::support_code(*code),
                   [&](std::string_view key, std::string_view) {
                     const auto entity =
                         sync::read_entity(rows, protocol::Kind::kSite, protocol::keys::id_of(key));
                     if (const auto* site = entity.as<protocol::SiteState>()) found = site->site;
                     return false;
                   });
  if (!found) return invalid("support_code", "no facility has this code");
  return *found;
}

std::optional<std::string> support_code_or_null(const std::string& code) {
  return code.empty() ? std::nullopt : std::optional(protocol::shown_support_code(code));
}

}  // namespace opora::app
