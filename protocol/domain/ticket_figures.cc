#include "protocol/domain/ticket_figures.h"

#include "protocol/base/archive.h"
#include "protocol/base/check.h"
#include "protocol/domain/house_call.h"
#include "protocol/domain/kind_texts.h"
#include "protocol/domain/ticket_times.h"

namespace opora::protocol {

static_assert(static_cast<std::size_t>(TicketFigure::kRejectedFor) + kRejectReasons ==
              static_cast<std::size_t>(TicketFigure::kMerged));
static_assert(static_cast<std::size_t>(TicketFigure::kReactedLate) + 1 == kCounterCount);

namespace {

// What happened to a ticket at a moment, as figures.
struct Happened {
  TimeMs at;
  std::uint32_t which = 0;  // tells moments of one ticket apart that have the same time
  FigureSet figures;
};

// Behind all objections of a ticket (kMaxWaits).
constexpr std::uint32_t kReactionMoment = 1'000'000;

FigureSet operator|(FigureSet a, FigureSet b) {
  return FigureSet{static_cast<std::uint16_t>(a.v | b.v)};
}

FigureSet acceptance(const TicketState& s) {
  const TimeMs due = s.times.registration_due;
  const FigureSet accepted = set_of(TicketFigure::kAccepted);
  const bool late = due.v != 0 && s.registered_at > due;
  return late ? accepted | set_of(TicketFigure::kAcceptedLate) : accepted;
}

// Done while it waited for the applicant: its clock stood, and had no due moment then.
bool stood_at_the_end(const TicketState& s) {
  if (s.waits.empty()) return false;
  const Wait& last = s.waits.back();
  return last.reason != WaitReason::kNone && last.to == s.finished_at;
}

FigureSet completion(const TicketState& s) {
  const TimeMs due = s.times.completion_due;
  // A queue may have no norm for an urgency: then there is nothing to be in time for.
  if (due.v == 0) {
    const bool in_time = s.times.queue_version != 0 && stood_at_the_end(s);
    return set_of(in_time ? TicketFigure::kInTime : TicketFigure::kNoDeadline);
  }
  if (s.finished_at <= due) return set_of(TicketFigure::kInTime);
  const Reached* told = reached(s, DueClock::kCompletion, Threshold::kMissed);
  const bool cut_off = told != nullptr && told->link == LinkThen::kCutOff;
  const FigureSet late = set_of(TicketFigure::kLate);
  return cut_off ? late | set_of(TicketFigure::kLateCutOff) : late;
}

// Without a norm there is nothing to be in time for.
FigureSet reaction(const TicketState& s) {
  const bool late = s.reacted_at > s.times.reaction_due;
  return set_of(late ? TicketFigure::kReactedLate : TicketFigure::kReactedInTime);
}

std::vector<Happened> moments_of(const TicketState& s) {
  std::uint32_t which = 0;
  std::vector<Happened> out{{s.received_at, which++, acceptance(s)}};
  for (const Wait& wait : s.waits) {
    const bool reopened = wait.reason == WaitReason::kNone && wait.to.v != 0;
    if (reopened) out.push_back({wait.to, which++, set_of(TicketFigure::kReopened)});
  }
  const bool rejected = s.status == TicketStatus::kRejected;
  if (rejected && s.reject_reason != RejectReason::kNone)
    out.push_back({s.finished_at, which, set_of(rejected_for(s.reject_reason))});
  if (s.status == TicketStatus::kMerged)
    out.push_back({s.finished_at, which, set_of(TicketFigure::kMerged)});
  if (s.status == TicketStatus::kDone || s.status == TicketStatus::kClosed)
    out.push_back({s.finished_at, which, completion(s)});
  if (s.reacted_at.v != 0 && s.times.reaction_due.v != 0)
    out.push_back({s.reacted_at, kReactionMoment, reaction(s)});
  return out;
}

Bytes cells(TicketClass of, SiteNo scope, TicketGroup group) {
  return KeyWriter().raw(keys::ticket_cells(of, scope)).u8(static_cast<std::uint8_t>(group)).take();
}

struct Value {
  TicketGroup group;
  std::string text;
};

std::string of_kind(ContactKind kind, std::string_view which) {
  return std::string(to_name(kind)) + "." + std::string(which);
}

std::string result_value(const TicketState& ticket) {
  const ContactKind kind = ticket.asking.kind;
  return has_result(kind) ? of_kind(kind, to_name(ticket.result)) : "";
}

void add_cells(Facets& out, TicketClass of, SiteNo scope, const std::vector<Value>& values,
               const CubeRow& row_of_day) {
  for (const Value& value : values) {
    out.cubes.push_back(
        {KeyWriter().raw(cells(of, scope, value.group)).raw(row_of_day.key).raw(value.text).take(),
         row_of_day.delta});
  }
}

}  // namespace

TicketClass class_of(const Asking& asking) {
  return asking.kind == ContactKind::kWish ? TicketClass::kWishes : TicketClass::kTickets;
}

std::string subject_value(const Asking& asking) {
  switch (asking.kind) {
    case ContactKind::kWish: return of_kind(asking.kind, to_name(asking.wish));
    case ContactKind::kHotLine: return of_kind(asking.kind, to_name(asking.hot_line));
    default: return "";
  }
}

TicketFigure rejected_for(RejectReason reason) {
  OPORA_CHECK(reason != RejectReason::kNone);
  return static_cast<TicketFigure>(static_cast<std::uint8_t>(TicketFigure::kRejectedFor) +
                                   static_cast<std::uint8_t>(reason) - 1);
}

FigureSet set_of(TicketFigure figure) {
  return FigureSet{static_cast<std::uint16_t>(1U << static_cast<std::uint8_t>(figure))};
}

FigureSet completed_figures() {
  return set_of(TicketFigure::kInTime) | set_of(TicketFigure::kLate) |
         set_of(TicketFigure::kNoDeadline);
}

FigureSet rejected_figures() {
  constexpr auto kFirst = static_cast<std::uint8_t>(TicketFigure::kRejectedFor);
  return FigureSet{static_cast<std::uint16_t>(((1U << kRejectReasons) - 1) << kFirst)};
}

FigureSet reacted_figures() {
  return set_of(TicketFigure::kReactedInTime) | set_of(TicketFigure::kReactedLate);
}

Counters ones_of(FigureSet figures) {
  Counters out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = figures.v >> i & 1;
  return out;
}

void add_to(Counters& sum, const Counters& more) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
}

std::optional<std::int64_t> percent_of(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return std::nullopt;
  return (200 * part + whole) / (2 * whole);
}

std::int64_t TicketCount::sum(FigureSet figures) const {
  std::int64_t out = 0;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    if ((figures.v >> i & 1) != 0) out += counters[i];
  }
  return out;
}

std::optional<std::int64_t> TicketCount::in_time_pct() const {
  const std::int64_t in_time = at(TicketFigure::kInTime);
  return percent_of(in_time, in_time + at(TicketFigure::kLate));
}

void TicketCount::add(const Counters& more) { add_to(counters, more); }

void add_figures(Facets& out, const AggregateId& id, const TicketState& ticket) {
  const std::string result = result_value(ticket);
  const std::string subject = subject_value(ticket.asking);
  const TicketClass of = class_of(ticket.asking);
  std::vector<Value> values{{TicketGroup::kDay, ""},
                            {TicketGroup::kLine, std::to_string(ticket.line)},
                            {TicketGroup::kUrgency, std::string(to_name(ticket.urgency))},
                            {TicketGroup::kTopic, ticket.topic},
                            {TicketGroup::kOperator, ticket.opened_by.hex()}};
  if (!result.empty()) values.push_back({TicketGroup::kResult, result});
  if (!subject.empty()) values.push_back({TicketGroup::kSubject, subject});
  std::vector<Value> in_region = values;
  in_region.push_back({TicketGroup::kSite, std::to_string(ticket.site.v)});
  for (const Happened& moment : moments_of(ticket)) {
    const LocalDay day{local_day(moment.at, ticket.zone_offset_min)};
    const CubeRow row{KeyWriter().u32(static_cast<std::uint32_t>(day.v)).take(),
                      ones_of(moment.figures)};
    add_cells(out, of, ticket.site, values, row);
    add_cells(out, of, kHubSite, in_region, row);
    out.index.push_back({KeyWriter()
                             .raw(keys::ticket_moments(of, day))
                             .u32(ticket.site.v)
                             .i64(moment.at.v)
                             .u32(moment.which)
                             .raw(id.view())
                             .take(),
                         to_row(TicketMoment{ticket.site, ticket.line, ticket.urgency, ticket.topic,
                                             moment.figures, result, subject, ticket.opened_by})});
  }
}

TicketCell ticket_cell(std::string_view cube_key) {
  KeyReader reader(cube_key);
  reader.u8();
  reader.u8();
  reader.u32();
  reader.u8();
  const LocalDay day{static_cast<std::int32_t>(reader.u32())};
  return {day, std::string(reader.rest())};
}

TimeMs ticket_moment_at(std::string_view index_key) {
  KeyReader reader(index_key);
  reader.u8();
  reader.u8();
  reader.u32();
  reader.u32();
  return TimeMs{reader.i64()};
}

namespace keys {

Bytes ticket_cells(TicketClass of, SiteNo scope) {
  return KeyWriter().u8('t').u8(static_cast<std::uint8_t>(of)).u32(scope.v).take();
}

Bytes ticket_cells(TicketClass of, SiteNo scope, TicketGroup group, LocalDay from) {
  return KeyWriter().raw(cells(of, scope, group)).u32(static_cast<std::uint32_t>(from.v)).take();
}

Bytes ticket_moments(TicketClass of) {
  return KeyWriter().u8('J').u8(static_cast<std::uint8_t>(of)).take();
}

Bytes ticket_moments(TicketClass of, LocalDay from) {
  return KeyWriter().raw(ticket_moments(of)).u32(static_cast<std::uint32_t>(from.v)).take();
}

}  // namespace keys

}  // namespace opora::protocol
