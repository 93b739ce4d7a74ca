// What one user is told of tickets (A-esc, A9, V10): the newest of his notices
// (protocol/domain/notice_rows.h), and which of them he has read. Read marks are this place's own:
// a row of kMeta a user, kept over a restart and never sent anywhere. A place whose store is new
// shows everything as unread. Any thread.
#pragma once

#include <vector>

#include "protocol/domain/notice_rows.h"
#include "sync/engine/engine_core.h"
#include "web/app/context.h"
#include "web/app/known_users.h"

namespace opora::app {

// So many of the newest a person is shown: more is what the list of tickets is for, by deadline.
// It bounds what a count costs, and the row of marks (16 bytes each).
inline constexpr std::size_t kMaxNotices = 200;
// Tickets of owners that are not heard, of which one count looks whether they are late: a site that
// is away for a week has more notices than are shown long before.
inline constexpr std::size_t kMaxUnheardLooked = 1'000;

struct Told {
  AggregateId id;
  protocol::Notice notice;
  enum class Mark : std::uint8_t { kUnread, kRead } mark = Mark::kUnread;
  // At the hub: the owner is not heard, and this is what the region knows itself. Since when; zero:
  // it never was.
  std::optional<TimeMs> unheard_since{};
};
struct ToldList {
  std::vector<Told> items;  // newest first, each once
  std::size_t unread = 0;
  // There are older ones.
  enum class Rest : std::uint8_t { kNone, kMore } rest = Rest::kNone;
};
// Of somebody who may not read any: nothing.
ToldList notices_of(const Context& context, const sync::Reader& rows, const User& user);

// Inside a decision: from now on these are read. Others than those that the user is told of are
// passed over, and what is gone loses its mark.
void mark_read(const Context& context, sync::Decision& decision, const User& user,
               const std::vector<AggregateId>& ids);

}  // namespace opora::app
