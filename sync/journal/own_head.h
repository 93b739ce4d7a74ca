// The end of the own journal, noted beside the store after every synced commit (store.head, a
// Note), and what a start finds when it compares. A store that lost its last commits looks
// whole by itself; the head shows it and says which positions are missing.
//
// What must hold: the head is never ahead of what is synced. It is not synced itself with every
// commit: the end of the process leaves it, a power cut may leave an older one.
//
// Format: version u8 = 1 | site u32 | incarnation 8 | position u64 | chain 32.
#pragma once

#include "sync/journal/note.h"
#include "sync/journal/streams.h"

namespace opora::sync {

struct OwnHead {
  SiteNo site;
  IncarnationId incarnation;  // of the record at the end
  StreamHead end;
  bool operator==(const OwnHead&) const = default;
};
Bytes encode_own_head(const OwnHead& head);
std::optional<OwnHead> decode_own_head(std::string_view bytes);

// As the rows have it; position 0 for an empty journal.
OwnHead own_head(const Reader& rows, SiteNo site);
// Nothing: there is none, or it is not one.
std::optional<OwnHead> read_own_head(const Note& note);

enum class HeadFinding {
  kHere,   // the journal reaches the head, or goes beyond it
  kShort,  // the journal ends before it: what lies between is lost
  kOther,  // the journal has another record at its place: another store was put here
};
HeadFinding compare_head(const Reader& rows, const OwnHead& head);

// What a store lost, kept in it as rows of kMeta: "loss" | ordinal u32 -> time i64 | site u32 |
// from u64 | to u64 | chain of `to` 32 | text. The newest kMaxLosses of them.
struct Loss {
  TimeMs at;  // when it was found
  SiteNo site;
  StreamPos from;  // first position that is missing; 0: not known
  StreamPos to;    // last
  ChainHash chain;
  std::string text;  // what was found, English
};
inline constexpr std::size_t kMaxLosses = 10;
void put_loss(Transaction& txn, const Loss& loss);
std::vector<Loss> losses(const Reader& rows);
// Whether its last record is here again, by a recall or from elsewhere.
bool is_back(const Reader& rows, const Loss& loss);
// In words, with whether it is back.
std::string describe(const Reader& rows, const Loss& loss);

}  // namespace opora::sync
