// What an entity contributes to the look-up rows and to the report cubes, as pure functions of its
// state. A change of state moves them by contribution(after) − contribution(before), so that any
// order of events ends in the same rows and a report costs the same at any size.
//
// Key families of Table::kIndex (first byte; integers big-endian, "~" means descending):
//   C day site desk queued_at call -> class         calls of a day, a drill-down of T5
//   L site call                                     live calls
//   A site agent answered_at call -> ended_at       overlaps of one agent
//   N day site desk occurred_at contact -> counts?  contacts of a day
//   c ~registered contact                           latest contacts
//   # site counter ticket                           ticket by number
//   H site counter contact                          call that was answered at once by number (A7b)
//   T open? ~opened ticket -> TicketListRow         the queue of tickets
//   E owner ticket                                  open tickets that are owned under a lease
//   P phone kind ~time id                           by telephone number
//   p hash kind ~time id                            by mail address, by name and date of birth
//   B closed? ~started problem                      current problems (T9)
//   U login user · Y token_hash user · S site · G site agent · X ~time aggregate
//   R ~time read                                    the audit of reads
//   k support_code site                             facilities by support code (V2)
//   K                                               the projection's own
//   D year · W calendar · Q queue                   catalogues, by the record's own name
//   O competence · F template
//   M, V, i, h                                     open tickets in the order of time: due_rows.h
//   n                                              who is told of what: notice_rows.h
//   J, j                                           behind a figure: {ticket,contact}_figures.h
//   t                                              applicants to be told: telling.h
//   g                                              what ties tickets: links.h; g 4: telling.h
//   w                                              the waiting list: waiting_list.h
//   f                                              notices of facilities: facility_notice.h
//   b                                              calls back: call_back.h
//   r                                              recordings of calls: recording.h
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "protocol/domain/state.h"

namespace opora::protocol {

struct IndexRow {
  Bytes key;
  Bytes value;
  bool operator==(const IndexRow&) const = default;
};

// Counters of a cell of calls; all are plain sums. Times in ms, of accepted calls.
enum class Counter : std::uint8_t {
  kReceived,
  kAccepted,
  kLost,
  kPhantom,
  kRegistered,
  kWaitMs,
  kTalkMs,
  kAnswerMs,
  kHandedOver,
  kToCallBack,  // persons whose call was lost (O7), on the day of the first one
  kCalledBack,  // of them: reached since, or got through by themselves
};
// Of any cell: calls have eleven, tickets (ticket_figures.h) all of them.
inline constexpr std::size_t kCounterCount = 16;
using Counters = std::array<std::int64_t, kCounterCount>;

struct CubeRow {
  Bytes key;
  Counters delta{};
  bool operator==(const CubeRow&) const = default;
};

struct Facets {
  std::vector<IndexRow> index;
  std::vector<CubeRow> cubes;
};

Facets facets(const Entity& entity);

// What a row of the ticket list filters by without reading the ticket.
struct TicketListRow {
  SiteNo site;
  SiteNo owner;
  std::optional<SiteNo> offered_to;
  TicketStatus status{};
  std::uint8_t line = 0;
  Urgency urgency{};
  std::string assignee;
  std::string topic;
  ContactKind kind{};
  Missed missed{};
  VisitStage visit_stage{};
  TicketResult result{};
  std::string queue;
  AggregateId opened_by;
  std::vector<TicketHolder> holders;
  WishSubject wish{};
  HotLine hot_line{};
  template <class V>
  void visit(V&& v) {
    v(site, owner, offered_to, status, line, urgency, assignee, topic, kind, missed, visit_stage,
      result, queue, opened_by, holders, wish, hot_line);
  }
};
TicketListRow list_row(const TicketState& ticket);

namespace keys {
// Cube cells: by local day and desk; by quarter of an hour (UTC), desk and line. 'a' rows count the
// accepted calls of one agent on a day: those above zero are the distinct agents (T5).
Bytes day_cube(std::int32_t day, SiteNo site, DeskNo desk);
Bytes day_cube_prefix(std::int32_t day);
Bytes quarter_cube(SiteNo site, DeskNo desk, TimeMs at, std::string_view line);
Bytes agent_day(std::int32_t day, SiteNo site, DeskNo desk, std::string_view agent);
Bytes agent_day_prefix(std::int32_t day);

Bytes calls_of_day(std::int32_t day, SiteNo site, DeskNo desk);
Bytes live_calls(SiteNo site);
Bytes agent_calls(SiteNo site, std::string_view agent);
Bytes contacts_of_day(std::int32_t day, SiteNo site, DeskNo desk);
Bytes latest_contacts();
Bytes ticket_by_number(SiteNo site, std::uint32_t counter);
Bytes contact_by_number(SiteNo site, std::uint32_t counter);
enum class Openness : std::uint8_t {
  kOpen = 0,
  kDone = 1,
  kRejected = 2,
  kClosed = 3,
  kMerged = 4
};
Bytes tickets(Openness openness);
Bytes leased_tickets(SiteNo owner);
Bytes by_phone(std::string_view phone_key);
Bytes by_phone(std::string_view phone_key, Kind kind);
// By what person_key.h says, hashed.
Bytes by_mail(std::string_view mail_key, Kind kind);
Bytes by_person(std::string_view person_key, Kind kind);
enum class ProblemRows : std::uint8_t { kCurrent = 0, kClosed = 1 };
Bytes problems(ProblemRows which);
Bytes user_by_login(std::string_view login);
Bytes users();
Bytes user_by_token(std::string_view token_hash);
Bytes site(SiteNo site);
Bytes sites();
Bytes support_code(std::string_view code);
Bytes production_year(std::uint16_t year);
Bytes production_years();
Bytes calendar(std::string_view id);
Bytes calendars();
Bytes queue(std::string_view id);
Bytes queues();
Bytes competence(std::string_view id);
Bytes competences();
Bytes text_template(std::string_view id);
Bytes text_templates();
Bytes agents(SiteNo site);
Bytes erasures();
Bytes reads();
// The aggregate id that ends every index key above.
AggregateId id_of(std::string_view index_key);
// Of a "~time" part: descending order of an HLT or a time.
std::uint64_t descending(std::uint64_t v);
}  // namespace keys

// Which day cells and agent rows read back as.
struct DayCell {
  std::int32_t day = 0;
  SiteNo site;
  DeskNo desk;
};
DayCell day_cell(std::string_view cube_key);
// Up to the last one that is not zero, so that a cell has the size of what it counts.
Bytes counters_row(const Counters& counters);
Counters counters_of(std::string_view row);  // zeros for a malformed row

}  // namespace opora::protocol
