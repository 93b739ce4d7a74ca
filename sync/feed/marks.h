// Rows of Table::kMeta that the link keeps of itself: a fork of a site's journal and what was
// decided about it, how far a verified backup of the hub goes, the hub's opening that a site knows.
// Pure over the store port; written by the engine.
//
// Formats. "fork" | site -> incarnation 8 | common position u64, chain 32 | decision u8.
// "safe" | stream u16 | site u32 -> position u64. "known-hub" -> incarnation 8.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "sync/core/session_types.h"
#include "sync/journal/streams.h"

namespace opora::sync {

using MetaRow = std::pair<Bytes, std::optional<Bytes>>;  // nothing: the row goes

std::optional<Fork> read_fork(const Reader& rows, SiteNo site);
MetaRow fork_row(SiteNo site, const std::optional<Fork>& fork);
std::vector<SiteNo> forked_sites(const Reader& rows);

// Of what came from this site: how far it is also in a verified backup.
std::vector<std::pair<StreamKind, StreamPos>> read_safe(const Reader& rows, SiteNo site);
MetaRow safe_row(StreamKind stream, SiteNo site, StreamPos safe);

IncarnationId read_known_hub(const Reader& rows);
MetaRow known_hub_row(const IncarnationId& opening);

}  // namespace opora::sync
