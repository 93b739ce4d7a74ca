// Callers who go over from one site to another (T23), as node/telephony tells of them: two calls of
// one journey, each of its own site. Who is answered there is handed over here in the same moment;
// neither site hears what the other tells.
#include <algorithm>

#include "tests/sim/region/workload.h"

namespace opora::sim {

using protocol::CallStep;
using protocol::Direction;

// Once a call, and not who is said to be handed over already by a telephone system without
// journeys.
bool Workload::may_go_over(const Line& line) const {
  return sim_.journeys && sites_ > 1 && line.direction == Direction::kIn &&
         line.last == CallStep::kQueued && line.journey.is_zero() && !line.handed_over;
}

void Workload::goes_over(Line& line) {
  do line.there = any_site();
  while (line.there == line.site);
  SimRandom random(sim_);
  line.journey = random.id<protocol::JourneyId>();
  line.there_id = fresh("line");
  Line there{line.there, line.there_id, line.phone, line.line};
  there.desk = DeskNo{static_cast<std::uint16_t>(sim_.dice.between(0, 2))};
  there.entered = line.entered;
  there.journey = line.journey;
  there.from_site = line.site;
  there.there = line.site;
  there.there_id = line.id;
  tell_of(there, CallStep::kQueued);
  lines_[there.site].push_back(std::move(there));
  // What was told before is told without a journey: how it became a journey's call is known from
  // the next telling on.
  ledger_.journeys[line.journey].calls.insert(protocol::call_aggregate(line.site, "pbx", line.id));
}

Workload::Line* Workload::other_side(const Line& line) {
  if (line.there.v == 0) return nullptr;
  auto& lines = lines_[line.there];
  const auto found = std::find_if(lines.begin(), lines.end(),
                                  [&](const Line& other) { return other.id == line.there_id; });
  return found == lines.end() ? nullptr : &*found;
}

// A call of another site: an agent takes it, and then it is no more the other's.
bool Workload::came_over(Line& line) {
  if (line.from_site.v == 0 || line.last != CallStep::kRinging || !sim_.dice.percent(60))
    return false;
  Line* here = other_side(line);
  tell_of(line, CallStep::kAnswered);
  const bool unheard = sim_.planted == Planted::kHandOverUnheard && sim_.dice.percent(30);
  if (here == nullptr || here->handed_over || unheard) return true;
  here->handed_over = true;
  tell_of(*here, CallStep::kHandedOver);
  return true;
}

// The person has hung up, or nobody took him there. Handed over, he is sometimes thrown back by a
// line that breaks, and then waits here again; it is the other's call all the same.
void Workload::other_side_ends(Line& line) {
  Line* other = other_side(line);
  if (other == nullptr || other->last == CallStep::kEnded) return;
  if (line.from_site.v == 0) {
    tell_of(*other, CallStep::kEnded);
    std::erase_if(lines_[line.there],
                  [](const Line& each) { return each.last == CallStep::kEnded; });
    return;
  }
  other->there = {};
  if (!other->handed_over) return;  // he waits on
  if (sim_.dice.percent(20)) return tell_of(*other, CallStep::kQueued);
  tell_of(*other, CallStep::kEnded);
  std::erase_if(lines_[line.there], [](const Line& each) { return each.last == CallStep::kEnded; });
}

}  // namespace opora::sim
