// Streams: which way each goes, what an entry adds to the chain, what a well-formed one looks like.
// Pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "protocol/codec/link_messages.h"

namespace opora::sync {

using protocol::StreamEnd;
using protocol::StreamKind;

// In the order in which they are served: keys ahead of the records that need them, so that a record
// can be shown as soon as it arrives.
std::span<const StreamKind> streams_up();    // site → hub
std::span<const StreamKind> streams_down();  // hub → site

bool is_keys(StreamKind stream);

struct Entry {
  StreamPos pos;
  ChainHash chain;  // up to and including this entry
  Bytes bytes;
  // Not 0: so many entries, this one the last of them, are not the receiver's to have. From the
  // store (always 1) `bytes` is what a receiver may have that cannot pass over it, empty when there
  // is no such thing; to the store it is the chain in front of the first.
  std::uint32_t withdrawn = 0;
  bool operator==(const Entry&) const = default;
};

// The cursor of a receiver: what is synced here, and what of that is also in a verified backup.
struct ReceiveState {
  StreamKind stream = StreamKind::kJournal;
  StreamEnd durable;
  StreamPos safe;
};

// An entry of kRecall: a record of the site's own journal, with the key of its personal part or
// (empty) without.
Bytes recall_entry(std::string_view key, std::string_view record);
struct RecalledEntry {
  std::string_view key;  // empty: none
  std::string_view record;
};
RecalledEntry split_recall(std::string_view entry);  // of a well-formed one

// Rights end in what is sent to one site.
bool may_be_withdrawn(StreamKind stream);

// A key entry is an aggregate (16 bytes), alone or with its key (32 bytes); a record is not empty.
bool well_formed(StreamKind stream, std::string_view entry);

// The chain after `entry`, which must be well-formed.
ChainHash chain_next(StreamKind stream, const ChainHash& before, std::string_view entry);

}  // namespace opora::sync
