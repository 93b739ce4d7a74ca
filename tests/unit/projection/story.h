// A story: events of all kinds at three sites, drawn from a seed, few aggregates so that they meet
// often. Wilder than any engine would write: places taken twice, comments before openings, closed
// things closed again, people erased at random.
#pragma once

#include <map>
#include <vector>

#include "sync/journal/streams.h"
#include "sync/journal/vault.h"
#include "tests/support/region.h"

namespace opora::testing {

struct ToldRecord {
  sync::JournalRef ref;
  ChainHash chain;
  Bytes record;
  AggregateId aggregate;
};

struct Story {
  std::vector<ToldRecord> records;  // as they happened
  std::map<AggregateId, protocol::DataKey> keys;
};

Story draw_story(std::uint64_t seed, std::size_t events);

}  // namespace opora::testing
