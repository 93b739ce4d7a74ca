#include "protocol/domain/notice_rows.h"

#include "protocol/base/archive.h"
#include "protocol/base/hash.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_times.h"

namespace opora::protocol {

namespace {

enum class Audience : std::uint8_t {
  kPerson = 1,
  kLine = 2,
  kSupervisors = 3,
  kRegion = 4,
  kNewsOfPerson = 5,
  kNewsOfOpener = 6,
};

Bytes audience(SiteNo owner, Audience who) {
  return KeyWriter().u8('n').u32(owner.v).u8(static_cast<std::uint8_t>(who)).take();
}

// `place` tells apart what one clock says of one ticket at one moment.
void add(Facets& out, const Bytes& audience, const Notice& notice, std::string_view place = {}) {
  Bytes key = KeyWriter()
                  .raw(audience)
                  .u64(keys::descending(notice.at.v))
                  .u8(notice.what == NewsWhat::kNone ? static_cast<std::uint8_t>(notice.clock)
                                                     : static_cast<std::uint8_t>(notice.what))
                  .raw(place)
                  .raw(notice.ticket.view())
                  .take();
  out.index.push_back({std::move(key), to_row(notice)});
}

// Which of a clock's moments concern somebody now.
const Reached* told_of(const TicketState& ticket, DueClock clock) {
  if (!runs(ticket, clock)) return nullptr;
  const Reached* missed = reached(ticket, clock, Threshold::kMissed);
  return missed != nullptr ? missed : reached(ticket, clock, Threshold::kWarned);
}

// An HLT that stands for a moment.
Hlt hlt_at(TimeMs moment) { return Hlt{static_cast<std::uint64_t>(moment.v) << 16}; }

void add_clock(Facets& out, const AggregateId& id, const TicketState& ticket, DueClock clock) {
  const Reached* told = told_of(ticket, clock);
  if (told == nullptr) return;
  const SiteNo owner = owner_of(ticket);
  Notice notice{id, clock, told->threshold, told->moment, told->at, NewsWhat::kNone, {}};
  add(out,
      ticket.assignee.empty() ? keys::notices_of_line(owner, ticket.line)
                              : keys::notices_of_person(owner, ticket.assignee),
      notice);
  if (told->threshold != Threshold::kMissed || !is_deadline(clock)) return;
  add(out, keys::notices_of_supervisors(owner), notice);
  notice.at = std::max(notice.at, hlt_at(told->region_at));
  add(out, keys::notices_of_region(), notice);
}

// A15: for those who talk to applicants, and then as of a deadline.
void add_telling(Facets& out, const AggregateId& id, const TicketState& ticket,
                 const Telling& telling) {
  if (!telling.rung) return;
  const TellRung& rung = *telling.rung;
  const Bytes place = KeyWriter().u32(telling.term.v).u32(telling.seq.v).take();
  Notice notice{id, DueClock::kTelling, rung.threshold, rung.moment, rung.at, NewsWhat::kNone, {}};
  add(out, keys::notices_of_line(owner_of(ticket), kFirstLine), notice, place);
  if (rung.threshold != Threshold::kMissed) return;
  add(out, keys::notices_of_supervisors(owner_of(ticket)), notice, place);
  notice.at = std::max(notice.at, hlt_at(rung.region_at));
  add(out, keys::notices_of_region(), notice, place);
}

// What was given is for whom it was given to; all other news are for who opened it and who had it.
void add_news(Facets& out, const AggregateId& id, const TicketState& ticket,
              const TicketNews& news) {
  Notice notice;
  notice.ticket = id;
  notice.moment = news.at.time();
  notice.at = news.at;
  notice.what = news.what;
  notice.by = news.by;
  if (news.what == NewsWhat::kGiven) {
    if (!ticket.assignee.empty())
      add(out, keys::news_of_person(owner_of(ticket), ticket.assignee), notice);
    return;
  }
  if (!ticket.opened_by.is_zero())
    add(out, keys::news_of_opener(ticket.site, ticket.opened_by), notice);
  for (const TicketHolder& holder : ticket.holders)
    add(out, keys::news_of_person(holder.site, holder.login), notice);
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

Bytes news_of_person(SiteNo site, std::string_view login) {
  return KeyWriter().raw(audience(site, Audience::kNewsOfPerson)).text(login).take();
}

Bytes news_of_opener(SiteNo site, const AggregateId& user) {
  return KeyWriter().raw(audience(site, Audience::kNewsOfOpener)).raw(user.view()).take();
}

Bytes told_by(const Bytes& prefix, TimeMs now) {
  return KeyWriter().raw(prefix).u64(descending(hlt_at(now + 1).v)).take();
}

}  // namespace keys

AggregateId id_of(const Notice& notice) {
  const Bytes told = KeyWriter()
                         .raw(notice.ticket.view())
                         .u8(static_cast<std::uint8_t>(notice.clock))
                         .u8(static_cast<std::uint8_t>(notice.threshold))
                         .i64(notice.moment.v)
                         .u8(static_cast<std::uint8_t>(notice.what))
                         .take();
  return id_from("notice", {told});
}

void add_notice_rows(Facets& out, const Entity& entity, const TicketState& ticket) {
  const AggregateId& id = entity.id;
  for (const DueClock clock : kAllClocks) add_clock(out, id, ticket, clock);
  for (const Telling& one : to_tell(entity)) add_telling(out, id, ticket, one);
  if (ticket.status == TicketStatus::kMerged) return;
  for (const TicketNews& news : ticket.news) add_news(out, id, ticket, news);
}

std::vector<Notice> unheard_notices(const Entity& entity, TimeMs now, const Timetable& timetable) {
  std::vector<Notice> out;
  const auto* ticket = entity.as<TicketState>();
  if (ticket == nullptr) return out;
  const auto missed_by_itself = [&](DueClock clock, TimeMs due) {
    if (due.v == 0) return;
    const TimeMs told = std::max(due, region_told_at(*ticket, due, timetable));
    if (told > now) return;
    out.push_back({entity.id, clock, Threshold::kMissed, due, hlt_at(told), NewsWhat::kNone, {}});
  };
  for (const DueClock clock : kDueClocks) {
    if (runs(*ticket, clock) && reached(*ticket, clock, Threshold::kMissed) == nullptr)
      missed_by_itself(clock, moment_of(*ticket, clock, Threshold::kMissed));
  }
  for (const Telling& one : to_tell(entity)) {
    const bool said = one.rung && one.rung->threshold == Threshold::kMissed;
    if (!said) missed_by_itself(DueClock::kTelling, one.times.due);
  }
  return out;
}

bool told_instead(const TicketState& ticket, const Colleague& away, Roles roles,
                  std::string_view login) {
  if (!away.away && !away.disabled) return false;
  const bool stands_in = away.away && !login.empty() && away.substitute == login;
  return stands_in || is_line_of(roles, ticket.line);
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

std::vector<Bytes> news_for(Place place, SiteNo site, Roles roles, const NewsReader& reader) {
  std::vector<Bytes> out;
  if (place == Place::kHub || !allowed(Action::kReadNotices, roles, place)) return out;
  out.push_back(keys::news_of_opener(site, reader.user));
  if (!reader.login.empty()) out.push_back(keys::news_of_person(site, reader.login));
  return out;
}

}  // namespace opora::protocol
