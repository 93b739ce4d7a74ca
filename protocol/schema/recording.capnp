@0xe2a97c4d15f86b03;
# Facts of recordings of conversations (O6, A18), beside those of facts.capnp, which has the rules for all. Moments in ms, UTC.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("opora::protocol::schema");

struct Recorded {
  # Which conversation it is. The recording's aggregate is made of the time, the call and the part.
  call @0 :Data;              # aggregate
  part @1 :UInt16;            # from 1: what one agent talked at a stretch, 30 minutes at the most
  desk @2 :UInt16;
  line @3 :Text;
  agent @4 :Text;
  startedAt @5 :Int64;
}

struct RecordingKept {
  # A file as TicketAttached has it (facts.capnp), of this aggregate. The personal part has its key and the waveform: one
  # letter of 64 for the loudest of each part of the sound.
  of @0 :Recorded;
  durationMs @1 :UInt32;      # of the sound; pauses are not in it
  format @2 :UInt8;           # SoundFormat
  copies @3 :UInt8;           # Copies
  keepUntil @4 :Int64;        # A18: listened to no more from then on, and destroyed
  hash @5 :Data;
  bytes @6 :UInt64;
  chunks @7 :Data;
}

struct RecordingErased {
  # Its time is over: key, waveform and file are destroyed wherever they are, as by Erased, which is what an order says. Said
  # by the site that made it, by a clock that the region has confirmed.
  why @0 :UInt8;              # RecordingEnd
  at @1 :Int64;
}

struct RecordingMissed {
  # It was to be recorded, and is not.
  of @0 :Recorded;
  fault @1 :UInt8;            # RecordingFault
}
