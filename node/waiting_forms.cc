#include "node/waiting_forms.h"

#include <limits>
#include <utility>

#include "protocol/codec/record_codec.h"

namespace opora::node {

using protocol::EventType;

bool is_form(EventType type) {
  return type != EventType::kCallObserved && type != EventType::kAgentStateChanged &&
         type != EventType::kRecordsRead;
}

void WaitingForms::follow(const sync::Reader& rows, Mark& mark, StreamPos to,
                          std::size_t& looked) const {
  if (mark.at >= to) return;
  sync::scan_journal(rows, site_, StreamPos{mark.at.v + 1}, [&](const sync::JournalRow& row) {
    if (row.ref.n > to || looked == max_looked_) return false;
    ++looked;
    mark.at = row.ref.n;
    const auto record = protocol::decode_record(row.record);
    if (!record.ok() || !is_form(record->env.type)) return true;
    if (record->env.command != mark.command) ++mark.forms;
    mark.command = record->env.command;
    return true;
  });
}

std::uint64_t WaitingForms::count(const sync::Reader& rows, StreamPos acked) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(begun_, true)) acked_.at = end_.at = acked;
  constexpr StreamPos kEnd{std::numeric_limits<std::uint64_t>::max()};
  std::size_t looked = 0;
  follow(rows, acked_, acked, looked);
  // The region is further than what was counted: on from there.
  if (acked_.at > end_.at) end_ = acked_;
  follow(rows, end_, kEnd, looked);
  return end_.forms - acked_.forms;
}

}  // namespace opora::node
