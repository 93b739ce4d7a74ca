#include "protocol/domain/request_fields.h"

#include "protocol/domain/blank.h"

namespace opora::protocol {

std::vector<RequestField> missing_fields(const Entity& ticket) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || ticket.erased || state->asking.kind != ContactKind::kSupport) return {};
  const auto is_missing = [&](PersonalField field) {
    return is_blank(ticket.personal.text(field));
  };
  std::vector<RequestField> out;
  if (is_missing(PersonalField::kOrganisation)) out.push_back(RequestField::kOrganisation);
  if (is_missing(PersonalField::kApplicant)) out.push_back(RequestField::kApplicant);
  if (state->asking.facility_by != FacilityBy::kSupportCode)
    out.push_back(RequestField::kSupportCode);
  if (is_missing(PersonalField::kSummary)) out.push_back(RequestField::kProblem);
  return out;
}

}  // namespace opora::protocol
