// Deadlines of a ticket, counted minute by minute from the events of its owners and the region's
// catalogues as they were published: what the product's moments and shares are held against. It
// shares raw values with the product (hours, days, norms) and none of its arithmetic.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocol/domain/events.h"
#include "protocol/domain/work_calendar.h"

namespace opora::sim {

// As the last word on each stands in the hub's journal.
struct PlainCatalogues {
  std::map<std::string, protocol::QueueChanged> queues;
  std::map<std::string, protocol::CalendarChanged> calendars;
  std::map<SiteNo, std::string> zones;
  protocol::ProductionCalendar production;

  // Minutes east of Greenwich of the queue's clock at this site.
  int east(const std::string& queue, SiteNo site) const;
};

// One event that has effect, in the order of effect.
struct TicketWord {
  const protocol::Envelope* env;
  const protocol::Facts* facts;
};

// A ticket as its events tell it.
struct TicketLife {
  struct Turn {
    TimeMs from;
    std::string queue;
    SiteNo site;
  };
  struct Stop {
    TimeMs from;
    std::optional<TimeMs> to;
  };
  TimeMs received;
  TimeMs registered;
  protocol::Urgency urgency{};
  std::string category;
  std::uint8_t line = 1;
  std::vector<Turn> turns;
  std::vector<Stop> stops;  // the clocks stood
  std::optional<TimeMs> reacted;
  bool reacted_on_line_1 = false;
  std::optional<TimeMs> finished;
  bool open = true;
  TimeMs last;  // said of it
};
TicketLife life_of(const std::vector<TicketWord>& words);

enum class PlainClock { kRegistration, kReaction, kCompletion };

class DueRecount {
 public:
  explicit DueRecount(PlainCatalogues catalogues) : catalogues_(std::move(catalogues)) {}

  // Whether it can be counted: it waits in a queue, its catalogues are here, and no clock that was
  // off by years has made its life that long.
  bool can(const TicketLife& life) const;
  // The stretch in which so much of the norm becomes used up. No `to`: not within kHorizonDays.
  struct Moment {
    std::optional<TimeMs> from;
    std::optional<TimeMs> to;
  };
  Moment when(const TicketLife& life, PlainClock clock, double share);
  // How much of it is used by this moment.
  double used(const TicketLife& life, PlainClock clock, TimeMs at);
  // The product's word; zero: never, as things stand.
  static bool agrees(TimeMs said, const Moment& counted);

 private:
  // Nothing lasts so long but what never comes.
  static constexpr std::int64_t kHorizonDays = 60;
  struct Day {
    std::vector<bool> open;
    int length = 0;
  };
  struct Stretch {
    TimeMs from;
    TimeMs to;
    const TicketLife::Turn* turn;
  };
  std::vector<Stretch> stretches(const TicketLife& life, PlainClock clock, TimeMs end) const;
  protocol::Norm norm(const TicketLife& life, PlainClock clock, const std::string& queue) const;
  const Day& day(const std::string& calendar, std::int64_t number);
  // Of each piece of a minute, in their order, its share of the norm; until `visit` returns false.
  template <class Visit>
  void walk(const TicketLife& life, PlainClock clock, TimeMs end, Visit visit);

  const PlainCatalogues catalogues_;
  std::map<std::string, std::unordered_map<std::int64_t, Day>> days_;
};

}  // namespace opora::sim
