#include "node/api.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/texts.h"
#include "sync/projection/projection.h"
#include "web/app/auth.h"
#include "web/app/listing.h"
#include "web/app/read_audit.h"
#include "web/app/render.h"
#include "web/app/render_tellings.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::TellBy;
using protocol::Telling;
using protocol::TicketState;

namespace {

constexpr std::array kWays = {web::EnumName<TellBy>{"phone", TellBy::kPhone},
                              web::EnumName<TellBy>{"mail", TellBy::kMail}};
// Calls to make are few, or the relay's trouble is what is to be seen to.
constexpr int kMaxCounted = 10'000;

// Without a relay whoever waits for a letter is to be phoned.
bool is_listed(const Telling& telling, TellBy by, const Mailroom& mailroom) {
  const bool never_written = by == TellBy::kPhone && !mailroom.configured();
  return never_written || protocol::way_of(telling) == by;
}

Bytes rows_for(SiteNo site, TellBy by, const Mailroom& mailroom) {
  if (mailroom.configured()) return protocol::keys::untold(site, by);
  return by == TellBy::kPhone ? protocol::keys::untold(site) : Bytes{};
}

bool stands_before(const TicketState& ticket, std::string_view key, const Mailroom& mailroom) {
  if (mailroom.configured()) return false;
  const Bytes phones = protocol::keys::untold(protocol::owner_of(ticket), TellBy::kPhone);
  if (!key.starts_with(phones)) return false;
  return std::ranges::any_of(
      ticket.tellings, [](const Telling& one) { return protocol::way_of(one) == TellBy::kMail; });
}

class Untold {
 public:
  Untold(const app::Context& context, const Mailroom& mailroom, const sync::Reader& rows)
      : context_(context), mailroom_(mailroom), rows_(rows), renderer_(context, rows) {}

  std::string page(TellBy by, const app::Page& page) {
    web::JsonWriter out(16 * 1024);
    const Bytes listed = rows_for(context_.site, by, mailroom_);
    const auto write = [&](std::string_view key, std::string_view) {
      return write_item(out, key, by);
    };
    if (listed.empty()) {
      out.object([&] {
        out.array("items", [] {});
        out.field("next_cursor", std::nullopt);
        out.field("total_estimate", 0);
      });
      return out.take();
    }
    app::write_list(out, rows_, listed, page, write, [&] {
      int count = 0;
      rows_.scan_prefix(sync::Table::kIndex, listed,
                        [&](std::string_view, std::string_view) { return ++count < kMaxCounted; });
      out.field("total_estimate", count);
    });
    return out.take();
  }

  app::Renderer& renderer() { return renderer_; }

 private:
  bool write_item(web::JsonWriter& out, std::string_view key, TellBy by) {
    const Entity ticket = sync::read_entity(rows_, Kind::kTicket, protocol::keys::id_of(key));
    const auto* state = ticket.as<TicketState>();
    if (state == nullptr || stands_before(*state, key, mailroom_)) return false;
    out.object([&] {
      out.field("number", app::number_text(*state));
      out.field("status", protocol::to_name(state->status));
      out.field("urgency", protocol::to_name(state->urgency));
      out.field("applicant", app::text_or_null(ticket.personal.text(PersonalField::kApplicant)));
      out.field("phone", app::text_or_null(ticket.personal.text(PersonalField::kPhone)));
      out.array("tellings", [&] {
        for (const Telling& one : state->tellings) {
          if (is_listed(one, by, mailroom_)) app::write_telling(out, context_, rows_, ticket, one);
        }
      });
    });
    renderer_.note_shown_ticket(ticket);
    return true;
  }

  const app::Context& context_;
  const Mailroom& mailroom_;
  const sync::Reader& rows_;
  app::Renderer renderer_;
};

}  // namespace

void add_untold_route(web::Router& router, const app::Context& context, const Mailroom& mailroom) {
  router.on(web::Method::kGet, "/api/v1/untold",
            [&context, &mailroom](const web::Request& request, const web::PathParams&,
                                  const web::Respond& respond) {
              auto user = app::authorize(context, request, protocol::Action::kReadTickets);
              if (!user.ok()) return respond(web::problem(user.error()));
              web::QueryReader in(request.query);
              const app::Page page = app::read_page(in);
              const auto by = in.one_of<TellBy>("by", std::span<const web::EnumName<TellBy>>(kWays))
                                  .value_or(TellBy::kPhone);
              const Status read = in.finish();
              if (!read.ok()) return respond(web::problem(read.error()));
              const auto rows = context.store.snapshot();
              Untold untold(context, mailroom, *rows);
              std::string body = untold.page(by, page);
              note_read(context, *user, protocol::ReadFrom::kTickets, untold.renderer().shown());
              respond(web::json_response(200, std::move(body)));
            });
}

}  // namespace opora::node
