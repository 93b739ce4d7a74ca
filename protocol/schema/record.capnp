@0xb1c6f0a52f6d9e01;
# A record: one event as it is stored, hashed and forwarded, for ever.
#
# Terms. An *origin* is the site where the event happened. An *incarnation* is one opening of the origin's store. A
# *position* is (incarnation, n); n is dense within the origin's journal, from 1. The *chain* of a record is
# BLAKE2b-256(prev || the record's bytes), where prev is the chain of the record before it at its origin (32 zero bytes
# before the first).
#
# Rules. Records are written once and forwarded byte for byte: a reader that does not know the type keeps it and passes
# it on. The envelope is frozen: fields may be added at the end, never changed. Facts hold pseudonymous ids and report
# dimensions only; whatever names, reaches or describes a person is in `personal`, encrypted under the aggregate's own
# key (XChaCha20-Poly1305; nonce 24 bytes, then ciphertext and tag; associated data = origin, n, aggregate), so that
# forgetting a person is forgetting a key and the chain still verifies.
#
# Limits. A record is at most 256 KiB; facts and personal at most 128 KiB each.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("opora::protocol::schema");

struct Record {
  origin @0 :UInt32;          # 0 is the hub
  incarnation @1 :Data;       # 8 bytes
  n @2 :UInt64;               # dense from 1
  command @3 :Data;           # 16 bytes; the command that caused it (idempotency)
  prev @4 :Data;              # 32 bytes
  hlt @5 :UInt64;             # ms << 16 | counter
  actor @6 :Data;             # 16 bytes; a user's aggregate, zeros for the system itself
  type @7 :UInt16;            # EventType in protocol/domain/events.h
  schemaVersion @8 :UInt16;
  aggregate @9 :Data;         # 16 bytes
  term @10 :UInt32;           # owner's term
  seq @11 :UInt32;            # owner's sequence in the term, from 1; 0 for an addition (ordered by nothing)
  facts @12 :Data;            # a message of the type's struct in facts.capnp
  personal @13 :Data;         # ciphertext of a Personal message; empty when the event has no personal part
}

struct Personal {
  # The plain text of the personal part.
  fields @0 :List(Field);
  struct Field {
    name @0 :UInt16;          # PersonalField in protocol/domain/events.h; unknown ones are kept
    text @1 :Text;
  }
}
