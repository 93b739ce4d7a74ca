#include "tests/unit/link_codec/samples.h"

namespace opora::protocol {
namespace {

template <class Id>
Id filled(std::uint8_t byte) {
  Id id;
  id.b.fill(byte);
  return id;
}

Hello hello() {
  Hello out;
  out.version = 2;
  out.min_version = 1;
  out.site = SiteNo{17};
  out.software = "opora-node 0.1.0";
  out.now = Hlt{std::uint64_t{1'700'000'000'000} << 16 | 5};
  out.window = 2u << 20;
  out.sends = {{StreamKind::kJournalKeys, {}},
               {StreamKind::kJournal, {StreamPos{300}, filled<ChainHash>(0x11)}}};
  out.receives = {{StreamKind::kCommon, {StreamPos{7}, filled<ChainHash>(0x22)}},
                  {StreamKind::kPrivate, {}}};
  out.incarnations = {{filled<IncarnationId>(0xa1), StreamPos{1}},
                      {filled<IncarnationId>(0xa2), StreamPos{250}}};
  out.history = {{filled<IncarnationId>(0xa1), StreamPos{1}}};
  return out;
}

Batch batch() {
  return {StreamKind::kJournal,
          StreamPos{301},
          filled<ChainHash>(0x11),
          filled<ChainHash>(0x33),
          {"first record", "a second, longer record", "3"}};
}

Ping ping() {
  Ping out;
  out.now = Hlt{std::uint64_t{1'700'000'001'000} << 16};
  out.through = Hlt{std::uint64_t{1'700'000'000'900} << 16 | 3};
  out.pending = 12;
  out.oldest_pending_at = TimeMs{1'699'999'999'000};
  out.sends = {{StreamKind::kJournal, StreamPos{303}, StreamPos{301}, StopReason::kNone},
               {StreamKind::kJournalKeys, StreamPos{4}, StreamPos{4}, StopReason::kFork}};
  out.marks = {{StreamKind::kCommon, StreamPos{7}, StreamPos{5}, StopReason::kNone}};
  out.window = 1u << 20;
  return out;
}

}  // namespace

std::vector<FrameSample> frame_samples() {
  const SessionId from{0x0102030405060708};
  const SessionId to{0x1112131415161718};
  const Ack ack{{{StreamKind::kJournal, StreamPos{303}, StreamPos{300}, StopReason::kNone},
                 {StreamKind::kJournalKeys, StreamPos{4}, StreamPos{0}, StopReason::kChain}},
                2u << 20};
  const FileId file{filled<AggregateId>(0x66), filled<FileHash>(0x67)};
  return {
      {"hello", {from, SessionId{}, hello()}},
      {"batch", {from, to, batch()}},
      {"ack", {from, to, ack}},
      {"nack", {from, to, Nack{StreamKind::kPrivateKeys, StreamPos{42}, NackReason::kChain}}},
      {"ping", {from, to, ping()}},
      {"bye", {from, to, Bye{CloseReason::kReplaced, "a newer session took over"}}},
      {"file_ask", {from, to, FileAsk{file, 3}}},
      {"file_chunk", {from, to, FileChunk{file, 3, "ciphertext of a chunk"}}},
      {"file_chunk_missing", {from, to, FileChunk{file, 4, {}}}},
      {"file_note",
       {from, to, FileNote{FileNoteKind::kHeld, {file, {file.ticket, filled<FileHash>(0x77)}}}}},
      {"withdrawn",
       {from, to,
        Withdrawn{StreamKind::kPrivate, StreamPos{8}, 5, filled<ChainHash>(0x22),
                  filled<ChainHash>(0x88)}}},
  };
}

std::vector<EnrolSample> enrol_samples() {
  return {
      {"enrol",
       Enrol{1, SiteNo{17}, filled<EnrolSecret>(0x44), filled<LinkKey>(0x55), "opora-node 0.1.0"}},
      {"enrolled", Enrolled{SiteNo{17},
                            "Больница № 1",
                            "Europe/Moscow",
                            {{DeskNo{1}, "Регистратура"}, {DeskNo{2}, "Травма"}}}},
      {"refused", Refused{EnrolRefusal::kExpired}},
  };
}

}  // namespace opora::protocol
