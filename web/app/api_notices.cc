// GET notices, GET notices/count, POST notices/read. What they say names no patient: it is no read
// of a record, and the audit of reads hears nothing of it.
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_times.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/command.h"
#include "web/app/names.h"
#include "web/app/notices.h"
#include "web/app/render.h"
#include "web/app/render_times.h"
#include "web/server/problem.h"
#include "web/server/query_reader.h"

namespace opora::app {

using protocol::Action;
using protocol::Kind;
using protocol::TicketState;

namespace {

void write_count(web::JsonWriter& out, const ToldList& told) {
  out.field("unread", told.unread);
  out.field("more", told.rest == ToldList::Rest::kMore);
}

std::string count_json(const ToldList& told) {
  web::JsonWriter out;
  out.object([&] { write_count(out, told); });
  return out.take();
}

// When all of the time is used.
TimeMs due_of(const TicketState& ticket, const protocol::Notice& notice) {
  if (notice.clock != protocol::DueClock::kTelling)
    return protocol::moment_of(ticket, notice.clock, protocol::Threshold::kMissed);
  if (notice.threshold == protocol::Threshold::kMissed) return notice.moment;
  for (const protocol::Telling& one : ticket.tellings) {
    if (one.rung && one.rung->moment == notice.moment) return one.times.due;
  }
  return {};
}

class NoticeHandlers {
 public:
  explicit NoticeHandlers(const Context& context) : context_(context) {}

  void list(const web::Request& request, const web::Respond& respond) const {
    auto user = reader(request);
    if (!user.ok()) return respond(web::problem(user.error()));
    const auto rows = context_.store.snapshot();
    const ToldList told = notices_of(context_, *rows, *user);
    Renderer renderer(context_, *rows);
    web::JsonWriter out(16 * 1024);
    out.object([&] {
      out.array("items", [&] {
        for (const Told& one : told.items) notice(out, *rows, renderer, one);
      });
      write_count(out, told);
    });
    respond(web::json_response(200, out.take()));
  }

  void count(const web::Request& request, const web::Respond& respond) const {
    auto user = reader(request);
    if (!user.ok()) return respond(web::problem(user.error()));
    const auto rows = context_.store.snapshot();
    respond(web::json_response(200, count_json(notices_of(context_, *rows, *user))));
  }

  void read(const web::Request& request, const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kReadNotices);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto ids = read_ids(request.body);
    if (!ids.ok()) return respond(web::problem(ids.error()));
    auto decide = [&context = context_, user = *user,
                   ids = std::move(*ids)](sync::Decision& decision) -> Result<sync::Answer> {
      mark_read(context, decision, user, ids);
      return sync::Answer{};
    };
    auto render = [&context = context_, user = *user](const sync::Answer&) {
      context.live.changed("notices");  // the user's other tabs
      const auto rows = context.store.snapshot();
      return web::json_response(200, count_json(notices_of(context, *rows, user)));
    };
    submit(context_, {request, *user, KeyRule::kOptional, std::move(decide), std::move(render)},
           respond);
  }

 private:
  Result<User> reader(const web::Request& request) const {
    auto user = authorize(context_, request, Action::kReadNotices);
    if (!user.ok()) return user;
    web::QueryReader in(request.query);
    OPORA_TRY(in.finish());
    return user;
  }

  static Result<std::vector<AggregateId>> read_ids(const std::string& body) {
    auto document = web::JsonDocument::parse(body);
    if (!document.ok()) return document.error();
    web::JsonReader in = document->read();
    std::vector<AggregateId> out;
    for (const std::string& text : in.lines("ids", {1, kMaxNotices}, {32, 32})) {
      const auto id = AggregateId::from_hex(text);
      if (!id) in.fail("ids", "32 hexadecimal digits each");
      out.push_back(id.value_or(AggregateId{}));
    }
    OPORA_TRY(in.finish());
    return out;
  }

  void notice(web::JsonWriter& out, const sync::Reader& rows, Renderer& renderer,
              const Told& told) const {
    const auto entity = sync::read_entity(rows, Kind::kTicket, told.notice.ticket);
    const auto* ticket = entity.as<TicketState>();
    if (ticket == nullptr || ticket->opened.v == 0) return;
    const bool news = told.notice.what != protocol::NewsWhat::kNone;
    const auto* reached =
        news ? nullptr : protocol::reached(*ticket, told.notice.clock, told.notice.threshold);
    const SiteNo owner = protocol::owner_of(*ticket);
    out.object([&] {
      out.field("id", told.id);
      out.field("at", told.notice.at.time());
      out.field("what", news ? protocol::to_name(told.notice.what) : "deadline");
      out.field("by_name",
                news ? text_or_null(renderer.people().by_id(told.notice.by).name) : std::nullopt);
      out.field("clock", news ? std::nullopt : name_or_null(told.notice.clock));
      out.field("threshold", news ? std::nullopt : name_or_null(told.notice.threshold));
      out.field("moment", told.notice.moment);
      out.field("due", news ? std::nullopt : time_or_null(due_of(*ticket, told.notice)));
      out.field("link", reached == nullptr ? std::nullopt : name_or_null(reached->link));
      out.field("cut_since", reached == nullptr ? std::nullopt : time_or_null(reached->cut_since));
      out.field("unheard", told.unheard_since.has_value());
      out.field("unheard_since", time_or_null(told.unheard_since.value_or(TimeMs{})));
      out.field("number", number_text(*ticket));
      out.field("status", protocol::to_name(ticket->status));
      out.field("urgency", protocol::to_name(ticket->urgency));
      out.field("line", ticket->line);
      out.field("topic_name", renderer.topic_name(ticket->topic));
      out.field("assignee", text_or_null(ticket->assignee));
      out.field("assignee_name", text_or_null(renderer.people().by_login(ticket->assignee, owner)));
      out.field("owner", owner);
      out.field("owner_name", site_info(context_, rows, owner).name);
      out.field("read", told.mark == Told::Mark::kRead);
    });
  }

  const Context& context_;
};

}  // namespace

void add_notice_routes(web::Router& router, const Context& context) {
  const auto handlers = std::make_shared<const NoticeHandlers>(context);
  router.on(web::Method::kGet, "/api/v1/notices",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->list(request, respond); });
  router.on(web::Method::kGet, "/api/v1/notices/count",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->count(request, respond); });
  router.on(web::Method::kPost, "/api/v1/notices/read",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->read(request, respond); });
}

}  // namespace opora::app
