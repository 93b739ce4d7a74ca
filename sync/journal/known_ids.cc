#include "sync/journal/known_ids.h"

namespace opora::sync {

std::optional<bool> KnownIds::holds(const Reader& rows, const AggregateId& id) {
  load(rows);
  if (state_ == State::kTooMany) return std::nullopt;
  return ids_.contains(id);
}

void KnownIds::add(const Reader& rows, const AggregateId& id) {
  load(rows);
  if (state_ == State::kTooMany) return;
  ids_.insert(id);
  if (ids_.size() <= kMax) return;
  ids_.clear();
  state_ = State::kTooMany;
}

void KnownIds::load(const Reader& rows) {
  if (state_ != State::kUnread) return;
  state_ = State::kKnown;
  rows.scan_prefix(table_, family_, [&](std::string_view key, std::string_view) {
    const std::size_t from =
        place_ == Place::kBehindFamily ? family_.size() : key.size() - sizeof(AggregateId);
    if (const auto id = AggregateId::from(key.substr(from, sizeof(AggregateId)))) ids_.insert(*id);
    if (ids_.size() > kMax) state_ = State::kTooMany;
    return state_ == State::kKnown;
  });
  if (state_ == State::kTooMany) ids_.clear();
}

}  // namespace opora::sync
