#include "sync/projection/verify.h"

#include <optional>

#include "protocol/base/hash.h"
#include "protocol/codec/record_codec.h"
#include "sync/journal/files.h"
#include "sync/projection/digest.h"
#include "sync/projection/rebuild.h"

namespace opora::sync {

namespace {

std::string name_of(SiteNo origin, StreamPos n) {
  return std::to_string(origin.v) + "/" + std::to_string(n.v);
}

std::string name_of(Stream stream, SiteNo site) {
  return "stream " + std::to_string(static_cast<unsigned>(stream)) + " of " +
         std::to_string(site.v);
}

void add(Verified& out, std::string finding) {
  if (out.findings.size() < kMaxFindings) {
    out.findings.push_back(std::move(finding));
  } else {
    ++out.more;
  }
}

// Walks the journal in the order of its keys, origin by origin.
class JournalWalk {
 public:
  JournalWalk(const Reader& rows, SiteNo self, Verified& out)
      : rows_(rows), self_(self), out_(out) {}

  void run() {
    rows_.scan(Table::kJournal, "", "", [&](std::string_view key, std::string_view value) {
      const auto ref = JournalRef::from_key(key);
      if (!ref || value.size() < sizeof(ChainHash)) {
        add(out_, "a row of the journal is malformed: " + to_hex(key));
      } else {
        take(*ref, value);
      }
      return true;
    });
    if (origin_) end_origin();
    for (const SiteNo sender : senders(rows_, Stream::kJournal)) {
      if (last_record(rows_, sender)) continue;
      begin_origin(sender);
      end_origin();
    }
  }

 private:
  void take(const JournalRef& ref, std::string_view value) {
    if (origin_ != ref.origin) {
      if (origin_) end_origin();
      begin_origin(ref.origin);
    }
    ++out_.records;
    const ChainHash chain =
        ChainHash::from(value.substr(0, sizeof(ChainHash))).value_or(ChainHash{});
    const std::string_view bytes = value.substr(sizeof(ChainHash));
    const auto record = protocol::decode_record(bytes);
    if (!record.ok()) {
      add(out_, "record " + name(ref) + " does not decode: " + record.error().message);
    } else {
      check(ref, record->env, chain, bytes);
    }
    head_ = {ref.n, chain};
  }

  void begin_origin(SiteNo origin) {
    origin_ = origin;
    head_ = {};
    dense_ = origin == self_ || read_cursor(rows_, Stream::kJournal, origin).pos.v > 0;
  }

  void check(const JournalRef& ref, const protocol::Envelope& env, const ChainHash& chain,
             std::string_view bytes) {
    const bool own_name =
        env.origin == ref.origin && env.n == ref.n && env.incarnation == ref.incarnation;
    if (!own_name) add(out_, "record " + name(ref) + " stands under another record's name");
    if (protocol::chain_of(env.prev, bytes) != chain)
      add(out_, "record " + name(ref) + " does not hash to its chain: its bytes were changed");
    if (ref.n == head_.pos) {
      add(out_, "record " + name(ref) + " exists twice: the site's store was cloned or restored");
    } else if (dense_) {
      pass_set_aside(ref.n);
      if (ref.n.v != head_.pos.v + 1) report_gap(StreamPos{ref.n.v - 1});
      else if (env.prev != head_.chain)
        add(out_, "record " + name(ref) + " does not follow the one before it");
    } else if (ref.n.v == head_.pos.v + 1 && env.prev != head_.chain) {
      add(out_, "record " + name(ref) + " does not follow the one before it");
    }
  }

  // Entries between the head and `next` that were set aside are links of the chain all the same.
  void pass_set_aside(StreamPos next) {
    while (head_.pos.v + 1 < next.v) {
      const StreamPos pos{head_.pos.v + 1};
      const auto row = read_aside(rows_, Stream::kJournal, *origin_, pos);
      if (!row) return;
      head_ = {pos, protocol::chain_of(head_.chain, row->bytes)};
    }
  }

  void report_gap(StreamPos last) {
    const StreamPos first{head_.pos.v + 1};
    add(out_, first == last ? "record " + name_of(*origin_, first) + " is missing"
                            : "records " + name_of(*origin_, first) + " to " +
                                  name_of(*origin_, last) + " are missing");
  }

  // What was received and acknowledged must be here to its end.
  void end_origin() {
    const StreamHead cursor = read_cursor(rows_, Stream::kJournal, *origin_);
    if (cursor.pos.v == 0) return;
    pass_set_aside(StreamPos{cursor.pos.v + 1});
    if (head_ == cursor) return;
    if (head_.pos < cursor.pos) report_gap(cursor.pos);
    else
      add(out_,
          "the cursor of site " + std::to_string(origin_->v) + " is not the end of its journal");
  }

  static std::string name(const JournalRef& ref) { return name_of(ref.origin, ref.n); }

  const Reader& rows_;
  SiteNo self_;
  Verified& out_;
  std::optional<SiteNo> origin_;
  bool dense_ = false;
  StreamHead head_;
};

// Walks all streams that are sent from here, in the order of their keys.
class StreamWalk {
 public:
  StreamWalk(const Reader& rows, Verified& out) : rows_(rows), out_(out) {}

  void run() {
    rows_.scan(Table::kStream, "", "", [&](std::string_view key, std::string_view value) {
      KeyReader place(key);
      const auto stream = static_cast<Stream>(place.u16());
      const SiteNo site{place.u32()};
      const StreamPos pos{place.u64()};
      KeyReader row(value);
      const auto chain = ChainHash::from(row.raw(sizeof(ChainHash)));
      if (!place.at_end() || !chain) {
        add(out_, "a row of a stream is malformed: " + to_hex(key));
        return true;
      }
      if (std::pair(stream, site) != at_) head_ = {};
      at_ = {stream, site};
      take(pos, *chain, row.rest());
      return true;
    });
  }

 private:
  void take(StreamPos pos, const ChainHash& chain, std::string_view payload) {
    // Begun anew behind what only the receiver has (restart_stream).
    const bool base = head_.pos.v == 0 && payload.empty() && carries_keys(at_.first);
    if (base) {
      head_ = {pos, chain};
      return;
    }
    ++out_.stream_entries;
    const std::string where = name_of(at_.first, at_.second) + " at " + std::to_string(pos.v);
    const auto input = chain_input(payload);
    if (!input) {
      add(out_, where + " points at a record that is not here");
    } else if (pos.v != head_.pos.v + 1 || chain != hash256({head_.chain.view(), *input})) {
      add(out_, where + " does not follow the entry before it");
    }
    head_ = {pos, chain};
  }

  std::optional<Bytes> chain_input(std::string_view payload) const {
    if (carries_keys(at_.first)) return Bytes(payload);
    const auto ref = JournalRef::from_key(payload);
    const auto row = ref ? read_record(rows_, *ref) : std::nullopt;
    if (!row) return std::nullopt;
    return row->record;
  }

  const Reader& rows_;
  Verified& out_;
  std::pair<Stream, SiteNo> at_{};
  StreamHead head_;
};

// Every file that is said to be whole: all of its chunks, each with its hash.
void check_files(const Reader& rows, Verified& out) {
  for (const FileId& id : whole_files(rows)) {
    ++out.files;
    const auto manifest = whole_file(rows, id);
    const std::string where = "file " + id.hash.hex().substr(0, 16) + " of " + id.ticket.hex();
    if (!manifest || protocol::file_hash(manifest->chunks) != id.hash) {
      add(out, where + " has another list of chunks");
      continue;
    }
    for (std::uint32_t place = 0; place < manifest->chunks.size(); ++place) {
      const auto chunk = read_chunk(rows, id, place);
      if (!chunk) add(out, where + ": chunk " + std::to_string(place) + " is missing");
      else if (protocol::chunk_hash(*chunk) != manifest->chunks[place])
        add(out, where + ": chunk " + std::to_string(place) + " was changed");
    }
  }
}

void compare(const ProjectionDigest& stored, const ProjectionDigest& rebuilt, Verified& out) {
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (stored[i] == rebuilt[i]) continue;
    add(out, std::string("the projection table \"") + stored[i].name + "\" (" +
                 std::to_string(stored[i].rows) + " rows) differs from its rebuild (" +
                 std::to_string(rebuilt[i].rows) + " rows)");
  }
}

}  // namespace

Verified verify_journal(const Reader& rows, SiteNo self) {
  Verified out;
  JournalWalk(rows, self, out).run();
  StreamWalk(rows, out).run();
  scan_aside(rows, [&](const AsideRow&) { return ++out.set_aside, true; });
  check_files(rows, out);
  return out;
}

Result<Verified> verify_store(const Store& store, Store& scratch, const Vault& vault, SiteNo self) {
  const auto rows = store.snapshot();
  Verified out = verify_journal(*rows, self);
  const auto rebuilt = rebuild_aside(*rows, scratch, vault);
  if (!rebuilt.ok()) return rebuilt.error();
  for (const JournalRef& ref : rebuilt->unreadable)
    add(out,
        "record " + name_of(ref.origin, ref.n) + " holds facts that this version does not read");
  compare(projection_digest(*rows), projection_digest(*scratch.snapshot()), out);
  return out;
}

}  // namespace opora::sync
