// Plain structs of protocol/domain <-> the bytes of protocol/schema. Pure functions, any thread;
// Cap'n Proto stays inside the .cc files.
//
// Format. Every message (record, facts, personal) is one Cap'n Proto segment without the stream
// framing table: its first word is the root pointer, its size a multiple of eight, its layout that
// of a single pass over the fields in the order of the schema, without far pointers or gaps. So the
// bytes of a value never change (tests/unit/codec/golden holds them), and every byte belongs to the
// message: what is left over, unreachable or in a second segment is refused. Writers of one version
// produce one form; records are hashed and forwarded as bytes and never encoded again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/ids.h"
#include "protocol/base/result.h"
#include "protocol/domain/events.h"

namespace opora::protocol {

// Limits of protocol/schema/record.capnp: a batch of 256 KiB always has room for one record.
inline constexpr std::size_t kMaxRecordBytes = std::size_t{256} << 10;
inline constexpr std::size_t kMaxFactsBytes = std::size_t{127}
                                              << 10;  // the envelope needs the remaining KiB
inline constexpr std::size_t kMaxPersonalBytes = std::size_t{128} << 10;  // as sealed

// The schema version that this build writes into envelopes. A higher one means fields that this
// build may not know.
inline constexpr std::uint16_t kFactsSchemaVersion = 1;

struct RecordView {
  Envelope env;
  Bytes facts;            // for decode_facts(env.type, env.schema_version, facts)
  Bytes sealed_personal;  // for open() of seal.h; empty when the event has no personal part
};

// CHECKs the limits above, n >= 1, origin <= kMaxSiteNo and a type.
Bytes encode_record(const Envelope& envelope, std::string_view facts,
                    std::string_view sealed_personal);
// kCorrupt for anything that encode_record cannot have written (except for what a later version may
// add).
Result<RecordView> decode_record(std::string_view bytes);

// What facts may hold: the lengths, ranges and enumerators of events.h, texts in UTF-8, encoded
// size within kMaxFactsBytes. kInvalid with the field's path, kTooLarge. Every draft passes here
// before it becomes an event: what is not valid could be written but never read.
Status validate_facts(const Facts& facts);
// CHECKs validate_facts().
Bytes encode_facts(const Facts& facts);
// Both in one pass, for the writer that meets facts for the first time.
Result<Bytes> encode_if_valid(const Facts& facts);
// monostate for a type or an enumerator that this version does not know, and for facts of a newer
// schema version that do not pass validate_facts(). kCorrupt for undecodable bytes and for invalid
// facts of a version known here.
Result<Facts> decode_facts(EventType type, std::uint16_t schema_version, std::string_view bytes);

// Which types a reader knows. A daemon knows all that its version has; with `unknown` a test plays
// the version before those types.
struct Vocabulary {
  std::set<EventType> unknown{};
  bool knows(EventType type) const { return !unknown.contains(type); }
  // decode_facts(), with monostate for what is unknown.
  Result<Facts> decode(const Envelope& env, std::string_view bytes) const;
};

// Texts in UTF-8 that seal to at most kMaxPersonalBytes: kInvalid, kTooLarge.
Status validate_personal(const Personal& personal);
// CHECKs validate_personal(). An empty map gives empty bytes: nothing to seal.
Bytes encode_personal(const Personal& personal);
Result<Bytes> encode_if_valid(const Personal& personal);
// Field numbers unknown to this version are kept. kCorrupt for bytes that encode_personal cannot
// have written.
Result<Personal> decode_personal(std::string_view bytes);

// The chain of a record: BLAKE2b-256(prev || record). prev is the chain of the record before it,
// zeros before the first.
ChainHash chain_of(const ChainHash& prev, std::string_view record_bytes);

}  // namespace opora::protocol
