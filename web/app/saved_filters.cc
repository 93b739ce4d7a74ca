#include "web/app/saved_filters.h"

#include <algorithm>

#include "protocol/base/archive.h"

namespace opora::app {

namespace {

using Filters = std::vector<SavedFilter>;

Bytes own_key(const AggregateId& user) {
  return KeyWriter().text("saved_filters").raw(user.view()).take();
}
Bytes shared_key() { return KeyWriter().text("shared_filters").take(); }

Filters read(const sync::Reader& rows, const Bytes& key) {
  const auto row = rows.get(sync::Table::kMeta, key);
  return row ? from_row<Filters>(*row).value_or(Filters{}) : Filters{};
}

bool may_share(const User& user, protocol::Place at) {
  return protocol::allowed(protocol::Action::kShareFilters, user.roles, at);
}

// Gone from this row, if it was there.
bool drop_from(sync::Decision& decision, const Bytes& key, const AggregateId& id) {
  Filters filters = read(decision.rows(), key);
  if (std::erase_if(filters, [&](const SavedFilter& one) { return one.id == id; }) == 0)
    return false;
  decision.put_meta(key, to_row(filters));
  return true;
}

}  // namespace

std::vector<SavedFilter> filters_of(const sync::Reader& rows, const User& user,
                                    protocol::Place at) {
  Filters out = read(rows, own_key(user.id));
  for (SavedFilter& shared : read(rows, shared_key())) {
    if ((shared.shared.v & user.roles.v) != 0 || may_share(user, at))
      out.push_back(std::move(shared));
  }
  return out;
}

Result<SavedFilter> keep_filter(sync::Decision& decision, const User& user, SavedFilter filter) {
  const Bytes key = filter.shared.v == 0 ? own_key(user.id) : shared_key();
  Filters filters = read(decision.rows(), key);
  const auto same = std::find_if(filters.begin(), filters.end(), [&](const SavedFilter& one) {
    return one.query == filter.query && one.shared == filter.shared;
  });
  if (same != filters.end()) {
    same->name = filter.name;
    filter.id = same->id;
  } else {
    if (filters.size() >= kMaxFilters)
      return Error{Code::kConflict, "filters",
                   std::to_string(kMaxFilters) + " are kept: take one back first"};
    filters.push_back(filter);
  }
  decision.put_meta(key, to_row(filters));
  return filter;
}

Status drop_filter(sync::Decision& decision, const User& user, const AggregateId& id,
                   protocol::Place at) {
  if (drop_from(decision, own_key(user.id), id)) return ok_status();
  if (may_share(user, at) && drop_from(decision, shared_key(), id)) return ok_status();
  return Error{Code::kNotFound, "id", "no such filter of yours"};
}

}  // namespace opora::app
