// What is going on at a site's desks at this moment, as far as it is known here: for the shift
// board and the tiles of the region. Reads from one snapshot; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "sync/journal/kv.h"

namespace opora::app {

struct Activity {
  int waiting = 0;
  std::optional<std::int64_t> longest_wait_ms;
  int talking = 0;
  // A live call says more than what the agent last said: who talks is in neither.
  int ready = 0;
  int on_break = 0;

  int agents() const { return talking + ready + on_break; }
};
// Adds the site's to what is there.
void add_activity(const sync::Reader& rows, SiteNo site, TimeMs now, Activity& out);

}  // namespace opora::app
