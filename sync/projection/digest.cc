#include "sync/projection/digest.h"

#include <optional>

#include "protocol/base/check.h"
#include "protocol/base/hash.h"
#include "sync/projection/projection.h"

namespace opora::sync {

using protocol::Kind;

namespace {

// Each step takes fixed sizes only: the row goes in as the hash of its own.
ChainHash add_row(const ChainHash& before, std::string_view key, std::string_view value) {
  const Bytes size = KeyWriter().u64(key.size()).take();
  const ChainHash row = hash256({size, key, value});
  return hash256({before.view(), row.view()});
}

TableDigest table_digest(const Reader& rows, Table table, const char* name) {
  TableDigest out{table, name, 0, {}};
  rows.scan(table, "", "", [&](std::string_view key, std::string_view value) {
    ++out.rows;
    out.hash = add_row(out.hash, key, value);
    return true;
  });
  return out;
}

// Where an aggregate began; nothing for kinds that every site shares.
std::optional<SiteNo> origin_of(const protocol::Entity& entity) {
  if (const auto* call = entity.as<protocol::CallState>()) return call->site;
  if (const auto* contact = entity.as<protocol::ContactState>()) return contact->site;
  if (const auto* ticket = entity.as<protocol::TicketState>()) return ticket->site;
  if (const auto* problem = entity.as<protocol::ProblemState>()) return problem->origin;
  if (const auto* agent = entity.as<protocol::AgentRowState>()) return agent->site;
  if (const auto* notice = entity.as<protocol::FacilityNoticeState>()) return notice->origin;
  if (const auto* task = entity.as<protocol::CallBackState>()) return task->site;
  if (const auto* recording = entity.as<protocol::RecordingState>()) return recording->site;
  return std::nullopt;
}

struct Row {
  Bytes key;
  Bytes value;
};

// Rows of `kind` that began at `origin`, at most kPage of them, from `from` on; moves `from` behind
// what it looked at and empties it at the end.
constexpr std::size_t kPage = 1'000;
std::vector<Row> page_of(const Reader& rows, Kind kind, SiteNo origin, Bytes& from) {
  std::vector<Row> page;
  const Bytes end = prefix_end(Bytes(1, static_cast<char>(kind)));
  Bytes next;
  rows.scan(Table::kEntity, from, end, [&](std::string_view key, std::string_view value) {
    const auto entity = entity_from_row(key, value);
    OPORA_CHECK(entity.has_value());
    if (origin_of(*entity) != origin) return true;
    page.push_back({Bytes(key), Bytes(value)});
    if (page.size() < kPage) return true;
    next = Bytes(key) + '\0';
    return false;
  });
  from = next;
  return page;
}

// Both tables have the same keys: one scan beside the page instead of a look-up a row.
ChainHash add_page(const Reader& rows, const std::vector<Row>& page, ChainHash hash) {
  auto row = page.begin();
  const auto take = [&](std::string_view personal) {
    hash = add_row(add_row(hash, row->key, row->value), row->key, personal);
    ++row;
  };
  rows.scan(Table::kPersonal, page.front().key, page.back().key + '\0',
            [&](std::string_view key, std::string_view value) {
              while (row->key < key) take("");
              if (row->key == key) take(value);
              return row != page.end();
            });
  while (row != page.end()) take("");
  return hash;
}

}  // namespace

ProjectionDigest projection_digest(const Reader& rows) {
  return {table_digest(rows, Table::kEntity, "entity"),
          table_digest(rows, Table::kPersonal, "personal"),
          table_digest(rows, Table::kIndex, "index"), table_digest(rows, Table::kCube, "cube"),
          table_digest(rows, Table::kHistory, "history")};
}

SiteDigest site_digest(const Reader& rows, SiteNo origin) {
  SiteDigest out;
  out.site = origin;
  if (const auto last = last_record(rows, origin)) out.through = last->ref.n;
  for (const Kind kind : {Kind::kCall, Kind::kContact, Kind::kTicket, Kind::kProblem, Kind::kAgent,
                          Kind::kFacilityNotice, Kind::kCallBack, Kind::kRecording}) {
    Bytes from(1, static_cast<char>(kind));
    while (!from.empty()) {
      const std::vector<Row> page = page_of(rows, kind, origin, from);
      out.aggregates += page.size();
      if (!page.empty()) out.hash = add_page(rows, page, out.hash);
    }
  }
  return out;
}

}  // namespace opora::sync
