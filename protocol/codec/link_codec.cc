#include "protocol/codec/link_codec.h"

#include <algorithm>

#include "protocol/codec/capnp_frame.h"
#include "protocol/codec/link_fields.h"
#include "protocol/schema/link.capnp.h"

namespace opora::protocol {
namespace {

// Writers. Each fills one struct of the schema from one of ours.

void write(schema::StreamState::Builder out, const StreamState& in) {
  out.setStream(static_cast<std::uint16_t>(in.stream));
  out.setPosition(in.end.pos.v);
  out.setChain(data_of(in.end.chain));
}

void write(schema::Incarnation::Builder out, const Incarnation& in) {
  out.setId(data_of(in.id));
  out.setStart(in.start.v);
}

void write(schema::Mark::Builder out, const Mark& in) {
  out.setStream(static_cast<std::uint16_t>(in.stream));
  out.setDurable(in.durable.v);
  out.setSafe(in.safe.v);
  out.setStopped(static_cast<std::uint8_t>(in.stopped));
}

void write(schema::Announcement::Builder out, const Announcement& in) {
  out.setStream(static_cast<std::uint16_t>(in.stream));
  out.setEnd(in.end.v);
  out.setSent(in.sent.v);
  out.setStopped(static_cast<std::uint8_t>(in.stopped));
}

void write(schema::FileNote::File::Builder out, const FileId& in) {
  out.setTicket(data_of(in.ticket));
  out.setHash(data_of(in.hash));
}

template <class List, class T>
void write_list(List out, const std::vector<T>& in) {
  for (std::size_t i = 0; i < in.size(); ++i) write(out[static_cast<unsigned>(i)], in[i]);
}

unsigned count_of(std::size_t size, std::size_t limit) {
  OPORA_CHECK(size <= limit);
  return static_cast<unsigned>(size);
}

void write(schema::Frame::Builder out, const Hello& in) {
  auto hello = out.initHello();
  hello.setVersion(in.version);
  hello.setMinVersion(in.min_version);
  hello.setSite(in.site.v);
  hello.setSoftware(in.software);
  hello.setNow(in.now.v);
  hello.setWindow(in.window);
  write_list(hello.initSends(count_of(in.sends.size(), kMaxStreams)), in.sends);
  write_list(hello.initReceives(count_of(in.receives.size(), kMaxStreams)), in.receives);
  write_list(hello.initIncarnations(count_of(in.incarnations.size(), kMaxIncarnations)),
             in.incarnations);
  write_list(hello.initHistory(count_of(in.history.size(), kMaxIncarnations)), in.history);
  hello.setVerdict(static_cast<std::uint8_t>(in.verdict));
}

void write(schema::Frame::Builder out, const Batch& in) {
  auto batch = out.initBatch();
  batch.setStream(static_cast<std::uint16_t>(in.stream));
  batch.setFirst(in.first.v);
  batch.setBefore(data_of(in.before));
  batch.setAfter(data_of(in.after));
  auto entries = batch.initEntries(count_of(in.entries.size(), kMaxBatchEntries));
  for (unsigned i = 0; i < entries.size(); ++i) entries.set(i, data_of(in.entries[i]));
}

void write(schema::Frame::Builder out, const Ack& in) {
  auto ack = out.initAck();
  write_list(ack.initMarks(count_of(in.marks.size(), kMaxStreams)), in.marks);
  ack.setWindow(in.window);
}

void write(schema::Frame::Builder out, const Nack& in) {
  auto nack = out.initNack();
  nack.setStream(static_cast<std::uint16_t>(in.stream));
  nack.setFrom(in.from.v);
  nack.setReason(static_cast<std::uint8_t>(in.reason));
}

void write(schema::Frame::Builder out, const Ping& in) {
  auto ping = out.initPing();
  ping.setNow(in.now.v);
  ping.setThrough(in.through.v);
  ping.setPending(in.pending);
  ping.setOldestPendingAt(in.oldest_pending_at.value_or(TimeMs{}).v);
  write_list(ping.initSends(count_of(in.sends.size(), kMaxStreams)), in.sends);
  write_list(ping.initMarks(count_of(in.marks.size(), kMaxStreams)), in.marks);
  ping.setWindow(in.window);
}

void write(schema::Frame::Builder out, const Bye& in) {
  auto bye = out.initBye();
  bye.setReason(static_cast<std::uint8_t>(in.reason));
  bye.setText(in.text);
}

void write(schema::Frame::Builder out, const FileAsk& in) {
  auto ask = out.initFileAsk();
  ask.setTicket(data_of(in.file.ticket));
  ask.setHash(data_of(in.file.hash));
  ask.setPlace(in.place);
}

void write(schema::Frame::Builder out, const FileChunk& in) {
  OPORA_CHECK(in.bytes.size() <= kMaxChunkBytes);
  auto chunk = out.initFileChunk();
  chunk.setTicket(data_of(in.file.ticket));
  chunk.setHash(data_of(in.file.hash));
  chunk.setPlace(in.place);
  chunk.setBytes(data_of(in.bytes));
}

void write(schema::Frame::Builder out, const FileNote& in) {
  auto note = out.initFileNote();
  note.setWhat(static_cast<std::uint8_t>(in.what));
  write_list(note.initFiles(count_of(in.files.size(), kMaxNotedFiles)), in.files);
}

void write(schema::Frame::Builder out, const Withdrawn& in) {
  OPORA_CHECK(in.count >= 1 && in.count <= kMaxBatchEntries);
  auto withdrawn = out.initWithdrawn();
  withdrawn.setStream(static_cast<std::uint16_t>(in.stream));
  withdrawn.setFirst(in.first.v);
  withdrawn.setCount(in.count);
  withdrawn.setBefore(data_of(in.before));
  withdrawn.setAfter(data_of(in.after));
}

void write(schema::Frame::Builder, const UnknownMessage&) { OPORA_CHECK(false); }

// One segment, so that the bytes of a message do not depend on the allocator.
unsigned words_for(const Message& message) {
  // Every message but a batch and a chunk: 32 + 32 stream states of 8 words, 64 incarnations of 4
  // or 64 files of 8, and texts.
  std::size_t words = 1024;
  if (const auto* batch = std::get_if<Batch>(&message)) {
    for (const Bytes& entry : batch->entries) words += entry.size() / kCapnpWord + 2;
  }
  if (const auto* chunk = std::get_if<FileChunk>(&message))
    words += chunk->bytes.size() / kCapnpWord + 2;
  return static_cast<unsigned>(words);
}

// Readers.

void read(FieldCheck& check, schema::StreamState::Reader in, StreamState& out) {
  out.stream = static_cast<StreamKind>(in.getStream());
  out.end.pos = check.position("position", in.getPosition());
  out.end.chain = check.id<ChainHash>("chain", in.getChain());
  if (out.end.pos.v == 0 && !out.end.chain.is_zero()) check.fail("chain", "not zero at position 0");
}

void read(FieldCheck& check, schema::Incarnation::Reader in, Incarnation& out) {
  out.id = check.id<IncarnationId>("id", in.getId());
  out.start = check.position("start", in.getStart());
}

void read(FieldCheck& check, schema::Mark::Reader in, Mark& out) {
  out.stream = static_cast<StreamKind>(in.getStream());
  out.durable = check.position("durable", in.getDurable());
  out.safe = check.position("safe", in.getSafe());
  out.stopped = stop_reason_of(in.getStopped());
  if (out.safe > out.durable) check.fail("safe", "above durable");
}

void read(FieldCheck& check, schema::Announcement::Reader in, Announcement& out) {
  out.stream = static_cast<StreamKind>(in.getStream());
  out.end = check.position("end", in.getEnd());
  out.sent = check.position("sent", in.getSent());
  out.stopped = stop_reason_of(in.getStopped());
}

void read(FieldCheck& check, schema::FileNote::File::Reader in, FileId& out) {
  out = {check.id<AggregateId>("ticket", in.getTicket()), check.id<FileHash>("hash", in.getHash())};
}

template <class List, class T>
void read_list(FieldCheck& check, const char* field, List in, std::size_t limit,
               std::vector<T>& out) {
  if (in.size() > limit) return check.fail(field, "too long");
  out.reserve(in.size());
  for (auto element : in) {
    T value;
    read(check, element, value);
    if (!check.ok()) return;
    out.push_back(std::move(value));
  }
}

// Streams of a later version are none of our business; the same stream twice is a mistake.
template <class List, class T>
void read_streams(FieldCheck& check, const char* field, List in, std::vector<T>& out) {
  read_list(check, field, in, kMaxStreams, out);
  std::erase_if(out,
                [](const T& s) { return !known_stream(static_cast<std::uint16_t>(s.stream)); });
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (out[i].stream == out[k].stream) return check.fail(field, "a stream twice");
    }
  }
}

Hello read(FieldCheck& check, schema::Hello::Reader in) {
  Hello out;
  out.version = in.getVersion();
  out.min_version = in.getMinVersion();
  out.site = check.site("site", in.getSite());
  out.software = check.text("software", in.getSoftware());
  out.now = Hlt{in.getNow()};
  out.window = in.getWindow();
  read_streams(check, "sends", in.getSends(), out.sends);
  read_streams(check, "receives", in.getReceives(), out.receives);
  read_list(check, "incarnations", in.getIncarnations(), kMaxIncarnations, out.incarnations);
  read_list(check, "history", in.getHistory(), kMaxIncarnations, out.history);
  out.verdict = verdict_of(in.getVerdict());
  if (out.incarnations.empty()) check.fail("incarnations", "empty");
  if (out.min_version > out.version) check.fail("minVersion", "above version");
  // Conclusions are drawn from it: runs stand one behind the other, from position 1 on.
  std::uint64_t before = 0;
  for (const Incarnation& run : out.history) {
    if (run.start.v <= before) check.fail("history", "runs do not follow one another");
    before = run.start.v;
  }
  return out;
}

Batch read(FieldCheck& check, schema::Batch::Reader in) {
  Batch out;
  out.stream = check.stream("stream", in.getStream());
  out.first = check.position("first", in.getFirst());
  out.before = check.id<ChainHash>("before", in.getBefore());
  out.after = check.id<ChainHash>("after", in.getAfter());
  const auto entries = in.getEntries();
  if (entries.size() == 0 || entries.size() > kMaxBatchEntries)
    check.fail("entries", "empty or too many");
  if (out.first.v == 0 || out.first.v + entries.size() - 1 > kMaxPosition)
    check.fail("first", "out of range");
  if (!check.ok()) return out;
  out.entries.reserve(entries.size());
  std::size_t total = 0;
  for (auto entry : entries) {
    total += entry.size();
    if (total > kMaxBatchBytes) {
      check.fail("entries", "over the limit of a batch");
      return out;
    }
    out.entries.emplace_back(reinterpret_cast<const char*>(entry.begin()), entry.size());
  }
  return out;
}

Withdrawn read(FieldCheck& check, schema::Withdrawn::Reader in) {
  Withdrawn out;
  out.stream = check.stream("stream", in.getStream());
  out.first = check.position("first", in.getFirst());
  out.count = in.getCount();
  out.before = check.id<ChainHash>("before", in.getBefore());
  out.after = check.id<ChainHash>("after", in.getAfter());
  if (out.count == 0 || out.count > kMaxBatchEntries) check.fail("count", "none or too many");
  if (out.first.v == 0 || out.first.v + out.count - 1 > kMaxPosition)
    check.fail("first", "out of range");
  return out;
}

Ack read(FieldCheck& check, schema::Ack::Reader in) {
  Ack out;
  read_streams(check, "marks", in.getMarks(), out.marks);
  out.window = in.getWindow();
  return out;
}

Nack read(FieldCheck& check, schema::Nack::Reader in) {
  Nack out;
  out.stream = check.stream("stream", in.getStream());
  out.from = check.position("from", in.getFrom());
  if (out.from.v == 0) check.fail("from", "out of range");
  // A reason of a later version asks for the same thing.
  out.reason = in.getReason() == static_cast<std::uint8_t>(NackReason::kChain) ? NackReason::kChain
                                                                               : NackReason::kGap;
  return out;
}

Ping read(FieldCheck& check, schema::Ping::Reader in) {
  Ping out;
  out.now = Hlt{in.getNow()};
  out.through = Hlt{in.getThrough()};
  out.pending = in.getPending();
  if (const std::int64_t at = in.getOldestPendingAt(); at != 0) out.oldest_pending_at = TimeMs{at};
  read_streams(check, "sends", in.getSends(), out.sends);
  read_streams(check, "marks", in.getMarks(), out.marks);
  out.window = in.getWindow();
  return out;
}

Bye read(FieldCheck& check, schema::Bye::Reader in) {
  Bye out;
  out.reason = close_reason_of(in.getReason());
  out.text = check.text("text", in.getText());
  return out;
}

FileAsk read(FieldCheck& check, schema::FileAsk::Reader in) {
  FileAsk out;
  out.file = {check.id<AggregateId>("ticket", in.getTicket()),
              check.id<FileHash>("hash", in.getHash())};
  out.place = in.getPlace();
  if (out.place >= kMaxFileChunks) check.fail("place", "out of range");
  return out;
}

FileChunk read(FieldCheck& check, schema::FileChunk::Reader in) {
  FileChunk out;
  out.file = {check.id<AggregateId>("ticket", in.getTicket()),
              check.id<FileHash>("hash", in.getHash())};
  out.place = in.getPlace();
  if (out.place >= kMaxFileChunks) check.fail("place", "out of range");
  const auto bytes = in.getBytes();
  if (bytes.size() > kMaxChunkBytes) check.fail("bytes", "over the limit of a chunk");
  else out.bytes.assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  return out;
}

// What a later version notes is none of our business.
Message read(FieldCheck& check, schema::FileNote::Reader in) {
  FileNote out;
  const bool offered = in.getWhat() == static_cast<std::uint8_t>(FileNoteKind::kOffered);
  if (!offered && in.getWhat() != static_cast<std::uint8_t>(FileNoteKind::kHeld))
    return UnknownMessage{};
  out.what = offered ? FileNoteKind::kOffered : FileNoteKind::kHeld;
  read_list(check, "files", in.getFiles(), kMaxNotedFiles, out.files);
  return out;
}

Message read(FieldCheck& check, schema::Frame::Reader in) {
  switch (in.which()) {
    case schema::Frame::HELLO: return read(check, in.getHello());
    case schema::Frame::BATCH: return read(check, in.getBatch());
    case schema::Frame::ACK: return read(check, in.getAck());
    case schema::Frame::NACK: return read(check, in.getNack());
    case schema::Frame::PING: return read(check, in.getPing());
    case schema::Frame::BYE: return read(check, in.getBye());
    case schema::Frame::FILE_ASK: return read(check, in.getFileAsk());
    case schema::Frame::FILE_CHUNK: return read(check, in.getFileChunk());
    case schema::Frame::FILE_NOTE: return read(check, in.getFileNote());
    case schema::Frame::WITHDRAWN: return read(check, in.getWithdrawn());
  }
  return UnknownMessage{};
}

Result<Frame> read_frame(schema::Frame::Reader in) {
  FieldCheck check;
  Frame out{SessionId{in.getFrom()}, SessionId{in.getTo()}, read(check, in)};
  if (out.from.v == 0) check.fail("from", "no session");
  if (!check.ok()) return check.error();
  return out;
}

}  // namespace

Bytes encode_frame(const Frame& frame) {
  capnp::MallocMessageBuilder message(words_for(frame.message));
  auto root = message.initRoot<schema::Frame>();
  root.setFrom(frame.from.v);
  root.setTo(frame.to.v);
  std::visit([&root](const auto& m) { write(root, m); }, frame.message);
  Bytes bytes = message_bytes(message);
  OPORA_CHECK(bytes.size() <= kMaxFrameBytes);
  return bytes;
}

Result<Frame> decode_frame(std::string_view bytes) {
  if (bytes.size() > kMaxFrameBytes) return corrupt("", "frame over the limit");
  return with_message<schema::Frame>(bytes, read_frame);
}

}  // namespace opora::protocol
