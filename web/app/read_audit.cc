#include "web/app/read_audit.h"

#include <spdlog/spdlog.h>

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

void note_read(const Context& context, const User& user, protocol::ReadFrom from,
               const ShownRecords& shown) {
  ReadMemory& memory = context.read_memory;
  const TimeMs now = context.clock.now();
  protocol::NoteRead note;
  note.facts.from = from;
  note.facts.contacts = memory.fresh(user.id, shown.contacts, now);
  note.facts.tickets = memory.fresh(user.id, shown.tickets, now);
  if (note.facts.contacts.empty() && note.facts.tickets.empty()) return;
  sync::Command command;
  command.actor = user.id;
  command.decide = [note](sync::Decision& decision) -> Result<sync::Answer> {
    auto drafts = protocol::decide(note, decision.context());
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  command.done = [&memory, reader = user.id, note](const Result<sync::Answer>& answer) {
    if (answer.ok()) return;
    memory.forget(reader, note.facts.contacts);
    memory.forget(reader, note.facts.tickets);
    spdlog::error("a read of {} records was not noted: {}",
                  note.facts.contacts.size() + note.facts.tickets.size(), answer.error().message);
  };
  context.engine.submit(std::move(command));
}

}  // namespace opora::app
