// The catalogues that deadlines are worked out from (A10, A14, V3), as the place that decides has
// them now: queues, their calendars, the production years, the zones of places. A value, made when
// one of them changes and kept decoded; a decision borrows it. Pure; whoever made it may share it
// between threads.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/domain/state.h"
#include "protocol/domain/working_time.h"

namespace opora::protocol {

// Whether tickets of this site may wait in it at all.
bool serves(const QueueChanged& queue, SiteNo site);

class Timetable {
 public:
  // By IANA name; nothing for a name that is not known here.
  using Zones = std::function<std::optional<ZoneOffset>(const std::string& name)>;
  struct Parts {
    std::vector<QueueState> queues;
    std::vector<CalendarState> calendars;
    std::vector<ProductionYearState> published;  // before those that come with the software
    std::map<SiteNo, std::string> zones_of_sites;
    ZoneOffset home;  // of a site that is not listed
    Zones zones;
    std::map<std::string, std::string, std::less<>> groups{};  // of the rubricator's topics, by id
  };
  explicit Timetable(Parts parts);

  // One queue at one place. Borrows the timetable.
  struct Place {
    const QueueState* queue;
    OwnerSeq calendar_version;
    WorkingTime time;
  };
  // Nothing: the queue, its calendar or the zone is not here.
  std::optional<Place> find(std::string_view queue, SiteNo site) const;
  const QueueState* queue(std::string_view id) const;
  // What a queue may be meant for.
  struct Wanted {
    std::uint8_t line = 1;
    SiteNo site;  // which decides
    std::string_view topic;
  };
  // The queue that is meant most closely for this, as README.md has it. Empty: none takes it.
  std::string queue_for(const Wanted& wanted) const;
  // Where a ticket waits that waits there now: there, as long as that is a queue of its line and
  // site; else queue_for().
  std::string queue_kept(const Wanted& wanted, std::string_view now) const;
  // The five-day week of the country, at this place: working days that orders speak of (A17).
  WorkingTime working_days(SiteNo site) const;
  const ProductionCalendar& production() const { return production_; }
  std::uint32_t production_version() const { return production_version_; }
  // All of its records with their versions: where this is the same, from_catalogues() is.
  Bytes versions() const;

 private:
  std::optional<ZoneOffset> zone_of(const std::string& calendar_zone, SiteNo site) const;

  Parts parts_;
  std::map<std::string, CalendarState, std::less<>> calendars_;
  ProductionCalendar production_;
  std::uint32_t production_version_ = 0;
  WorkCalendar five_days_;
};

}  // namespace opora::protocol
