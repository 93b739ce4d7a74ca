// Hashes over projections: of a whole store, to compare it with its own rebuild; of what one site
// is the origin of, to compare the site with the hub. Pure reads of a snapshot, any thread; a pass
// over every row of the tables concerned.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sync/journal/streams.h"

namespace opora::sync {

struct TableDigest {
  Table table{};
  const char* name = "";  // as messages call it
  std::uint64_t rows = 0;
  ChainHash hash;
  bool operator==(const TableDigest&) const = default;
};

// Over all rows of the projection tables, table by table.
using ProjectionDigest = std::array<TableDigest, 5>;
ProjectionDigest projection_digest(const Reader& rows);

// Over the state and personal rows of the calls, contacts, tickets, problems and agents that
// `origin` began, equal at the site and at the hub when both have the same events and keys: states
// hold facts of events only, nothing of the node that folded them.
struct SiteDigest {
  SiteNo site;
  StreamPos through;  // the last record of that origin here
  std::uint64_t aggregates = 0;
  ChainHash hash;
  bool operator==(const SiteDigest&) const = default;
};
SiteDigest site_digest(const Reader& rows, SiteNo origin);

}  // namespace opora::sync
