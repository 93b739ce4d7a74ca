#include "hub/support_codes.h"

#include "protocol/domain/facets.h"
#include "protocol/domain/support_code.h"

namespace opora::hub {

namespace {

// With every site of the largest region there, one draw in nine is taken: this many in a row are
// not.
constexpr std::uint32_t kMaxDraws = 40;

bool is_taken(const sync::Reader& rows, std::string_view code) {
  bool taken = false;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::support_code(code),
                   [&](std::string_view, std::string_view) {
                     taken = true;
                     return false;
                   });
  return taken;
}

}  // namespace

Result<std::string> new_support_code(sync::Decision& decision) {
  const CommandId command = decision.context().command;
  const sync::Reader& rows = decision.rows();
  for (std::uint32_t draw = 0; draw < kMaxDraws; ++draw) {
    std::string code = protocol::support_code_candidate(command, draw);
    if (!is_taken(rows, code)) return code;
  }
  return Error{Code::kUnavailable, "support_code", "no free support code was found"};
}

Result<std::string> support_code_of(sync::Decision& decision, const protocol::SiteState* site) {
  if (site != nullptr && !site->support_code.empty()) return site->support_code;
  return new_support_code(decision);
}

}  // namespace opora::hub
