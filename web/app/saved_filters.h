// Filters of the ticket list that people keep under a name: each user's own, and those that a
// supervisor shares with all of a role. They are this place's own, as read marks are (notices.h):
// rows of kMeta, kept over a restart, in backups, never sent anywhere, so that an account has them
// in every browser. Nobody erases them, so no filter that names a patient is kept: neither one
// person's history nor a search for words. Inside decisions and over snapshots; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/domain/access.h"
#include "sync/engine/engine_core.h"
#include "web/app/known_users.h"
#include "web/server/http.h"

namespace opora::app {

struct Context;

// Of one user, and of all that are shared at a place: more are no longer found at a glance.
inline constexpr std::size_t kMaxFilters = 32;
inline constexpr std::size_t kMaxFilterName = 60;
// An address with every filter in it has under 300 letters.
inline constexpr std::size_t kMaxFilterQuery = 500;

struct SavedFilter {
  AggregateId id;
  std::string name;
  std::string query;       // as GET tickets reads it, without "?"
  protocol::Roles shared;  // with one role; zero: the user's own
  std::string by;          // login of who shared it
  template <class V>
  void visit(V&& v) {
    v(id, name, query, shared, by);
  }
};

// The user's own in the order in which they were kept, then those shared with one of his roles;
// who may share sees all that are.
std::vector<SavedFilter> filters_of(const sync::Reader& rows, const User& user, protocol::Place at);

// Inside a decision. The same query again takes the new name. kConflict "filters": there are as
// many as may be.
Result<SavedFilter> keep_filter(sync::Decision& decision, const User& user, SavedFilter filter);
// kNotFound "id": not his, and not one that he may take back.
Status drop_filter(sync::Decision& decision, const User& user, const AggregateId& id,
                   protocol::Place at);

// Whether GET tickets would take it (api_tickets.cc); names the query otherwise.
Status check_filter_query(const Context& context, const User& user, const std::string& query);

}  // namespace opora::app
