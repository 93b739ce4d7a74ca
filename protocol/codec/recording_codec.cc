#include "protocol/codec/recording_codec.h"

#include "protocol/codec/message.h"

namespace opora::protocol {
namespace {

using message::number;
using message::view;

void put(const Recorded& f, schema::Recorded::Builder out) {
  out.setCall(message::data(f.call.view()));
  out.setPart(f.part);
  out.setDesk(f.desk.v);
  OPORA_SET_TEXT(out, Line, f.line);
  OPORA_SET_TEXT(out, Agent, f.agent);
  out.setStartedAt(f.started_at.v);
}

bool get(schema::Recorded::Reader in, Recorded& f) {
  f.part = in.getPart();
  f.desk = DeskNo(in.getDesk());
  f.line = view(in.getLine());
  f.agent = view(in.getAgent());
  f.started_at = TimeMs{in.getStartedAt()};
  return message::get_id(in.getCall(), f.call);
}

void put_ids(const std::vector<AggregateId>& ids, capnp::List<capnp::Data>::Builder out) {
  for (unsigned i = 0; i < out.size(); ++i) out.set(i, message::data(ids[i].view()));
}

bool get_ids(capnp::List<capnp::Data>::Reader in, std::vector<AggregateId>& ids) {
  ids.resize(in.size());
  for (unsigned i = 0; i < in.size(); ++i) {
    if (!message::get_id(in[i], ids[i])) return false;
  }
  return true;
}

}  // namespace

void put(const RecordsRead& f, schema::RecordsRead::Builder out) {
  out.setSource(number(f.from));
  if (!f.contacts.empty())
    put_ids(f.contacts, out.initContacts(static_cast<unsigned>(f.contacts.size())));
  if (!f.tickets.empty())
    put_ids(f.tickets, out.initTickets(static_cast<unsigned>(f.tickets.size())));
  if (!f.recordings.empty())
    put_ids(f.recordings, out.initRecordings(static_cast<unsigned>(f.recordings.size())));
  out.setPurpose(number(f.purpose));
}

bool get(schema::RecordsRead::Reader in, RecordsRead& f) {
  f.from = ReadFrom{in.getSource()};
  f.purpose = ListenPurpose{in.getPurpose()};
  return get_ids(in.getContacts(), f.contacts) && get_ids(in.getTickets(), f.tickets) &&
         get_ids(in.getRecordings(), f.recordings);
}

void put(const RecordingKept& f, schema::RecordingKept::Builder out) {
  put(f.of, out.initOf());
  out.setDurationMs(f.duration_ms);
  out.setFormat(number(f.format));
  out.setCopies(number(f.copies));
  out.setKeepUntil(f.keep_until.v);
  out.setHash(message::data(f.hash.view()));
  out.setBytes(f.bytes);
  Bytes chunks;
  for (const FileHash& chunk : f.chunks) chunks += chunk.view();
  out.setChunks(message::data(chunks));
}

bool get(schema::RecordingKept::Reader in, RecordingKept& f) {
  f.duration_ms = in.getDurationMs();
  f.format = SoundFormat{in.getFormat()};
  f.copies = Copies{in.getCopies()};
  f.keep_until = TimeMs{in.getKeepUntil()};
  f.bytes = in.getBytes();
  std::string_view rest = view(in.getChunks());
  for (; rest.size() >= sizeof(FileHash); rest.remove_prefix(sizeof(FileHash)))
    f.chunks.push_back(*FileHash::from(rest.substr(0, sizeof(FileHash))));
  return rest.empty() && message::get_id(in.getHash(), f.hash) && get(in.getOf(), f.of);
}

void put(const RecordingErased& f, schema::RecordingErased::Builder out) {
  out.setWhy(number(f.why));
  out.setAt(f.at.v);
}

bool get(schema::RecordingErased::Reader in, RecordingErased& f) {
  f.why = RecordingEnd{in.getWhy()};
  f.at = TimeMs{in.getAt()};
  return true;
}

void put(const RecordingMissed& f, schema::RecordingMissed::Builder out) {
  put(f.of, out.initOf());
  out.setFault(number(f.fault));
}

bool get(schema::RecordingMissed::Reader in, RecordingMissed& f) {
  f.fault = RecordingFault{in.getFault()};
  return get(in.getOf(), f.of);
}

}  // namespace opora::protocol
