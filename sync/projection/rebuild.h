// Projections from scratch: at a start when their version changed, and aside for comparison.
// Replays the journal in the order of its keys (origin, position), which is not the order in which
// the records came: the rows are the same all the same (projection.h). Memory stays bounded however
// long the journal is.
//
// Threads: ensure_projection before the engine opens the store; rebuild_aside beside a running one.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sync/journal/streams.h"
#include "sync/journal/vault.h"

namespace opora::sync {

struct Rebuilt {
  std::uint64_t records = 0;
  // Records that were good when they came and that this version does not decode: left out of the
  // projections, kept in the journal, an alarm. The first kMaxUnreadable of them.
  std::vector<JournalRef> unreadable;
};
inline constexpr std::size_t kMaxUnreadable = 100;

// Told now and then how many records have been replayed: a start that takes a minute says so.
using RebuildProgress = std::function<void(std::uint64_t records)>;

// Projects the journal of `source`, a snapshot, into the projection tables of `target`, an empty
// store that is thrown away afterwards. Journal and keys are read where they are.
Result<Rebuilt> rebuild_aside(const Reader& source, Store& target, const Vault& vault,
                              const RebuildProgress& progress = {});

// Makes sure that the projections of `store` have kProjectionVersion; builds them anew when they
// have not.
//
// Safe against a kill at any moment: the version row is erased in the transaction that begins to
// clear and written in the one that ends the replay, so that whatever stands between, also under an
// older program, starts over. Erasures in the journal are applied before anything is served: a key
// that a restored backup brought back is destroyed again.
Result<Rebuilt> ensure_projection(Store& store, const Vault& vault,
                                  const RebuildProgress& progress = {});

// The journal is about to change behind the projections: the next ensure_projection builds them
// anew.
void forget_projection(Transaction& txn);

}  // namespace opora::sync
