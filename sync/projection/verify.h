// Whether a store says what its journal says: chains and positions of every origin, streams,
// cursors, and the projections against a rebuild of them aside. Reads only; any thread; findings
// are sentences for the administrator (`opora verify`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/journal/streams.h"
#include "sync/journal/vault.h"

namespace opora::sync {

struct Verified {
  std::uint64_t records = 0;
  std::uint64_t stream_entries = 0;
  std::uint64_t set_aside = 0;  // received, kept, not applied: known and no finding
  std::uint64_t files = 0;      // whole ones
  // At most kMaxFindings; `more` counts the others. Empty: the store is whole.
  std::vector<std::string> findings;
  std::uint64_t more = 0;
  bool whole() const { return findings.empty(); }
};
// A broken disk makes a finding a record: a screen of them tells as much as a million.
inline constexpr std::size_t kMaxFindings = 50;

// Every record stands under its own name and hashes to its chain. The journal of `self` and those
// that their sites replicate here are without a gap, each record naming the one before it; of other
// origins a site has only what concerns it. Streams follow themselves and point at records that are
// here. Files that are whole have all of their chunks, each with its hash.
Verified verify_journal(const Reader& rows, SiteNo self);

// verify_journal, then the projections against a rebuild in `scratch`, an empty store that is
// thrown away afterwards. Errors are of the disks, never of what was found.
Result<Verified> verify_store(const Store& store, Store& scratch, const Vault& vault, SiteNo self);

}  // namespace opora::sync
