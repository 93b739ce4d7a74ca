#include "protocol/domain/notice_rows.h"

#include "protocol/base/archive.h"
#include "protocol/base/hash.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_times.h"

namespace opora::protocol {

namespace {

enum class Audience : std::uint8_t { kPerson = 1, kLine = 2, kSupervisors = 3, kRegion = 4 };

Bytes audience(SiteNo owner, Audience who) {
  return KeyWriter().u8('n').u32(owner.v).u8(static_cast<std::uint8_t>(who)).take();
}

void add(Facets& out, const Bytes& audience, const Notice& notice) {
  Bytes key = KeyWriter()
                  .raw(audience)
                  .u64(keys::descending(notice.at.v))
                  .u8(static_cast<std::uint8_t>(notice.clock))
                  .raw(notice.ticket.view())
                  .take();
  out.index.push_back({std::move(key), to_row(notice)});
}

}  // namespace

namespace keys {

Bytes notices_of_person(SiteNo owner, std::string_view login) {
  return KeyWriter().raw(audience(owner, Audience::kPerson)).text(login).take();
}

Bytes notices_of_line(SiteNo owner, std::uint8_t line) {
  return KeyWriter().raw(audience(owner, Audience::kLine)).u8(line).take();
}

Bytes notices_of_supervisors(SiteNo owner) { return audience(owner, Audience::kSupervisors); }

Bytes notices_of_region() { return audience(kHubSite, Audience::kRegion); }

}  // namespace keys

AggregateId id_of(const Notice& notice) {
  const Bytes told = KeyWriter()
                         .raw(notice.ticket.view())
                         .u8(static_cast<std::uint8_t>(notice.clock))
                         .u8(static_cast<std::uint8_t>(notice.threshold))
                         .u64(notice.at.v)
                         .take();
  return id_from("notice", {told});
}

void add_notice_rows(Facets& out, const AggregateId& id, const TicketState& ticket) {
  const SiteNo owner = owner_of(ticket);
  for (const DueClock clock : kDueClocks) {
    if (!runs(ticket, clock)) continue;
    const Reached* missed = reached(ticket, clock, Threshold::kMissed);
    const Reached* told = missed != nullptr ? missed : reached(ticket, clock, Threshold::kWarned);
    if (told == nullptr) continue;
    const Notice notice{id, clock, told->threshold, told->moment, told->at};
    add(out,
        ticket.assignee.empty() ? keys::notices_of_line(owner, ticket.line)
                                : keys::notices_of_person(owner, ticket.assignee),
        notice);
    if (missed == nullptr) continue;
    add(out, keys::notices_of_supervisors(owner), notice);
    add(out, keys::notices_of_region(), notice);
  }
}

std::vector<Bytes> notices_for(Place place, SiteNo site, Roles roles, std::string_view login) {
  std::vector<Bytes> out;
  if (!allowed(Action::kReadNotices, roles, place)) return out;
  if (place == Place::kHub) return {keys::notices_of_region()};
  if (!login.empty()) out.push_back(keys::notices_of_person(site, login));
  if (has_role(roles, Role::kOperator)) out.push_back(keys::notices_of_line(site, 1));
  if (has_role(roles, Role::kSpecialist)) out.push_back(keys::notices_of_line(site, 2));
  if (has_role(roles, Role::kExpert)) out.push_back(keys::notices_of_line(site, 3));
  if (has_role(roles, Role::kSupervisor)) out.push_back(keys::notices_of_supervisors(site));
  return out;
}

}  // namespace opora::protocol
