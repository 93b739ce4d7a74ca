// A site whose hub was restored from a backup: what it has from the hub's streams may be more than
// the hub now has, and other than what it will send. Everything comes again from the beginning,
// under the hub's new streams, beside what is here: nobody at a desk is without users or topics
// meanwhile. What comes is marked. When all of it is here the daemon is restarted, and before the
// engine opens, the records and keys of others that did not come again go, and the projections are
// built anew.
//
// States, each a row of kMeta: planned (receiving again) → all here → gone. Old state or new, never
// a mix: the sweep is one transaction. Engine's thread, or nobody's: finish_afresh() runs before
// there is an engine. The site's own journal is not touched.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "sync/core/stream.h"
#include "sync/journal/vault.h"

namespace opora::sync {

struct AfreshPlan {
  SiteNo self;
  std::vector<std::pair<StreamKind, StreamPos>> until;  // the hub's ends when it was begun
};

std::optional<AfreshPlan> read_afresh(const Reader& rows);
// The rows of kMeta that begin it (nothing: the row goes): cursors at zero, no marks.
std::vector<std::pair<Bytes, std::optional<Bytes>>> begin_afresh(const Reader& rows,
                                                                 const AfreshPlan& plan);
// An entry of the hub's streams is here, whether or not it was before; another record of the same
// name gives way.
void mark_afresh(Transaction& txn, const AfreshPlan& plan, StreamKind stream, const Entry& entry);
bool afresh_complete(const Reader& rows, const AfreshPlan& plan);

// Before ensure_projection and the engine. The records that went; nothing to do is ok.
Result<std::uint64_t> finish_afresh(Store& store);

}  // namespace opora::sync
