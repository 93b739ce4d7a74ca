// Rows of Table::kStream, Table::kJournal and the receive cursors: what a site sends and how far it
// has received. A stream is a dense sequence of entries from position 1 with a chain hash over them
// (sync/core/README.md). The engine's thread writes, any thread reads a snapshot. Pure over the
// store port.
//
// Formats. kJournal: origin u32 | n u64 | incarnation 8 -> chain 32 | record bytes.
// kStream: stream u16 | site u32 | position u64 -> chain 32 | payload (a JournalRef for records, an
// aggregate for keys). kMeta "cursor" | stream u16 | site u32 -> position u64 | chain 32;
// "aside" | stream u16 | site u32 | position u64 -> time i64 | reason | bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"
#include "protocol/codec/link_messages.h"
#include "sync/journal/kv.h"

namespace opora::sync {

// The link's vocabulary is the store's: a stream's place here is its place on the wire.
using Stream = protocol::StreamKind;
using StreamHead = protocol::StreamEnd;
using protocol::Incarnation;

constexpr bool carries_keys(Stream stream) { return static_cast<std::uint16_t>(stream) % 2 == 0; }
constexpr Stream keys_of(Stream records) {
  return static_cast<Stream>(static_cast<std::uint16_t>(records) + 1);
}

// Names one record for ever.
struct JournalRef {
  SiteNo origin;
  StreamPos n;
  IncarnationId incarnation;
  auto operator<=>(const JournalRef&) const = default;
  Bytes key() const;
  static std::optional<JournalRef> from_key(std::string_view key);
};

struct JournalRow {
  JournalRef ref;
  ChainHash chain;
  Bytes record;
};
std::optional<JournalRow> read_record(const Reader& rows, const JournalRef& ref);
// Records of one origin from n on, ascending, until `visit` returns false.
void scan_journal(const Reader& rows, SiteNo origin, StreamPos from,
                  const std::function<bool(JournalRow)>& visit);
std::optional<JournalRow> last_record(const Reader& rows, SiteNo origin);
// Stretches of records of one incarnation, oldest first: each with its first position; the last
// kMaxIncarnations of them. In a journal without gaps; a few dozen look-ups.
std::vector<Incarnation> journal_runs(const Reader& rows, SiteNo origin);
std::optional<ChainHash> journal_chain_at(const Reader& rows, SiteNo origin, StreamPos n);
void put_record(Transaction& txn, const JournalRef& ref, const ChainHash& chain,
                std::string_view record);

struct StreamRow {
  StreamPos pos;
  ChainHash chain;
  Bytes payload;
};
StreamHead stream_head(const Reader& rows, Stream stream, SiteNo site);
void scan_stream(const Reader& rows, Stream stream, SiteNo site, StreamPos from,
                 const std::function<bool(StreamRow)>& visit);
// Zeros at position 0, in front of the first entry; nothing there when the stream begins behind
// another place, and at positions that it has not.
std::optional<ChainHash> stream_chain_at(const Reader& rows, Stream stream, SiteNo site,
                                         StreamPos pos);

// Appends to kStream; remembers the heads that it has seen, so that an append costs one put. One
// per engine.
class StreamWriter {
 public:
  // chain_input: what the chain covers (the record's bytes, or the aggregate of a key).
  StreamHead append(Transaction& txn, Stream stream, SiteNo site, std::string_view payload,
                    std::string_view chain_input);

 private:
  std::map<std::pair<Stream, SiteNo>, StreamHead> heads_;
};

// A stream begins anew behind a place that only its receiver still has: all rows go, and a row
// without payload stands for what was there.
void restart_stream(Transaction& txn, Stream stream, SiteNo site, const StreamHead& base);

// The row of kMeta that holds it.
Bytes cursor_key(Stream stream, SiteNo peer);
StreamHead read_cursor(const Reader& rows, Stream stream, SiteNo peer);
// The senders of this stream from whom something was received.
std::vector<SiteNo> senders(const Reader& rows, Stream stream);
void put_cursor(Transaction& txn, Stream stream, SiteNo peer, const StreamHead& head);
void erase_cursor(Transaction& txn, Stream stream, SiteNo peer);

// A received entry that was not applied: it does not decode or breaks the rules. The cursor went
// past it.
struct AsideRow {
  Stream stream{};
  SiteNo peer;
  StreamPos pos;
  TimeMs at;
  std::string reason;
  Bytes bytes;
};
void put_aside(Transaction& txn, const AsideRow& row);
std::optional<AsideRow> read_aside(const Reader& rows, Stream stream, SiteNo peer, StreamPos pos);
// All of them, by stream, peer and position, until `visit` returns false.
void scan_aside(const Reader& rows, const std::function<bool(AsideRow)>& visit);

// Openings of this store, oldest first: each with the position that its first record has or would
// have.
std::vector<Incarnation> incarnations(const Reader& rows);
void put_incarnation(Transaction& txn, const Incarnation& incarnation, std::uint32_t ordinal);

}  // namespace opora::sync
