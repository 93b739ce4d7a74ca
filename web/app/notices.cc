#include "web/app/notices.h"

#include <algorithm>
#include <set>

#include "protocol/base/archive.h"
#include "protocol/domain/due_rows.h"
#include "protocol/domain/telling.h"
#include "sync/projection/projection.h"
#include "web/app/colleagues.h"
#include "web/app/people.h"
#include "web/app/timetables.h"

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
  std::vector<Told> items;
  ToldList::Rest rest = ToldList::Rest::kNone;
};

using Staff = std::vector<protocol::Colleague>;

// What concerns somebody who is not there concerns those who are.
void add_of_the_away(const Context& context, const sync::Reader& rows, const User& user,
                     const std::string& login, const Staff& people, std::vector<Told>& out) {
  for (const protocol::Colleague& who : people) {
    if (!who.away && !who.disabled) continue;
    std::size_t seen = 0;
    const auto take = [&](std::string_view, std::string_view row) {
      const auto notice = from_row<Notice>(row);
      const auto ticket =
          sync::read_entity(rows, protocol::Kind::kTicket, notice ? notice->ticket : AggregateId{});
      const auto* state = ticket.as<protocol::TicketState>();
      if (state != nullptr && told_instead(*state, who, user.roles, login))
        out.push_back({{}, *notice});
      return ++seen <= kMaxNotices;
    };
    rows.scan_prefix(sync::Table::kIndex,
                     protocol::keys::notices_of_person(context.site, who.login), take);
  }
}

// One more than are shown of each kind says that there are more.
class Collector {
 public:
  Collector(const Context& context, const sync::Reader& rows, const User& user)
      : context_(context), rows_(rows), user_(user), now_(context.clock.now()) {}

  std::vector<Told> all() {
    const auto login = meant_login(context_, rows_, user_);
    for (const Bytes& prefix :
         protocol::notices_for(context_.place, context_.site, user_.roles, login))
      deadlines(prefix);
    for (const Bytes& prefix :
         protocol::news_for(context_.place, context_.site, user_.roles, {login, user_.id}))
      news(prefix);
    if (!protocol::allowed(protocol::Action::kReadNotices, user_.roles, context_.place))
      return std::move(found_);
    if (context_.place == protocol::Place::kHub) unheard();
    else of_colleagues(login);
    return std::move(found_);
  }

 private:
  void of_colleagues(const std::string& login) {
    const Staff people = colleagues(context_, rows_, context_.site);
    for (std::uint8_t line = protocol::kFirstLine; line <= 3; ++line) {
      if (protocol::falls_to(user_.roles, people, line))
        deadlines(protocol::keys::notices_of_line(context_.site, line));
    }
    add_of_the_away(context_, rows_, user_, login, people, found_);
  }

  // What is told later has a row already at the region alone: the supervisor has his time first.
  void deadlines(const Bytes& prefix) {
    const bool at_hub = context_.place == protocol::Place::kHub;
    const Bytes from = at_hub ? protocol::keys::told_by(prefix, now_) : prefix;
    std::size_t seen = 0;
    rows_.scan(sync::Table::kIndex, from, prefix_end(prefix),
               [&](std::string_view, std::string_view row) {
                 if (auto notice = from_row<Notice>(row)) found_.push_back({{}, *notice});
                 return ++seen <= kMaxNotices;
               });
  }

  // Who did it knows it.
  void news(const Bytes& prefix) {
    std::size_t seen = 0;
    rows_.scan_prefix(sync::Table::kIndex, prefix, [&](std::string_view, std::string_view row) {
      const auto notice = from_row<Notice>(row);
      if (!notice) return true;
      if (notice->at.time() + protocol::kNewsMs < now_) return false;
      if (notice->by != user_.id) found_.push_back({{}, *notice});
      return ++seen <= kMaxNotices;
    });
  }

  // Owners with something to say by now, each found by one look.
  void unheard() {
    std::size_t looked = 0;
    Bytes from = protocol::keys::moments(SiteNo{0});
    const Bytes end = prefix_end(from.substr(0, 1));
    while (looked < kMaxUnheardLooked) {
      std::optional<SiteNo> owner;
      rows_.scan(sync::Table::kIndex, from, end, [&](std::string_view key, std::string_view) {
        owner = protocol::keys::owner_of_moment(key);
        return false;
      });
      if (!owner) return;
      from = prefix_end(protocol::keys::moments(*owner));
      const TimeMs heard = context_.data_through(*owner).value_or(TimeMs{});
      if (heard + protocol::kSilenceMs < now_) late_at(*owner, heard, looked);
    }
  }

  void late_at(SiteNo owner, TimeMs heard, std::size_t& looked) {
    rows_.scan(sync::Table::kIndex, protocol::keys::moments(owner),
               protocol::keys::moments_after(owner, now_),
               [&](std::string_view key, std::string_view) {
                 const AggregateId id = protocol::keys::id_of(key);
                 const auto entity = sync::read_entity(rows_, protocol::Kind::kTicket, id);
                 for (const Notice& notice : protocol::unheard_notices(entity, now_, timetable()))
                   found_.push_back({{}, notice, Told::Mark::kUnread, heard});
                 return ++looked < kMaxUnheardLooked;
               });
  }

  const protocol::Timetable& timetable() {
    if (!timetable_) timetable_.emplace(timetable_of(rows_, context_.zone));
    return *timetable_;
  }

  const Context& context_;
  const sync::Reader& rows_;
  const User& user_;
  const TimeMs now_;
  std::optional<protocol::Timetable> timetable_;
  std::vector<Told> found_;
};

// Of the same told twice (who opened a ticket had it as well) one stands.
Newest newest(const Context& context, const sync::Reader& rows, const User& user) {
  Newest out{Collector(context, rows, user).all()};
  for (Told& told : out.items) told.id = id_of(told.notice);
  std::sort(out.items.begin(), out.items.end(), [](const Told& a, const Told& b) {
    return std::tie(b.notice.at, a.id) < std::tie(a.notice.at, b.id);
  });
  const auto same = [](const Told& a, const Told& b) { return a.id == b.id; };
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
  for (Told& told : found.items) {
    told.mark = marks.contains(told.id) ? Told::Mark::kRead : Told::Mark::kUnread;
    if (told.mark == Told::Mark::kUnread) ++out.unread;
    out.items.push_back(told);
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
