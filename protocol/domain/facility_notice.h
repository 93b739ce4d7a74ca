// What a facility lets desks know beside the booking form (T11): «терапевт в отпуске до…». Kept by
// the site itself for its own facility and by the region for any; rules are in README.md. The rows
// are part of what an entity contributes (facets.h):
//   f facility last_day notice         notices that are not withdrawn, by when they end
// Integers are big-endian. Pure.
#pragma once

#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"

namespace opora::protocol {

// What is read beside a form while somebody waits on the telephone: more than these nobody reads.
inline constexpr std::size_t kMaxNotices = 50;

// Beside the region, which may always: in its first term the place where it was made.
SiteNo keeper_of(const FacilityNoticeState& notice);
// Whether it holds on this day of the facility's.
bool holds_on(const FacilityNoticeState& notice, LocalDay day);

struct ChangeFacilityNotice {
  FacilityNoticeChanged facts;
  std::string text;             // required
  OwnerSeq base;                // the version that the writer saw; 0: a new one
  std::size_t of_facility = 0;  // that are not over yet, without this one
};
// kNotFound "id"; kConflict "version" (another by now), "id" (kept by the region), "facility" (too
// many); kDenied "facility" for another's; kInvalid "facility", "text", "until".
Result<Drafts> decide(const ChangeFacilityNotice& command, const AggregateId& id,
                      const FacilityNoticeState* notice, const DecideContext& context);

void add_facility_notice_rows(Facets& out, const AggregateId& id,
                              const FacilityNoticeState& notice);

namespace keys {
Bytes facility_notices();
Bytes facility_notices(SiteNo facility);
// Of a facility, from the first that is not over before this day.
Bytes facility_notices(SiteNo facility, LocalDay from);
}  // namespace keys

}  // namespace opora::protocol
