#include <map>

#include "protocol/domain/phone.h"
#include "protocol/domain/ticket_number.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/listing.h"
#include "web/app/person_query.h"
#include "web/app/render.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::ReadFrom;

namespace {

constexpr std::size_t kMaxKnown = 5;       // keys 1–5 choose one (ux)
constexpr std::size_t kMaxOfCaller = 200;  // records of one person that are looked at
constexpr std::int64_t kWeekMs = 7 * 86'400'000LL;

struct Filter {
  Page page;
  PersonQuery person;
  protocol::keys::DayRows rows;  // its day only when one is asked for
  std::optional<LocalDay> day;
  std::optional<protocol::TicketNumber> number;

  bool takes(const protocol::ContactState& contact) const {
    return rows.takes(contact.site, contact.desk);
  }
};

Result<Filter> read_filter(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  Filter out;
  out.page = read_page(in);
  out.person = read_person(in);
  const auto number = in.line("number", {1, 40});
  out.rows = read_day_rows(in, context);
  const auto date = in.line("date", {10, 10});
  // Each is a list of its own.
  if (out.person.asked() && number) in.fail("number", "not together with " + out.person.name());
  if (date && (number || out.person.asked()))
    in.fail("date", "not together with " + (number ? "number" : out.person.name()));
  OPORA_TRY(in.finish());
  if (number) {
    const auto read = protocol::parse_ticket_number(*number);
    if (!read.ok()) return read.error();
    out.number = *read;
  }
  if (date) {
    out.day = parse_day(*date);
    if (!out.day) return invalid("date", "YYYY-MM-DD");
    out.rows.day = out.day->v;
  }
  return out;
}

Bytes prefix_of(const Filter& filter) {
  if (filter.number)
    return protocol::keys::contact_by_number(filter.number->site, filter.number->counter);
  if (filter.person.asked()) return filter.person.rows(Kind::kContact);
  if (filter.day) return protocol::keys::contacts_of_day(filter.rows);
  return protocol::keys::latest_contacts();
}

void list_contacts(const Context& context, const web::Request& request,
                   const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadContacts);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto filter = read_filter(context, request.query);
  if (!filter.ok()) return respond(web::problem(filter.error()));
  const auto rows = context.store.snapshot();
  Renderer renderer(context, *rows);
  web::JsonWriter out(32 * 1024);
  write_list(
      out, *rows, prefix_of(*filter), filter->page, [&](std::string_view key, std::string_view) {
        const auto entity = sync::read_entity(*rows, Kind::kContact, protocol::keys::id_of(key));
        const auto* contact = entity.as<protocol::ContactState>();
        if (contact == nullptr || !filter->takes(*contact)) return false;
        renderer.contact(out, entity);
        return true;
      });
  note_read(context, *user, ReadFrom::kContacts, renderer.shown());
  respond(web::json_response(200, out.take()));
}

void one_contact(const Context& context, const web::Request& request, const std::string& text,
                 const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadContacts);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto id = AggregateId::from_hex(text);
  const auto rows = context.store.snapshot();
  const Entity entity = id ? sync::read_entity(*rows, Kind::kContact, *id) : Entity{};
  if (!entity.exists())
    return respond(web::problem(Error{Code::kNotFound, "id", "no such contact here"}));
  web::JsonWriter out;
  Renderer renderer(context, *rows);
  renderer.contact_card(out, entity);
  note_read(context, *user, ReadFrom::kContact, renderer.shown());
  respond(web::json_response(200, out.take()));
}

// Everything known of one person or number, newest first. Calls are known by their number alone.
class Caller {
 public:
  Caller(const Context& context, const sync::Reader& rows, PersonQuery asked)
      : context_(context), rows_(rows), asked_(std::move(asked)) {
    contacts_ = read(Kind::kContact);
    tickets_ = read(Kind::kTicket);
    calls_ = read(Kind::kCall);
  }

  void write(web::JsonWriter& out, Renderer& renderer) const {
    out.object([&] {
      out.field("phone_normalised", text_or_null(asked_.phone));
      out.field("calls_7_days", recent_calls());
      out.array("known", [&] { write_known(out, renderer); });
      out.array("open_tickets", [&] {
        std::size_t given = 0;
        for (const Entity& ticket : tickets_) {
          if (ticket.as<protocol::TicketState>()->closed.v != 0 || ++given > kMaxKnown) continue;
          renderer.ticket(out, ticket);
        }
      });
      out.array("last_contacts", [&] {
        for (std::size_t i = 0; i < contacts_.size() && i < kMaxKnown; ++i)
          renderer.contact(out, contacts_[i]);
      });
    });
  }

 private:
  std::vector<Entity> read(Kind kind) const {
    std::vector<Entity> out;
    if (!asked_.asked()) return out;
    rows_.scan_prefix(sync::Table::kIndex, asked_.rows(kind),
                      [&](std::string_view key, std::string_view) {
                        Entity entity = sync::read_entity(rows_, kind, protocol::keys::id_of(key));
                        if (entity.exists()) out.push_back(std::move(entity));
                        return out.size() < kMaxOfCaller;
                      });
    return out;
  }

  // «Количество звонков за 7 дней» (T10): from this number, not to it.
  std::size_t recent_calls() const {
    std::size_t count = 0;
    for (const Entity& entity : calls_) {
      const auto& call = *entity.as<protocol::CallState>();
      if (call.direction != protocol::Direction::kIn) continue;
      const auto summary = protocol::summarize(call);
      if (context_.clock.now() - summary.queued_at <= kWeekMs) ++count;
    }
    return count;
  }

  void write_known(web::JsonWriter& out, Renderer& renderer) const {
    std::map<std::string, bool> seen;
    for (const Entity& contact : contacts_) {
      const std::string& name = contact.personal.text(PersonalField::kApplicant);
      if (name.empty() || seen.size() == kMaxKnown || !seen.emplace(name, true).second) continue;
      renderer.note_shown(contact);
      out.object([&] {
        out.field("applicant", name);
        out.field("organisation",
                  text_or_null(contact.personal.text(PersonalField::kOrganisation)));
        out.field("municipality",
                  text_or_null(contact.personal.text(PersonalField::kMunicipality)));
        out.field("last_at", contact.as<protocol::ContactState>()->occurred_at);
      });
    }
  }

  const Context& context_;
  const sync::Reader& rows_;
  PersonQuery asked_;
  std::vector<Entity> contacts_;
  std::vector<Entity> tickets_;
  std::vector<Entity> calls_;
};

// What is no number yet, since it is being typed, is known to nobody.
PersonQuery read_caller(web::QueryReader& in) {
  if (const auto phone = in.line("phone", {1, 40})) return {protocol::phone_key(*phone), {}, {}};
  PersonQuery out = read_person(in);
  if (!out.asked()) in.fail("phone", "required, or email, or applicant with birth_date");
  return out;
}

void caller(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadContacts);
  if (!user.ok()) return respond(web::problem(user.error()));
  web::QueryReader in(request.query);
  const PersonQuery asked = read_caller(in);
  const Status status = in.finish();
  if (!status.ok()) return respond(web::problem(status.error()));
  const auto rows = context.store.snapshot();
  web::JsonWriter out;
  Renderer renderer(context, *rows);
  Caller(context, *rows, asked).write(out, renderer);
  note_read(context, *user, ReadFrom::kCaller, renderer.shown());
  respond(web::json_response(200, out.take()));
}

}  // namespace

void add_contact_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/contacts",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { list_contacts(context, request, respond); });
  router.on(web::Method::kGet, "/api/v1/contacts/{id}",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              one_contact(context, request, params["id"], respond);
            });
  router.on(web::Method::kGet, "/api/v1/callers",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { caller(context, request, respond); });
}

}  // namespace opora::app
