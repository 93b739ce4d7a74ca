#include "web/app/read_audit.h"

#include <spdlog/spdlog.h>

#include "protocol/base/hash.h"
#include "protocol/domain/decide.h"
#include "web/app/context.h"
#include "web/app/known_users.h"

namespace opora::app {

std::vector<AggregateId> ReadMemory::fresh(const AggregateId& user,
                                           const std::vector<AggregateId>& records, TimeMs now) {
  std::vector<AggregateId> out;
  const std::lock_guard lock(mutex_);
  if (seen_.size() + records.size() > kMaxKnown) make_room(now);
  for (const AggregateId& record : records) {
    const auto [it, first] = seen_.try_emplace(Key{user, record}, now);
    const std::int64_t since = now - it->second;
    if (!first && since >= 0 && since < kQuietMs) continue;  // below zero: the clock was set back
    it->second = now;
    out.push_back(record);
  }
  return out;
}

void ReadMemory::make_room(TimeMs now) {
  std::erase_if(seen_, [now](const auto& row) {
    const std::int64_t since = now - row.second;
    return since < 0 || since >= kQuietMs;
  });
  // Noted twice is better than not at all.
  if (seen_.size() > kMaxKnown / 2) seen_.clear();
}

void ReadMemory::forget(const AggregateId& user, const std::vector<AggregateId>& records) {
  const std::lock_guard lock(mutex_);
  for (const AggregateId& record : records) seen_.erase(Key{user, record});
}

std::size_t ReadMemory::size() const {
  const std::lock_guard lock(mutex_);
  return seen_.size();
}

namespace {

// `known`: as ReadMemory has them, to be forgotten when they are not written.
void note(const Context& context, const User& user, protocol::NoteRead note,
          std::vector<AggregateId> known) {
  sync::Command command;
  command.actor = user.id;
  command.decide = [note = std::move(note)](sync::Decision& decision) -> Result<sync::Answer> {
    auto drafts = protocol::decide(note, decision.context());
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  command.done = [&memory = context.read_memory, reader = user.id,
                  known = std::move(known)](const Result<sync::Answer>& answer) {
    if (answer.ok()) return;
    memory.forget(reader, known);
    spdlog::error("a read of {} records was not noted: {}", known.size(), answer.error().message);
  };
  context.engine.submit(std::move(command));
}

}  // namespace

void note_read(const Context& context, const User& user, protocol::ReadFrom from,
               const ShownRecords& shown) {
  ReadMemory& memory = context.read_memory;
  const TimeMs now = context.clock.now();
  protocol::NoteRead read;
  read.facts.from = from;
  read.facts.contacts = memory.fresh(user.id, shown.contacts, now);
  read.facts.tickets = memory.fresh(user.id, shown.tickets, now);
  std::vector<AggregateId> known = read.facts.contacts;
  known.insert(known.end(), read.facts.tickets.begin(), read.facts.tickets.end());
  if (!known.empty()) note(context, user, std::move(read), std::move(known));
}

void note_listening(const Context& context, const User& user, const AggregateId& recording,
                    protocol::ListenPurpose purpose) {
  const Bytes why = KeyWriter().u8(static_cast<std::uint8_t>(purpose)).take();
  const AggregateId known = id_from("listening", {recording.view(), why});
  if (context.read_memory.fresh(user.id, {known}, context.clock.now()).empty()) return;
  protocol::NoteRead read;
  read.facts.from = protocol::ReadFrom::kRecording;
  read.facts.recordings = {recording};
  read.facts.purpose = purpose;
  note(context, user, std::move(read), {known});
}

}  // namespace opora::app
