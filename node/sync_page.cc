#include "node/sync_page.h"

#include "protocol/codec/record_codec.h"
#include "protocol/domain/texts.h"
#include "sync/projection/projection.h"
#include "web/app/auth.h"
#include "web/app/render.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Kind;

namespace {

constexpr std::size_t kMaxItems = 50;  // a page; the count says how many more
constexpr std::size_t kMaxSetAside = 50;

StreamPos journal_end(const sync::Reader& rows, SiteNo site) {
  const auto last = sync::last_record(rows, site);
  return last ? last->ref.n : StreamPos{};
}

std::uint64_t pending(StreamPos end, StreamPos acked) {
  return end.v > acked.v ? end.v - acked.v : 0;
}

std::optional<std::string> number_of(const sync::Reader& rows, const protocol::Envelope& env) {
  if (protocol::kind_of(env.type) != Kind::kTicket) return std::nullopt;
  const auto entity = sync::read_entity(rows, Kind::kTicket, env.aggregate);
  const auto* ticket = entity.as<protocol::TicketState>();
  return ticket == nullptr ? std::nullopt : std::optional(app::number_text(*ticket));
}

void write_items(web::JsonWriter& out, const sync::Reader& rows, SiteNo site, StreamPos acked) {
  std::size_t count = 0;
  sync::scan_journal(rows, site, StreamPos{acked.v + 1}, [&](const sync::JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    if (!record.ok()) return true;
    out.object([&] {
      out.field("at", record->env.hlt.time());
      out.field("type", protocol::to_name(record->env.type));
      out.field("aggregate", record->env.aggregate);
      out.field("number", number_of(rows, record->env));
    });
    return ++count < kMaxItems;
  });
}

// "aside" | stream u16 | peer u32 | position u64 -> at i64 | reason text | bytes (sync/engine).
void write_parked(web::JsonWriter& out, const sync::Reader& rows) {
  const Bytes prefix = KeyWriter().text("aside").take();
  std::size_t count = 0;
  rows.scan_prefix(sync::Table::kMeta, prefix, [&](std::string_view key, std::string_view value) {
    KeyReader place(key.substr(prefix.size()));
    KeyReader what(value);
    const auto stream = static_cast<sync::Stream>(place.u16());
    place.u32();
    const std::uint64_t position = place.u64();
    const TimeMs at{what.i64()};
    const std::string reason(what.text());
    out.object([&] {
      out.field("stream", protocol::stream_name(stream));
      out.field("position", position);
      out.field("reason", reason);
      out.field("at", at);
    });
    return ++count < kMaxSetAside;
  });
}

std::optional<TimeMs> oldest_pending(const sync::Reader& rows, SiteNo site, StreamPos acked) {
  std::optional<TimeMs> at;
  sync::scan_journal(rows, site, StreamPos{acked.v + 1}, [&](const sync::JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    if (record.ok()) at = record->env.hlt.time();
    return false;
  });
  return at;
}

std::string page(const app::Context& context, const LinkState& link) {
  const LinkView view = link.view();
  const auto rows = context.store.snapshot();
  const StreamPos end = journal_end(*rows, context.site);
  web::JsonWriter out;
  out.object([&] {
    out.field("site", context.site);
    out.field("enrolled", true);
    out.field("connected", view.connected);
    out.field("since", view.since);
    out.field("last_success", view.last_success);
    out.field("last_error", app::text_or_null(view.last_error));
    out.field("last_error_code", app::text_or_null(view.last_error_code));
    out.field("pending", pending(end, view.acked));
    out.field("oldest_pending_at", oldest_pending(*rows, context.site, view.acked));
    out.field("journal_end", end);
    out.field("acked", view.acked);
    out.field("safe", view.safe);
    out.field("data_from_region_through", view.region_through);
    out.field("credentials_until", context.lease.until());
    out.field("incarnations", sync::incarnations(*rows).size());
    out.array("parked", [&] { write_parked(out, *rows); });
    out.array("alarms", [&] {
      for (const auto& alarm : view.alarms) {
        out.object([&] {
          out.field("code", alarm.code);
          out.field("text", alarm.text);
          out.field("at", alarm.at);
        });
      }
    });
    out.array("items", [&] { write_items(out, *rows, context.site, view.acked); });
  });
  return out.take();
}

}  // namespace

void add_sync_route(web::Router& router, const app::Context& context, const LinkState& link) {
  router.on(web::Method::kGet, "/api/v1/sync",
            [&context, &link](const web::Request& request, const web::PathParams&,
                              const web::Respond& respond) {
              auto user = app::authorize(context, request, protocol::Action::kReadSync);
              if (!user.ok()) return respond(web::problem(user.error()));
              respond(web::json_response(200, page(context, link)));
            });
}

std::string SyncMessage::operator()() {
  const LinkView view = link_.view();
  const std::uint64_t waiting = pending(journal_end(*store_.snapshot(), site_), view.acked);
  if (!view.connected) catch_up_total_ = 0;
  if (view.connected && waiting > catch_up_total_) catch_up_total_ = waiting;
  if (view.connected && waiting == 0) catch_up_total_ = 0;
  web::JsonWriter out;
  out.object([&] {
    out.field("type", "sync");
    out.field("connected", view.connected);
    out.field("since", view.since);
    out.field("pending", waiting);
    out.field("acked", view.acked);
    if (catch_up_total_ == 0) {
      out.field("sending", std::nullopt);
    } else {
      out.object("sending", [&] {
        out.field("done", catch_up_total_ - waiting);
        out.field("total", catch_up_total_);
      });
    }
    out.field("data_through", view.connected ? view.region_through : view.last_success);
  });
  return out.take();
}

}  // namespace opora::node
