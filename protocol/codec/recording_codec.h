// Recordings of conversations and what is noted of reads as messages; for facts_codec only. get()
// is false for an id or a list of the wrong size: all other rules are in recording_rules.
#pragma once

#include "protocol/domain/events.h"
#include "protocol/schema/facts.capnp.h"
#include "protocol/schema/recording.capnp.h"

namespace opora::protocol {

void put(const RecordsRead& f, schema::RecordsRead::Builder out);
bool get(schema::RecordsRead::Reader in, RecordsRead& f);
void put(const RecordingKept& f, schema::RecordingKept::Builder out);
bool get(schema::RecordingKept::Reader in, RecordingKept& f);
void put(const RecordingErased& f, schema::RecordingErased::Builder out);
bool get(schema::RecordingErased::Reader in, RecordingErased& f);
void put(const RecordingMissed& f, schema::RecordingMissed::Builder out);
bool get(schema::RecordingMissed::Reader in, RecordingMissed& f);

}  // namespace opora::protocol
