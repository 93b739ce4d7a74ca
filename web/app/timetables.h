// The catalogues that deadlines are worked out from, decoded once and kept until one of them
// changes: a registration must not wait for them to be read.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "protocol/domain/timetable.h"
#include "sync/engine/engine_core.h"
#include "web/app/zones.h"

namespace opora::app {

// As they stand in these rows; `home` is the zone of this place. Any thread.
protocol::Timetable timetable_of(const sync::Reader& rows, const Zone& home);

// Engine's thread only, but for read(): for decisions.
class Timetables {
 public:
  explicit Timetables(Zone home);
  // Where zones are not those of this machine.
  using Read = std::function<protocol::Timetable(const sync::Reader& rows)>;
  explicit Timetables(Read read) : read_(std::move(read)) {}

  // As they stand in these rows, decoded now. Any thread.
  protocol::Timetable read(const sync::Reader& rows) const { return read_(rows); }

  // The decision's context with them. What it borrows holds until the next event.
  protocol::DecideContext context(sync::Decision& decision);
  // Inside the transaction of the event, so that the next decision sees it.
  void changed(protocol::EventType type);

 private:
  const Read read_;
  std::optional<protocol::Timetable> kept_;
};

// Whether deadlines are worked out from records of this kind.
bool is_of_timetables(protocol::Kind kind);

}  // namespace opora::app
