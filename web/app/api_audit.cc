#include <algorithm>
#include <chrono>

#include "protocol/domain/recording_texts.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/listing.h"
#include "web/app/render.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Kind;
using protocol::ReadState;

namespace {

struct Filter {
  Page page;
  std::optional<SiteNo> site;
  std::optional<AggregateId> user;
  std::optional<AggregateId> record;

  bool takes(const ReadState& read) const {
    if (site && read.origin != *site) return false;
    if (user && read.by != *user) return false;
    return !record || names(read.contacts) || names(read.tickets) || names(read.recordings);
  }
  bool names(const std::vector<AggregateId>& records) const {
    return std::find(records.begin(), records.end(), *record) != records.end();
  }
};

std::optional<AggregateId> read_id(web::QueryReader& in, std::string_view name) {
  const auto text = in.line(name, {32, 32});
  if (!text) return std::nullopt;
  const auto id = AggregateId::from_hex(*text);
  if (!id) in.fail(name, "32 hexadecimal digits");
  return id;
}

Result<Filter> read_filter(const web::Query& query) {
  web::QueryReader in(query);
  Filter out;
  out.page = read_page(in);
  if (const auto site = in.integer("site", {0, kMaxSiteNo}))
    out.site = SiteNo{static_cast<std::uint32_t>(*site)};
  out.user = read_id(in, "user");
  out.record = read_id(in, "record");
  OPORA_TRY(in.finish());
  return out;
}

// The list goes from the newest read to the oldest: where it ends now.
Bytes oldest_listed(const Context& context) {
  const std::int64_t kept_ms = std::chrono::milliseconds(context.audit_days).count();
  const std::int64_t oldest = std::max<std::int64_t>(0, context.clock.now().v - kept_ms);
  const Hlt hlt{static_cast<std::uint64_t>(oldest) << 16};
  return KeyWriter().raw(protocol::keys::reads()).u64(protocol::keys::descending(hlt.v)).take();
}

class AuditPage {
 public:
  explicit AuditPage(const sync::Reader& rows) : rows_(rows), people_(rows) {}

  void item(web::JsonWriter& out, const AggregateId& id, const ReadState& read) {
    out.object([&] {
      out.field("id", id);
      out.field("at", read.at.time());
      out.field("site", read.origin);
      out.object("user", [&] {
        const People::Person& person = people_.by_id(read.by);
        out.field("id", read.by);
        out.field("login", text_or_null(person.login));
        out.field("name", text_or_null(person.name));
      });
      out.field("from", protocol::to_name(read.from));
      const bool listened = read.purpose != protocol::ListenPurpose::kNone;
      out.field("purpose",
                listened ? std::optional(protocol::to_name(read.purpose)) : std::nullopt);
      out.array("contacts", [&] {
        for (const AggregateId& contact : read.contacts) out.value(contact);
      });
      out.array("tickets", [&] {
        for (const AggregateId& ticket : read.tickets) write_ticket(out, ticket);
      });
      out.array("records", [&] {
        for (const AggregateId& contact : read.contacts) write_contact_record(out, contact);
        for (const AggregateId& ticket : read.tickets) write_ticket_record(out, ticket);
        for (const AggregateId& one : read.recordings) write_recording_record(out, one);
      });
    });
  }

 private:
  std::optional<std::string> number_of(const AggregateId& ticket) const {
    const auto entity = sync::read_entity(rows_, Kind::kTicket, ticket);
    return known_number(entity.as<protocol::TicketState>());
  }

  void write_ticket(web::JsonWriter& out, const AggregateId& id) const {
    out.object([&] {
      out.field("id", id);
      out.field("number", number_of(id));
    });
  }

  void write_contact_record(web::JsonWriter& out, const AggregateId& id) const {
    const auto entity = sync::read_entity(rows_, Kind::kContact, id);
    const auto* contact = entity.as<protocol::ContactState>();
    const bool opened = contact != nullptr && !contact->ticket.is_zero();
    out.object([&] {
      out.field("id", id);
      out.field("kind", "contact");
      out.field("number", opened ? number_of(contact->ticket) : std::nullopt);
      out.field("occurred_at",
                contact != nullptr ? std::optional(contact->occurred_at) : std::nullopt);
      out.field("erased", entity.erased);
    });
  }

  void write_ticket_record(web::JsonWriter& out, const AggregateId& id) const {
    const auto entity = sync::read_entity(rows_, Kind::kTicket, id);
    const auto* ticket = entity.as<protocol::TicketState>();
    out.object([&] {
      out.field("id", id);
      out.field("kind", "ticket");
      out.field("number", number_of(id));
      out.field("occurred_at",
                ticket != nullptr ? std::optional(ticket->opened.time()) : std::nullopt);
      out.field("erased", entity.erased);
    });
  }

  void write_recording_record(web::JsonWriter& out, const AggregateId& id) const {
    const auto entity = sync::read_entity(rows_, Kind::kRecording, id);
    const auto* recording = entity.as<protocol::RecordingState>();
    out.object([&] {
      out.field("id", id);
      out.field("kind", "recording");
      out.field("number", std::optional<std::string>());
      out.field("occurred_at",
                recording != nullptr ? std::optional(recording->of.started_at) : std::nullopt);
      out.field("erased", entity.erased);
    });
  }

  const sync::Reader& rows_;
  People people_;
};

void list_reads(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, protocol::Action::kReadAudit);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto filter = read_filter(request.query);
  if (!filter.ok()) return respond(web::problem(filter.error()));
  filter->page.end = oldest_listed(context);
  const auto rows = context.store.snapshot();
  AuditPage page(*rows);
  web::JsonWriter out(32 * 1024);
  write_list(out, *rows, protocol::keys::reads(), filter->page,
             [&](std::string_view key, std::string_view) {
               const AggregateId id = protocol::keys::id_of(key);
               const auto entity = sync::read_entity(*rows, Kind::kRead, id);
               const auto* read = entity.as<ReadState>();
               if (read == nullptr || !filter->takes(*read)) return false;
               page.item(out, id, *read);
               return true;
             });
  respond(web::json_response(200, out.take()));
}

}  // namespace

void add_audit_route(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/audit",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { list_reads(context, request, respond); });
}

}  // namespace opora::app
