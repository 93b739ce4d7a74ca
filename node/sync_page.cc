#include "node/sync_page.h"

#include "protocol/codec/record_codec.h"
#include "protocol/domain/texts.h"
#include "sync/projection/projection.h"
#include "web/app/attachments.h"
#include "web/app/auth.h"
#include "web/app/render.h"
#include "web/app/store_alarms.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Kind;

namespace {

constexpr std::size_t kMaxItems = 50;  // a page; the count says how many more
// Records looked at for them: a shift's telephone events may stand before the first form.
constexpr std::size_t kMaxLooked = 20'000;
constexpr std::size_t kMaxSetAside = 50;

std::optional<std::string> number_of(const sync::Reader& rows, const protocol::Envelope& env) {
  if (protocol::kind_of(env.type) != Kind::kTicket) return std::nullopt;
  const auto entity = sync::read_entity(rows, Kind::kTicket, env.aggregate);
  return app::known_number(entity.as<protocol::TicketState>());
}

// One row a form: its records follow each other.
struct Item {
  protocol::Envelope first;
  std::optional<std::string> number;
};

std::vector<Item> oldest_forms(const sync::Reader& rows, SiteNo site, StreamPos acked) {
  std::vector<Item> out;
  std::size_t looked = 0;
  sync::scan_journal(rows, site, StreamPos{acked.v + 1}, [&](const sync::JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    if (record.ok() && is_form(record->env.type)) {
      const bool same = !out.empty() && out.back().first.command == record->env.command;
      if (!same && out.size() == kMaxItems) return false;
      if (!same) out.push_back({record->env, std::nullopt});
      if (!out.back().number) out.back().number = number_of(rows, record->env);
    }
    return ++looked < kMaxLooked;
  });
  return out;
}

void write_items(web::JsonWriter& out, const std::vector<Item>& items) {
  for (const Item& item : items) {
    out.object([&] {
      out.field("at", item.first.hlt.time());
      out.field("type", protocol::to_name(item.first.type));
      out.field("aggregate", item.first.aggregate);
      out.field("number", item.number);
    });
  }
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

void write_outgoing(web::JsonWriter& out, const SyncSources& from, const LinkView& view,
                    sync::StreamKind stream) {
  const StreamPos end = from.streams.end(stream, kHubSite).pos;
  const bool journal = stream == sync::StreamKind::kJournal;
  const StreamPos durable = journal ? view.acked : from.streams.acked(stream, kHubSite);
  // What a key stream has confirmed is known once a session has said it.
  const bool known = journal || view.connected || durable.v > 0;
  const std::uint64_t waiting = unsent(end, durable);
  out.object([&] {
    out.field("stream", protocol::stream_name(stream));
    out.field("direction", "out");
    out.field("end", end);
    out.field("durable", known ? std::optional(durable) : std::nullopt);
    out.field("safe", journal ? std::optional(view.safe) : std::nullopt);
    out.field("waiting", known ? std::optional(waiting) : std::nullopt);
    out.field("eta_s", view.connected ? from.link.seconds_for(stream, waiting) : std::nullopt);
  });
}

// The region says what all of these lack together.
void write_incoming(web::JsonWriter& out, const SyncSources& from, const LinkView& view,
                    sync::StreamKind stream) {
  const bool whole = view.connected && view.region_pending == 0;
  out.object([&] {
    out.field("stream", protocol::stream_name(stream));
    out.field("direction", "in");
    out.field("end", std::nullopt);
    out.field("durable", from.streams.cursor(stream, kHubSite).durable.pos);
    out.field("safe", std::nullopt);
    out.field("waiting", whole ? std::optional(0) : std::nullopt);
    out.field("eta_s", std::nullopt);
  });
}

void write_streams(web::JsonWriter& out, const SyncSources& from, const LinkView& view) {
  using Kind = sync::StreamKind;
  for (const Kind stream : {Kind::kJournal, Kind::kJournalKeys})
    write_outgoing(out, from, view, stream);
  for (const Kind stream : {Kind::kCommon, Kind::kCommonKeys, Kind::kPrivate, Kind::kPrivateKeys})
    write_incoming(out, from, view, stream);
}

void write_mail(web::JsonWriter& out, const MailView& mail) {
  out.object("mail", [&] {
    out.field("configured", mail.configured);
    out.field("waiting", mail.waiting);
    out.field("oldest_waiting_at", mail.oldest);
    out.field("to_phone", mail.to_phone);
    out.field("waits_for", mail.waiting == 0 ? std::nullopt : std::optional(name_of(mail.step)));
    out.field("last_sent_at", mail.last_taken);
    if (!mail.trouble) return out.field("trouble", std::nullopt);
    out.object("trouble", [&] {
      out.field("since", mail.trouble->since);
      out.field("next_try_at", mail.trouble->next);
      out.field("stage", stage_name(mail.trouble->stage));
      out.field("reply",
                mail.trouble->reply == 0 ? std::nullopt : std::optional(mail.trouble->reply));
    });
  });
}

std::string page(const app::Context& context, const SyncSources& from) {
  const LinkView view = from.link.view();
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
    out.field("pending", unsent(end, view.acked));
    out.field("forms_pending", from.forms.count(*rows, view.acked));
    out.field("oldest_pending_at", oldest_pending(*rows, context.site, view.acked));
    out.field("journal_end", end);
    out.field("acked", view.acked);
    out.field("safe", view.safe);
    out.field("data_from_region_through", view.region_through);
    out.field("credentials_until", context.lease.until());
    app::write_safety(out, from.guard.safety());
    write_mail(out, from.mailroom.view());
    out.field("incarnations", sync::incarnations(*rows).size());
    out.field("region_pending", view.connected ? std::optional(view.region_pending) : std::nullopt);
    app::write_file_counts(out, *rows);
    out.array("streams", [&] { write_streams(out, from, view); });
    out.array("parked", [&] { write_parked(out, *rows); });
    out.array("alarms", [&] {
      app::write_store_alarms(out, *rows);
      app::write_safety_alarm(out, from.guard.safety(), context.clock.now());
      app::write_disk_alarm(out, context.disk_room, context.clock.now());
      for (const auto& alarm : view.alarms) {
        out.object([&] {
          out.field("code", alarm.code);
          out.field("text", alarm.text);
          out.field("at", alarm.at);
        });
      }
    });
    out.array("items", [&] { write_items(out, oldest_forms(*rows, context.site, view.acked)); });
  });
  return out.take();
}

}  // namespace

StreamPos journal_end(const sync::Reader& rows, SiteNo site) {
  const auto last = sync::last_record(rows, site);
  return last ? last->ref.n : StreamPos{};
}

std::uint64_t unsent(StreamPos end, StreamPos acked) {
  return end.v > acked.v ? end.v - acked.v : 0;
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

void add_sync_route(web::Router& router, const app::Context& context, SyncSources sources) {
  router.on(web::Method::kGet, "/api/v1/sync",
            [&context, sources](const web::Request& request, const web::PathParams&,
                                const web::Respond& respond) {
              auto user = app::authorize(context, request, protocol::Action::kReadSync);
              if (!user.ok()) return respond(web::problem(user.error()));
              respond(web::json_response(200, page(context, sources)));
            });
}

std::string SyncMessage::operator()() {
  const LinkView view = link_.view();
  const auto rows = store_.snapshot();
  const std::uint64_t waiting = forms_.count(*rows, view.acked);
  if (!view.connected) catch_up_total_ = 0;
  if (view.connected && waiting > catch_up_total_) catch_up_total_ = waiting;
  if (view.connected && waiting == 0) catch_up_total_ = 0;
  web::JsonWriter out;
  out.object([&] {
    out.field("type", "sync");
    out.field("connected", view.connected);
    out.field("since", view.since);
    out.field("pending", unsent(journal_end(*rows, site_), view.acked));
    out.field("forms_pending", waiting);
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
