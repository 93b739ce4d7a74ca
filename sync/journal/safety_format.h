// The bytes of the safety journal: commits to the own journal, one after the other, in segments.
// Pure.
//
// Format. A segment: "OPSJ" | version u8 = 1 | site u32 | frames. A frame: length u32 | CRC-32C of
// the body u32 | body. A body: first u64 | has a head u8 | site u32, incarnation 8, position u64,
// chain 32 (OwnHead) | end of the stream of keys u64 | number of rows u32 | rows: table u8 | length
// of the key u32 | key | length of the value u32 | value.
#pragma once

#include "sync/journal/guarded_store.h"

namespace opora::sync {

// A group is at most 256 commands of a few kilobytes; a slice of received entries adds nothing
// here.
inline constexpr std::size_t kMaxSafetyFrame = std::size_t{64} << 20;

Bytes encode_segment_head(SiteNo site);
Bytes encode_safety_frame(const OwnCommit& commit);
// Nothing: not what encode wrote.
std::optional<OwnCommit> decode_safety_body(std::string_view body);

struct SegmentScan {
  bool whole = false;             // to the last byte; else a frame was cut or does not check
  std::uint64_t whole_bytes = 0;  // where the last whole frame ends
};
// Calls visit with each whole frame, until it returns false. kCorrupt when it is no segment of this
// site.
Result<SegmentScan> scan_segment(std::string_view file, SiteNo site,
                                 const std::function<bool(const OwnCommit&)>& visit);

}  // namespace opora::sync
