@0xd2a9c35e60f7b803;
# The link: what a site and the hub say to each other.
#
# Terms. A *stream* is a sequence of entries at dense positions from 1 with a chain hash:
#     chain(k) = BLAKE2b-256(chain(k-1) || input(entry k)), 32 zero bytes before the first.
# The input of a record is its bytes; of a key entry its first 16 bytes (the aggregate) alone, so that the chain still
# verifies after the key was forgotten. A *cursor* is the position and the chain up to which a receiver holds a stream
# synced. A *session* is one conversation over one connection; each side draws a random id for it.
#
#   stream           way          entry
#   1 journal        site -> hub  a record (record.capnp)
#   2 journalKeys    site -> hub  aggregate (16 bytes) and its key (32 bytes), or the aggregate alone: erased meanwhile
#   3 common         hub -> site  a record every site gets: catalogue, sites, problems
#   4 commonKeys     hub -> site  as 2
#   5 private        hub -> site  a record for this site only: users, its tickets
#   6 privateKeys    hub -> site  as 2
#   7 recall         hub -> site  what the hub keeps of the site's own journal, for a site that lost it: 1, the record's key
#                                 (32 bytes) and the record, or 0 and the record. Positions and chain are the journal's:
#                                 the input of the chain is the record alone
#
# Withdrawn. What waits in 5 or 6 and is not the site's to have any more is not sent: Withdrawn says instead over how many
# positions the stream passes, and what the chain is behind them. Since version 2.
#
# Order. The site says Hello first; the hub answers with its own. After that each side sends when it likes. Within a stream
# batches follow each other; nothing is promised between streams. Every message may be lost or repeated (a session may
# end at any byte): a receiver drops what it has, asks again (Nack) for what is missing, and Ping repeats every mark once
# a second, so that no single loss stops a stream.
#
# Truth. Only Ack and the marks in Ping and Hello say that something is durable, and they are sent after the sync. A sender
# forgets nothing before that.
#
# Limits. A frame is at most 4 MiB, a batch 256 KiB of entries and 4 096 of them, an entry 256 KiB, a position below 2^53,
# at most 64 batches are under way and not acknowledged, 64 incarnations and 32 streams in a list, a text at most 200 bytes of printable ASCII,
# a chunk of a file 64 KiB of it and 40 bytes, 64 files in a note.
#
# Versions. N speaks with N-1: Hello carries both bounds, the lower common version rules. Fields and messages are added at
# the end; a receiver ignores messages and streams that it does not know, and a sender offers a stream only to a peer whose
# Hello lists it.
#   1  all but Withdrawn
#   2  Withdrawn. To a peer of version 1 a key that is not its to have is the aggregate alone; at a record that is not, stream 5
#      stops in that session, with an alarm at the hub

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("opora::protocol::schema");

struct Frame {
  from @0 :UInt64;            # the speaker's session id
  to @1 :UInt64;              # the listener's session id; 0 in a site's Hello, which opens the session
  union {
    hello @2 :Hello;
    batch @3 :Batch;
    ack @4 :Ack;
    nack @5 :Nack;
    ping @6 :Ping;
    bye @7 :Bye;
    fileAsk @8 :FileAsk;
    fileChunk @9 :FileChunk;
    fileNote @10 :FileNote;
    withdrawn @11 :Withdrawn;
  }
}

struct Hello {
  version @0 :UInt16;         # the newest this side speaks
  minVersion @1 :UInt16;      # the oldest
  site @2 :UInt32;            # 0 is the hub. Checked against the key of the connection, never believed
  software @3 :Text;
  now @4 :UInt64;             # hybrid logical time, for comparing clocks
  window @5 :UInt32;          # as in Ack
  sends @6 :List(StreamState);      # end of each stream that this side sends
  receives @7 :List(StreamState);   # cursor of each stream that this side receives
  incarnations @8 :List(Incarnation);  # the last 64 openings of this side's store, oldest first; the last is running
  history @9 :List(Incarnation);    # the last 64 runs of one incarnation's records in the site's journal, as this side has
                                    # it: a site its own, the hub what it keeps of it
  verdict @10 :UInt8;         # the hub's, on a site's journal that branched off its own: Verdict in link_messages.h
}

struct StreamState {
  stream @0 :UInt16;
  position @1 :UInt64;
  chain @2 :Data;             # 32 bytes
}

struct Incarnation {
  id @0 :Data;                # 8 bytes
  start @1 :UInt64;           # the journal position of its first record
}

struct Batch {
  stream @0 :UInt16;
  first @1 :UInt64;           # position of the first entry
  before @2 :Data;            # chain(first - 1)
  after @3 :Data;             # chain of the last entry
  entries @4 :List(Data);     # at least one
}

struct Withdrawn {
  # Entries that are not sent: a right to them ended while they waited. In the place of the batches that would have them; of
  # streams 5 and 6 alone. The receiver stores the cursor behind them and nothing else.
  stream @0 :UInt16;
  first @1 :UInt64;           # position of the first
  count @2 :UInt32;           # 1 to 4 096
  before @3 :Data;            # chain(first - 1)
  after @4 :Data;             # chain of the last
}

struct Mark {
  # What a receiver holds of one stream. Cumulative.
  stream @0 :UInt16;
  durable @1 :UInt64;         # synced here
  safe @2 :UInt64;            # also in a verified backup; never above durable. A site prunes only below it
  stopped @3 :UInt8;          # StopReason in protocol/codec/link_messages.h; not 0: nothing more is taken in this session
}

struct Ack {
  marks @0 :List(Mark);
  window @1 :UInt32;          # credit: bytes of entries that may be sent and not yet durable. Below one batch: pause
}

struct Nack {
  # Send again from here: a batch is missing, or what came did not follow.
  stream @0 :UInt16;
  from @1 :UInt64;
  reason @2 :UInt8;           # NackReason
}

struct Announcement {
  # What a sender has of one stream.
  stream @0 :UInt16;
  end @1 :UInt64;
  sent @2 :UInt64;            # sent in this session or held by the receiver before it
  stopped @3 :UInt8;          # StopReason
}

struct Ping {
  # Once a second from each side: a sign of life, and everything that may have been lost on the way.
  now @0 :UInt64;             # hybrid logical time
  through @1 :UInt64;         # every event of this side with a time up to this one stands at or before the ends below
  pending @2 :UInt64;         # records not yet acknowledged durable by the listener
  oldestPendingAt @3 :Int64;  # time of the oldest of them, ms; 0 when there is none
  sends @4 :List(Announcement);
  marks @5 :List(Mark);
  window @6 :UInt32;
}

struct Bye {
  reason @0 :UInt8;           # CloseReason
  text @1 :Text;
}

# Files go in a lane of their own (V6; sync/README.md): whoever has the event of a file and not the file asks for its chunks
# by their places, each by itself, in any order, as often as it must; what it has it never asks for again. The manifest in
# the event says what each must hash to. Nothing of a file is promised by any mark of a stream.

struct FileAsk {
  # Send this chunk. At most 2 are asked for at once and not answered.
  ticket @0 :Data;            # 16 bytes
  hash @1 :Data;              # 32 bytes
  place @2 :UInt32;           # from 0
}

struct FileChunk {
  ticket @0 :Data;
  hash @1 :Data;
  place @2 :UInt32;
  bytes @3 :Data;             # ciphertext, at most 64 KiB and 40 bytes; empty: it is not here, or not the asker's to have
}

struct FileNote {
  what @0 :UInt8;             # FileNoteKind: offered (a site: tell me which of these you have whole), held (the hub: I have)
  files @1 :List(File);       # at most 64
  struct File {
    ticket @0 :Data;
    hash @1 :Data;
  }
}

# Enrolment speaks on a socket of its own, open to any key and understanding nothing else. Frames there are at most 16 KiB.

struct EnrolFrame {
  union {
    enrol @0 :Enrol;
    enrolled @1 :Enrolled;
    refused @2 :Refused;
  }
}

struct Enrol {
  version @0 :UInt16;
  site @1 :UInt32;            # as the code names it
  secret @2 :Data;            # 15 bytes, from the code; good once
  key @3 :Data;               # 32 bytes: the public key that will be the site's identity; must be the connection's own
  software @4 :Text;
}

struct Enrolled {
  site @0 :UInt32;
  name @1 :Text;              # UTF-8, as are zone and desks
  zone @2 :Text;              # IANA name
  desks @3 :List(Desk);
  struct Desk {
    no @0 :UInt16;
    name @1 :Text;
  }
}

struct Refused {
  code @0 :UInt8;             # EnrolRefusal
}
