#include "sync/journal/streams.h"

#include "protocol/base/hash.h"

namespace opora::sync {

namespace {

Bytes stream_prefix(Stream stream, SiteNo site) {
  return KeyWriter().u16(static_cast<std::uint16_t>(stream)).u32(site.v).take();
}

Bytes stream_key(Stream stream, SiteNo site, StreamPos pos) {
  return KeyWriter().raw(stream_prefix(stream, site)).u64(pos.v).take();
}

Bytes origin_prefix(SiteNo origin) { return KeyWriter().u32(origin.v).take(); }

Bytes aside_key(Stream stream, SiteNo peer, StreamPos pos) {
  return KeyWriter().text("aside").raw(stream_key(stream, peer, pos)).take();
}

AsideRow aside_row(std::string_view key, std::string_view value) {
  KeyReader place(key);
  place.text();
  KeyReader reader(value);
  AsideRow row;
  row.stream = static_cast<Stream>(place.u16());
  row.peer = SiteNo{place.u32()};
  row.pos = StreamPos{place.u64()};
  row.at = TimeMs{reader.i64()};
  row.reason = std::string(reader.text());
  row.bytes = Bytes(reader.rest());
  return row;
}

ChainHash chain_part(KeyReader& reader) {
  return ChainHash::from(reader.raw(sizeof(ChainHash))).value_or(ChainHash{});
}

JournalRow journal_row(std::string_view key, std::string_view value) {
  KeyReader reader(value);
  JournalRow row;
  row.ref = JournalRef::from_key(key).value_or(JournalRef{});
  row.chain = chain_part(reader);
  row.record = Bytes(reader.rest());
  return row;
}

StreamRow stream_row(std::string_view key, std::string_view value) {
  KeyReader at(key);
  at.raw(6);
  KeyReader reader(value);
  StreamRow row;
  row.pos = StreamPos{at.u64()};
  row.chain = chain_part(reader);
  row.payload = Bytes(reader.rest());
  return row;
}

}  // namespace

Bytes JournalRef::key() const {
  return KeyWriter().u32(origin.v).u64(n.v).raw(incarnation.view()).take();
}

std::optional<JournalRef> JournalRef::from_key(std::string_view key) {
  KeyReader reader(key);
  JournalRef ref;
  ref.origin = SiteNo{reader.u32()};
  ref.n = StreamPos{reader.u64()};
  const auto incarnation = IncarnationId::from(reader.raw(sizeof(IncarnationId)));
  if (!reader.at_end() || !incarnation) return std::nullopt;
  ref.incarnation = *incarnation;
  return ref;
}

std::optional<JournalRow> read_record(const Reader& rows, const JournalRef& ref) {
  const Bytes key = ref.key();
  const auto value = rows.get(Table::kJournal, key);
  if (!value) return std::nullopt;
  return journal_row(key, *value);
}

void scan_journal(const Reader& rows, SiteNo origin, StreamPos from,
                  const std::function<bool(JournalRow)>& visit) {
  const Bytes first = KeyWriter().u32(origin.v).u64(from.v).take();
  rows.scan(
      Table::kJournal, first, prefix_end(origin_prefix(origin)),
      [&](std::string_view key, std::string_view value) { return visit(journal_row(key, value)); });
}

std::optional<JournalRow> last_record(const Reader& rows, SiteNo origin) {
  const Bytes prefix = origin_prefix(origin);
  std::optional<JournalRow> last;
  rows.scan_back(Table::kJournal, prefix, prefix_end(prefix),
                 [&](std::string_view key, std::string_view value) {
                   last = journal_row(key, value);
                   return false;
                 });
  return last;
}

namespace {

std::optional<IncarnationId> incarnation_at(const Reader& rows, SiteNo origin, StreamPos n) {
  std::optional<IncarnationId> out;
  scan_journal(rows, origin, n, [&](const JournalRow& row) {
    out = row.ref.incarnation;
    return false;
  });
  return out;
}

// The first position of the run that ends at `end`: its records are neighbours.
StreamPos run_start(const Reader& rows, SiteNo origin, StreamPos end, const IncarnationId& id) {
  std::uint64_t low = 1;
  std::uint64_t high = end.v;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (incarnation_at(rows, origin, StreamPos{middle}) == id) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return StreamPos{low};
}

}  // namespace

std::vector<Incarnation> journal_runs(const Reader& rows, SiteNo origin) {
  std::vector<Incarnation> out;
  const auto last = last_record(rows, origin);
  StreamPos end = last ? last->ref.n : StreamPos{};
  while (end.v > 0 && out.size() < protocol::kMaxIncarnations) {
    const auto id = incarnation_at(rows, origin, end);
    if (!id) break;
    const StreamPos start = run_start(rows, origin, end, *id);
    out.insert(out.begin(), {*id, start});
    end = StreamPos{start.v - 1};
  }
  return out;
}

std::optional<ChainHash> journal_chain_at(const Reader& rows, SiteNo origin, StreamPos n) {
  std::optional<ChainHash> chain;
  scan_journal(rows, origin, n, [&](const JournalRow& row) {
    if (row.ref.n == n) chain = row.chain;
    return false;
  });
  return chain;
}

void put_record(Transaction& txn, const JournalRef& ref, const ChainHash& chain,
                std::string_view record) {
  txn.put(Table::kJournal, ref.key(), KeyWriter().raw(chain.view()).raw(record).take());
}

namespace {

// Not, when it was begun anew behind another place (restart_stream).
bool begins_at_first(const Reader& rows, Stream stream, SiteNo site) {
  bool first = true;
  scan_stream(rows, stream, site, StreamPos{1}, [&](const StreamRow& row) {
    first = row.pos.v == 1 && !row.payload.empty();
    return false;
  });
  return first;
}

}  // namespace

StreamHead stream_head(const Reader& rows, Stream stream, SiteNo site) {
  const Bytes prefix = stream_prefix(stream, site);
  StreamHead head;
  rows.scan_back(Table::kStream, prefix, prefix_end(prefix),
                 [&](std::string_view key, std::string_view value) {
                   const StreamRow row = stream_row(key, value);
                   head = {row.pos, row.chain};
                   return false;
                 });
  return head;
}

void scan_stream(const Reader& rows, Stream stream, SiteNo site, StreamPos from,
                 const std::function<bool(StreamRow)>& visit) {
  rows.scan(
      Table::kStream, stream_key(stream, site, from), prefix_end(stream_prefix(stream, site)),
      [&](std::string_view key, std::string_view value) { return visit(stream_row(key, value)); });
}

std::optional<ChainHash> stream_chain_at(const Reader& rows, Stream stream, SiteNo site,
                                         StreamPos pos) {
  if (pos.v == 0) {
    return begins_at_first(rows, stream, site) ? std::optional(ChainHash{}) : std::nullopt;
  }
  const Bytes key = stream_key(stream, site, pos);
  const auto value = rows.get(Table::kStream, key);
  if (!value) return std::nullopt;
  return stream_row(key, *value).chain;
}

StreamHead StreamWriter::append(Transaction& txn, Stream stream, SiteNo site,
                                std::string_view payload, std::string_view chain_input) {
  auto [it, fresh] = heads_.try_emplace({stream, site});
  StreamHead& head = it->second;
  if (fresh) head = stream_head(txn, stream, site);
  head.pos = StreamPos{head.pos.v + 1};
  head.chain = hash256({head.chain.view(), chain_input});
  txn.put(Table::kStream, stream_key(stream, site, head.pos),
          KeyWriter().raw(head.chain.view()).raw(payload).take());
  return head;
}

void restart_stream(Transaction& txn, Stream stream, SiteNo site, const StreamHead& base) {
  std::vector<Bytes> rows;
  txn.scan_prefix(Table::kStream, stream_prefix(stream, site),
                  [&](std::string_view key, std::string_view) {
                    rows.emplace_back(key);
                    return true;
                  });
  for (const Bytes& key : rows) txn.erase(Table::kStream, key);
  if (base.pos.v == 0) return;  // from its first place again
  txn.put(Table::kStream, stream_key(stream, site, base.pos), base.chain.view());
}

Bytes cursor_key(Stream stream, SiteNo peer) {
  return KeyWriter().text("cursor").raw(stream_prefix(stream, peer)).take();
}

StreamHead read_cursor(const Reader& rows, Stream stream, SiteNo peer) {
  const auto value = rows.get(Table::kMeta, cursor_key(stream, peer));
  if (!value) return {};
  KeyReader reader(*value);
  StreamHead head;
  head.pos = StreamPos{reader.u64()};
  head.chain = chain_part(reader);
  return head;
}

std::vector<SiteNo> senders(const Reader& rows, Stream stream) {
  std::vector<SiteNo> out;
  const Bytes prefix = KeyWriter().text("cursor").u16(static_cast<std::uint16_t>(stream)).take();
  rows.scan_prefix(Table::kMeta, prefix, [&](std::string_view key, std::string_view) {
    KeyReader reader(key.substr(prefix.size()));
    out.push_back(SiteNo{reader.u32()});
    return true;
  });
  return out;
}

void put_cursor(Transaction& txn, Stream stream, SiteNo peer, const StreamHead& head) {
  txn.put(Table::kMeta, cursor_key(stream, peer),
          KeyWriter().u64(head.pos.v).raw(head.chain.view()).take());
}

void erase_cursor(Transaction& txn, Stream stream, SiteNo peer) {
  txn.erase(Table::kMeta, cursor_key(stream, peer));
}

void put_aside(Transaction& txn, const AsideRow& row) {
  txn.put(Table::kMeta, aside_key(row.stream, row.peer, row.pos),
          KeyWriter().i64(row.at.v).text(row.reason).raw(row.bytes).take());
}

std::optional<AsideRow> read_aside(const Reader& rows, Stream stream, SiteNo peer, StreamPos pos) {
  const Bytes key = aside_key(stream, peer, pos);
  const auto value = rows.get(Table::kMeta, key);
  if (!value) return std::nullopt;
  return aside_row(key, *value);
}

void scan_aside(const Reader& rows, const std::function<bool(AsideRow)>& visit) {
  rows.scan_prefix(
      Table::kMeta, KeyWriter().text("aside").take(),
      [&](std::string_view key, std::string_view value) { return visit(aside_row(key, value)); });
}

std::vector<Incarnation> incarnations(const Reader& rows) {
  std::vector<Incarnation> out;
  rows.scan_prefix(
      Table::kMeta, KeyWriter().text("incarnation").take(),
      [&](std::string_view, std::string_view value) {
        KeyReader reader(value);
        Incarnation row;
        row.id = IncarnationId::from(reader.raw(sizeof(IncarnationId))).value_or(IncarnationId{});
        row.start = StreamPos{reader.u64()};
        out.push_back(row);
        return true;
      });
  return out;
}

void put_incarnation(Transaction& txn, const Incarnation& incarnation, std::uint32_t ordinal) {
  txn.put(Table::kMeta, KeyWriter().text("incarnation").u32(ordinal).take(),
          KeyWriter().raw(incarnation.id.view()).u64(incarnation.start.v).take());
}

}  // namespace opora::sync
