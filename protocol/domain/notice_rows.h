// Notices of tickets: whom a deadline concerns now (A-esc), who is to look after an applicant that
// is waited for (V10), and what those hear who have or had to do with a ticket (A9). Rows of an
// entity (facets.h), so every replica has the same, a rebuild makes them anew, and they are gone
// when they are not true any more:
//   n owner audience ~at clock ticket -> Notice       deadlines, moments of a wait; for a telling
//                                                     (A15) its place stands before the ticket
//   n site audience ~at what ticket -> Notice         news, for people of the place `site`
// At 75 % of a norm its assignee is told, or, while it has none, those who work on its line; at
// 100 % they and the supervisors of the site that owns it, and then, when those had their time
// (Reached::region_at), the region's. Of one clock the higher threshold alone is told of. That the
// applicant is to be told (A15) concerns line 1, which calls him, and when it is over the
// supervisors and the region as well. Of an owner that the region does not hear it knows the
// moments itself: unheard_notices().
// A row whose moment lies ahead is not told yet: who reads begins at now (keys::told_by).
// Integers are big-endian, "~" means descending. Pure.
#pragma once

#include "protocol/domain/access.h"
#include "protocol/domain/colleagues.h"
#include "protocol/domain/facets.h"
#include "protocol/domain/texts.h"
#include "protocol/domain/timetable.h"

namespace opora::protocol {

struct Notice {
  AggregateId ticket;
  DueClock clock = DueClock::kCompletion;
  Threshold threshold = Threshold::kWarned;
  TimeMs moment;                    // of the threshold
  Hlt at;                           // from when on it is told
  NewsWhat what = NewsWhat::kNone;  // anything else: news, and neither clock nor threshold
  AggregateId by;                   // of news: who did it, and is not told
  template <class V>
  void visit(V&& v) {
    v(ticket, clock, threshold, moment, at, what, by);
  }
};

// The same telling at every replica and for everybody; of another moment, it is another.
AggregateId id_of(const Notice& notice);

// News that nobody read for so long concern nobody; in ms.
inline constexpr std::int64_t kNewsMs = 14 * 24 * 3'600'000LL;

void add_notice_rows(Facets& out, const Entity& entity, const TicketState& ticket);

// At the hub: what the region is told at `now` of a ticket whose owner it does not hear. The owner
// has not said so, or cannot; its own word takes the place of these.
std::vector<Notice> unheard_notices(const Entity& entity, TimeMs now, const Timetable& timetable);

namespace keys {
Bytes notices_of_person(SiteNo owner, std::string_view login);
Bytes notices_of_line(SiteNo owner, std::uint8_t line);
Bytes notices_of_supervisors(SiteNo owner);
Bytes notices_of_region();
// News for somebody of this place: who had the ticket, who opened it.
Bytes news_of_person(SiteNo site, std::string_view login);
Bytes news_of_opener(SiteNo site, const AggregateId& user);
// Of rows with this prefix, the first that is told by now.
Bytes told_by(const Bytes& prefix, TimeMs now);
}  // namespace keys

// Which of them somebody with these roles is told of at a place; nothing for who has no part in
// tickets there. A login means one person a site: `login` is empty for a namesake.
std::vector<Bytes> notices_for(Place place, SiteNo site, Roles roles, std::string_view login);
// The same for news.
struct NewsReader {
  std::string login;
  AggregateId user;
};
std::vector<Bytes> news_for(Place place, SiteNo site, Roles roles, const NewsReader& reader);

template <>
struct Names<NewsWhat> {
  static constexpr std::array kTable = {
      Named{NewsWhat::kGiven, "given"}, Named{NewsWhat::kAnswered, "answered"},
      Named{NewsWhat::kPassedDown, "passed_down"}, Named{NewsWhat::kReopened, "reopened"}};
};

// Whether somebody else is told of what somebody who is away, or works there no more, has: those of
// the ticket's line, the supervisors, and whoever stands in for him.
bool told_instead(const TicketState& ticket, const Colleague& away, Roles roles,
                  std::string_view login);

}  // namespace opora::protocol
