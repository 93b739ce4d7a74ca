#include "web/app/notices.h"

#include <algorithm>
#include <set>

#include "protocol/base/archive.h"
#include "web/app/people.h"

namespace opora::app {

using protocol::Notice;

namespace {

Bytes marks_key(const AggregateId& user) {
  return KeyWriter().text("notices_read").raw(user.view()).take();
}

std::set<AggregateId> read_marks(const sync::Reader& rows, const AggregateId& user) {
  const auto row = rows.get(sync::Table::kMeta, marks_key(user));
  if (!row) return {};
  return from_row<std::set<AggregateId>>(*row).value_or(std::set<AggregateId>{});
}

// A user of another place with the login of somebody here is not meant by it.
std::string meant_login(const Context& context, const sync::Reader& rows, const User& user) {
  return user_by_login(rows, user.login, context.site).id == user.id ? user.login : "";
}

struct Newest {
  std::vector<Notice> items;
  ToldList::Rest rest = ToldList::Rest::kNone;
};

// One more than are shown of each kind says that there are more.
Newest newest(const Context& context, const sync::Reader& rows, const User& user) {
  Newest out;
  const auto login = meant_login(context, rows, user);
  for (const Bytes& prefix :
       protocol::notices_for(context.place, context.site, user.roles, login)) {
    std::size_t seen = 0;
    rows.scan_prefix(sync::Table::kIndex, prefix, [&](std::string_view, std::string_view row) {
      if (auto notice = from_row<Notice>(row)) out.items.push_back(*notice);
      return ++seen <= kMaxNotices;
    });
  }
  std::sort(out.items.begin(), out.items.end(), [](const Notice& a, const Notice& b) {
    return std::tie(b.at, a.ticket, a.clock) < std::tie(a.at, b.ticket, b.clock);
  });
  const auto same = [](const Notice& a, const Notice& b) { return id_of(a) == id_of(b); };
  out.items.erase(std::unique(out.items.begin(), out.items.end(), same), out.items.end());
  if (out.items.size() <= kMaxNotices) return out;
  out.items.resize(kMaxNotices);
  out.rest = ToldList::Rest::kMore;
  return out;
}

}  // namespace

ToldList notices_of(const Context& context, const sync::Reader& rows, const User& user) {
  const auto marks = read_marks(rows, user.id);
  Newest found = newest(context, rows, user);
  ToldList out;
  out.rest = found.rest;
  for (Notice& notice : found.items) {
    const AggregateId id = id_of(notice);
    const auto mark = marks.contains(id) ? Told::Mark::kRead : Told::Mark::kUnread;
    if (mark == Told::Mark::kUnread) ++out.unread;
    out.items.push_back({id, std::move(notice), mark});
  }
  return out;
}

void mark_read(const Context& context, sync::Decision& decision, const User& user,
               const std::vector<AggregateId>& ids) {
  const std::set<AggregateId> asked(ids.begin(), ids.end());
  std::set<AggregateId> marks;
  for (const Told& told : notices_of(context, decision.rows(), user).items) {
    if (told.mark == Told::Mark::kRead || asked.contains(told.id)) marks.insert(told.id);
  }
  decision.put_meta(marks_key(user.id), to_row(marks));
}

}  // namespace opora::app
