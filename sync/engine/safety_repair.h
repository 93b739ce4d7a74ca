// What a store lost of its own journal comes back from the safety journal
// (journal/safety_segments.h), byte for byte: records, their keys, the stream of keys, answers,
// projections. Before ensure_projection and the engine.
//
// Files of tickets are not in the safety journal. The chunks of one stand staged in the store
// before its record is written (journal/files.h): a record that comes back takes them; where they
// are gone, too, the file is wanted from the region, and counted here so that it is said.
//
// Decisions. Commits that the store has are passed over; those that follow its end are written in
// their order. When they begin behind its end, what lies between must come from the region: they
// wait (kWaits) and join the recall (recall.h) when it has come so far. When the store has another
// record at their place, it went on without them: they are kept and never merged (kOther). Commits
// may be there of several times, each from the beginning: the newest that follows counts.
#pragma once

#include <optional>

#include "sync/journal/safety_segments.h"
#include "sync/journal/vault.h"

namespace opora::sync {

struct SafetyRepair {
  enum class Found { kNothing, kRepaired, kWaits, kOther };
  struct Part {
    StreamPos from;
    StreamPos to;
    ChainHash chain;  // of `to`
  };
  Found found = Found::kNothing;
  Part part;                        // what came back, or waits, or is kept
  std::optional<Part> before;       // came back before what waits or is kept
  std::uint64_t files_missing = 0;  // attached by these records, and not here
};
// kUnavailable when the store's disk refuses: call it again at the next start.
Result<SafetyRepair> repair_from_safety(Store& store, const Vault& vault, SiteNo self,
                                        const SafetyCommits& commits);

// A recall that has all the region had goes on with commits that follow it and that only the safety
// journal has. True when there were such; they are among the lost then, which finish_recall puts
// into place. The commits stay where they are until they are in the store.
Result<bool> join_recall(Store& store, SiteNo self, const SafetyCommits& commits);

}  // namespace opora::sync
