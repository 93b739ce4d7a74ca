#include "protocol/domain/facility_notice.h"

#include <limits>

#include "protocol/domain/blank.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/texts.h"

namespace opora::protocol {

namespace {

constexpr std::uint32_t kNoLastDay = std::numeric_limits<std::uint32_t>::max();
// A day has ended wherever on earth it was.
constexpr std::int64_t kOverEverywhereDays = 2;

Status check_keeper(const FacilityNoticeState* notice, const ChangeFacilityNotice& command,
                    const DecideContext& context) {
  const bool known = notice != nullptr && notice->seq.v != 0;
  if (!known && command.base.v != 0) return Error{Code::kNotFound, "id", "no such notice"};
  if (known && notice->seq != command.base)
    return Error{Code::kConflict, "version", "changed by another meanwhile"};
  if (context.site == kHubSite) return ok_status();
  if (command.facts.facility != context.site)
    return Error{Code::kDenied, "facility", "another facility's is the region's to say"};
  if (known && keeper_of(*notice) != context.site)
    return Error{Code::kConflict, "id", "kept by the region"};
  return ok_status();
}

Status check_words(const ChangeFacilityNotice& command, const DecideContext& context) {
  const FacilityNoticeChanged& facts = command.facts;
  if (facts.facility == kHubSite) return invalid("facility", "required");
  if (is_blank(command.text)) return invalid("text", "required");
  OPORA_TRY(check_text("text", command.text, kNoticeLimit));
  if (facts.until.v == 0) return ok_status();
  if (facts.until < facts.from) return invalid("until", "before the first day");
  const TimeMs over{(facts.until.v + kOverEverywhereDays) * kDayMs};
  if (!facts.withdrawn && over <= context.now) return invalid("until", "is past");
  return ok_status();
}

}  // namespace

namespace keys {

Bytes facility_notices() { return Bytes(1, 'f'); }

Bytes facility_notices(SiteNo facility) { return KeyWriter().u8('f').u32(facility.v).take(); }

Bytes facility_notices(SiteNo facility, LocalDay from) {
  return KeyWriter().raw(facility_notices(facility)).u32(static_cast<std::uint32_t>(from.v)).take();
}

}  // namespace keys

SiteNo keeper_of(const FacilityNoticeState& notice) {
  return notice.term == kFirstTerm ? notice.origin : kHubSite;
}

bool holds_on(const FacilityNoticeState& notice, LocalDay day) {
  return !notice.withdrawn && notice.from <= day && (notice.until.v == 0 || day <= notice.until);
}

Result<Drafts> decide(const ChangeFacilityNotice& command, const AggregateId& id,
                      const FacilityNoticeState* notice, const DecideContext& context) {
  OPORA_TRY(check_keeper(notice, command, context));
  OPORA_TRY(check_words(command, context));
  const bool known = notice != nullptr && notice->seq.v != 0;
  if (known && notice->facility != command.facts.facility)
    return invalid("facility", "a notice stays with its facility");
  if (!command.facts.withdrawn && command.of_facility >= kMaxNotices)
    return Error{Code::kConflict, "facility", "too many notices at once"};
  Draft draft;
  draft.aggregate = id;
  draft.seq = OwnerSeq{1};
  if (known) {
    // The region's first word on a site's notice begins a term of its own.
    const bool taken_over = keeper_of(*notice) != context.site;
    draft.term = OwnerTerm{notice->term.v + (taken_over ? 1 : 0)};
    draft.seq = OwnerSeq{notice->seq.v + 1};
  }
  draft.facts = command.facts;
  draft.personal[PersonalField::kText] = command.text;
  return Drafts{std::move(draft)};
}

void add_facility_notice_rows(Facets& out, const AggregateId& id,
                              const FacilityNoticeState& notice) {
  if (notice.seq.v == 0 || notice.withdrawn) return;
  const std::uint32_t last =
      notice.until.v == 0 ? kNoLastDay : static_cast<std::uint32_t>(notice.until.v);
  out.index.push_back(
      {KeyWriter().raw(keys::facility_notices(notice.facility)).u32(last).raw(id.view()).take(),
       {}});
}

}  // namespace opora::protocol
