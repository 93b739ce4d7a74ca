#include "sync/core/file_lane.h"

#include <algorithm>

namespace opora::sync {

using protocol::FileId;
using protocol::FileNoteKind;

void FileLane::start(MonoMs now) {
  live_ = true;
  round_due_ = now;
  offer_due_ = now;
}

void FileLane::tick(MonoMs now, Streams streams, Actions& out) {
  if (!live_) return;
  look(now, out);
  ask(now, out);
  serve(now, streams, out);
}

// When what was found is fetched, on to the next ones; at the end of a round, after a while, from
// the beginning.
void FileLane::look(MonoMs now, Actions& out) {
  if (looking_ || !missing_.empty() || now < round_due_) return;
  looking_ = true;
  out.add(QueryFiles{looked_at_});
}

void FileLane::on_files(FilesRead& files, MonoMs now, Actions& out) {
  looking_ = false;
  if (files.missing.empty()) {
    // A round that found something begins again at once, when it is not the end of it.
    round_due_ = now + kFilesRoundMs;
    looked_at_.reset();
  } else {
    looked_at_ = files.missing.back();
    for (MissingFile& file : files.missing) {
      if (!given_up_.contains(file.file)) missing_.push_back(std::move(file));
    }
  }
  if (role_ != Role::kSite || files.offered.empty() || now < offer_due_) return;
  offer_due_ = now + kOfferEveryMs;
  out.send(protocol::FileNote{FileNoteKind::kOffered, std::move(files.offered)});
}

// The first chunk that is neither here nor asked for.
std::optional<FileLane::Place> FileLane::next_place() const {
  for (const MissingFile& file : missing_) {
    for (std::uint32_t place = 0; place < file.have.size(); ++place) {
      if (!file.have[place] && !asked_.contains({file.file, place})) return Place{file.file, place};
    }
  }
  return std::nullopt;
}

void FileLane::ask(MonoMs now, Actions& out) {
  for (auto& [place, asked] : asked_) {
    if (!asked.storing && now - asked.at >= kAskAgainAfterMs) ask_one(place, now, out);
  }
  while (asked_.size() < kChunksAsked) {
    const auto next = next_place();
    if (!next) return;
    ask_one(*next, now, out);
  }
}

void FileLane::ask_one(const Place& place, MonoMs now, Actions& out) {
  asked_[place] = {now, false};
  out.send(protocol::FileAsk{place.file, place.place});
}

MissingFile* FileLane::find(const FileId& file) {
  const auto it = std::find_if(missing_.begin(), missing_.end(),
                               [&](const MissingFile& one) { return one.file == file; });
  return it == missing_.end() ? nullptr : &*it;
}

void FileLane::drop(const FileId& file) {
  std::erase_if(missing_, [&](const MissingFile& one) { return one.file == file; });
  std::erase_if(asked_, [&](const auto& one) { return one.first.file == file; });
  std::erase_if(wrong_once_, [&](const Place& one) { return one.file == file; });
}

// What was not asked for, or came twice, is nobody's.
void FileLane::on_message(protocol::FileChunk& chunk, MonoMs now, Actions& out) {
  const Place place{chunk.file, chunk.place};
  const auto asked = asked_.find(place);
  MissingFile* file = find(chunk.file);
  if (asked == asked_.end() || asked->second.storing || file == nullptr) return;
  if (chunk.bytes.empty()) return drop(chunk.file);  // the next round asks again
  if (protocol::chunk_hash(chunk.bytes) != file->chunks[chunk.place])
    return wrong_hash(place, now, out);
  asked->second.storing = true;
  out.add(StoreChunk{chunk.file, chunk.place, std::move(chunk.bytes)});
}

void FileLane::wrong_hash(const Place& place, MonoMs now, Actions& out) {
  if (wrong_once_.insert(place).second) return ask_one(place, now, out);
  out.add(Alarm{AlarmCode::kFile, "chunk " + std::to_string(place.place) + " of file " +
                                      place.file.hash.hex().substr(0, 16) +
                                      " does not have its hash: left alone in this session"});
  if (given_up_.size() < kMaxFilesGivenUp) given_up_.insert(place.file);
  drop(place.file);
}

void FileLane::on_stored(const ChunkStored& stored, Actions& out) {
  asked_.erase({stored.file, stored.place});
  MissingFile* file = find(stored.file);
  if (file == nullptr) return;
  if (stored.what == StoredChunk::kMore) {
    file->have[stored.place] = true;
    return;
  }
  drop(stored.file);
  if (stored.what == StoredChunk::kWhole && role_ == Role::kHub)
    out.send(protocol::FileNote{FileNoteKind::kHeld, {stored.file}});
}

void FileLane::on_message(const protocol::FileAsk& ask) {
  const Place place{ask.file, ask.place};
  const bool known = std::find(asks_.begin(), asks_.end(), place) != asks_.end();
  if (!known && asks_.size() < kAsksKept) asks_.push_back(place);
}

void FileLane::serve(MonoMs now, Streams streams, Actions& out) {
  if (reading_ || asks_.empty()) return;
  const bool lately = served_at_ && now - *served_at_ < kChunkBesideEveryMs;
  if (streams == Streams::kBusy && lately) return;
  reading_ = true;
  served_at_ = now;
  out.add(ReadChunk{asks_.front().file, asks_.front().place});
  asks_.pop_front();
}

void FileLane::on_read(ChunkRead& read, Actions& out) {
  reading_ = false;
  out.send(protocol::FileChunk{read.file, read.place, std::move(read.bytes).value_or(Bytes())});
}

void FileLane::on_message(protocol::FileNote& note, Actions& out) {
  if (note.files.empty()) return;
  const bool offered = note.what == FileNoteKind::kOffered;
  if (offered && role_ == Role::kHub) out.add(QueryHeld{std::move(note.files)});
  if (!offered && role_ == Role::kSite) out.add(NoteInRegion{std::move(note.files)});
}

void FileLane::on_held(const FilesHeld& held, Actions& out) {
  if (!held.files.empty()) out.send(protocol::FileNote{FileNoteKind::kHeld, held.files});
}

}  // namespace opora::sync
