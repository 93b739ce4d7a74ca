#include "protocol/domain/timetable.h"

#include <algorithm>

#include "protocol/domain/production_calendar.h"

namespace opora::protocol {

namespace {

WorkCalendar five_day_week() {
  WorkCalendar out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Weekday::kSaturday); ++i)
    out.week[i] = {{0, kDayMinutes}};
  return out;
}

// How closely a queue is meant for a ticket; nothing: not at all. Its site weighs more than its
// topic: a hospital that has a queue of its own works by its own hours.
std::optional<int> closeness(const QueueChanged& queue, SiteNo site, std::string_view topic,
                             std::string_view group) {
  if (!serves(queue, site)) return std::nullopt;
  const int of_site = queue.sites.empty() ? 0 : 4;
  if (queue.topics.empty()) return of_site;
  const auto names = [&](std::string_view name) {
    return !name.empty() && std::ranges::find(queue.topics, name) != queue.topics.end();
  };
  if (names(topic)) return of_site + 2;
  if (names(group)) return of_site + 1;
  return std::nullopt;
}

}  // namespace

bool serves(const QueueChanged& queue, SiteNo site) {
  return queue.sites.empty() || std::ranges::find(queue.sites, site) != queue.sites.end();
}

Timetable::Timetable(Parts parts) : parts_(std::move(parts)), five_days_(five_day_week()) {
  const auto by_id = [](const QueueState& a, const QueueState& b) {
    return a.facts.id < b.facts.id;
  };
  std::sort(parts_.queues.begin(), parts_.queues.end(), by_id);
  for (CalendarState& calendar : parts_.calendars)
    calendars_.emplace(calendar.facts.id, std::move(calendar));
  parts_.calendars.clear();
  std::map<std::uint16_t, const ProductionCalendar*> years;
  for (const auto& shipped : shipped_production_years()) years[shipped.year] = &shipped.days;
  for (const ProductionYearState& year : parts_.published) {
    years[year.facts.year] = &year.facts.days;
    production_version_ += year.seq.v;
  }
  for (const auto& [year, days] : years) production_.insert(days->begin(), days->end());
}

const QueueState* Timetable::queue(std::string_view id) const {
  const auto found = std::find_if(parts_.queues.begin(), parts_.queues.end(),
                                  [&](const QueueState& q) { return q.facts.id == id; });
  return found == parts_.queues.end() ? nullptr : &*found;
}

std::optional<ZoneOffset> Timetable::zone_of(const std::string& calendar_zone, SiteNo site) const {
  if (!calendar_zone.empty()) return parts_.zones(calendar_zone);
  const auto found = parts_.zones_of_sites.find(site);
  if (found == parts_.zones_of_sites.end()) return parts_.home;
  return parts_.zones(found->second);
}

std::optional<Timetable::Place> Timetable::find(std::string_view id, SiteNo site) const {
  const QueueState* found = queue(id);
  if (found == nullptr) return std::nullopt;
  const auto calendar = calendars_.find(found->facts.calendar);
  if (calendar == calendars_.end()) return std::nullopt;
  const CalendarChanged& facts = calendar->second.facts;
  auto zone = zone_of(facts.zone, site);
  if (!zone) return std::nullopt;
  return Place{found, calendar->second.seq,
               WorkingTime(facts.hours, production_, std::move(*zone))};
}

std::string Timetable::queue_for(const Wanted& wanted) const {
  const auto group = parts_.groups.find(wanted.topic);
  const std::string_view of = group == parts_.groups.end() ? std::string_view{} : group->second;
  const QueueState* best = nullptr;
  int closest = 0;
  for (const QueueState& each : parts_.queues) {
    if (each.facts.line != wanted.line || each.facts.disabled) continue;
    const auto close = closeness(each.facts, wanted.site, wanted.topic, of);
    if (!close || (best != nullptr && *close <= closest)) continue;
    best = &each;
    closest = *close;
  }
  return best == nullptr ? std::string{} : best->facts.id;
}

std::string Timetable::queue_kept(const Wanted& wanted, std::string_view now) const {
  const QueueState* held = queue(now);
  if (held != nullptr && held->facts.line == wanted.line && serves(held->facts, wanted.site))
    return held->facts.id;
  return queue_for(wanted);
}

Bytes Timetable::versions() const {
  KeyWriter out;
  out.u32(production_version_);
  for (const QueueState& queue : parts_.queues) out.text(queue.facts.id).u32(queue.seq.v);
  out.u8(0);
  for (const auto& [id, calendar] : calendars_) out.text(id).u32(calendar.seq.v);
  return out.take();
}

WorkingTime Timetable::working_days(SiteNo site) const {
  return {five_days_, production_, zone_of("", site).value_or(parts_.home)};
}

}  // namespace opora::protocol
