// Callers of a problem (T9): who turned to a desk because of it, to be called back when it is over.
#include "protocol/base/archive.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/command.h"
#include "web/app/listing.h"
#include "web/app/names.h"
#include "web/app/people.h"
#include "web/app/render.h"
#include "web/app/ties.h"
#include "web/server/json_reader.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::CalledBack;
using protocol::Caller;
using protocol::CallOutcome;
using protocol::ContactState;
using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::ProblemState;
using protocol::TicketState;

namespace {

enum class Which : std::uint8_t { kLeft, kAll };
constexpr std::array kWhich = {web::EnumName<Which>{"left", Which::kLeft},
                               web::EnumName<Which>{"all", Which::kAll}};

bool settled(const CalledBack* told) {
  return told != nullptr && told->outcome != CallOutcome::kNoAnswer;
}

class Callers {
 public:
  Callers(const Context& context, const sync::Reader& rows, const AggregateId& id,
          const ProblemState& problem)
      : context_(context), rows_(rows), id_(id), problem_(problem), people_(rows) {}

  void list(web::JsonWriter& out, Which which, const Page& page) {
    write_list(
        out, rows_, protocol::keys::callers_of(id_), page,
        [&](std::string_view key, std::string_view value) {
          const auto row = from_row<Caller>(value);
          if (!row || !is_first(*row)) return false;
          const AggregateId caller = protocol::caller_of(key, *row);
          if (which == Which::kLeft && settled(told(caller))) return false;
          write(out, caller, protocol::keys::id_of(key), row->kind);
          return true;
        },
        [&] { write_sums(out); });
  }
  void one(web::JsonWriter& out, const AggregateId& caller) {
    rows_.scan_prefix(sync::Table::kIndex, protocol::keys::callers_of(id_),
                      [&](std::string_view key, std::string_view value) {
                        const auto row = from_row<Caller>(value);
                        if (!row || protocol::caller_of(key, *row) != caller) return true;
                        write(out, caller, protocol::keys::id_of(key), row->kind);
                        return false;
                      });
  }
  const ShownRecords& shown() const { return shown_; }

 private:
  const CalledBack* told(const AggregateId& caller) const {
    const auto it = problem_.called_back.find(caller);
    return it == problem_.called_back.end() ? nullptr : &it->second;
  }

  // A ticket that was linked by hand stands behind the contact that it came from.
  bool is_first(const Caller& row) const {
    if (row.kind != Kind::kTicket || row.contact.is_zero()) return true;
    const Entity entity = sync::read_entity(rows_, Kind::kContact, row.contact);
    const auto* contact = entity.as<ContactState>();
    return contact == nullptr || contact->problem != id_;
  }

  void write_sums(web::JsonWriter& out) const {
    std::size_t all = 0;
    std::size_t left = 0;
    rows_.scan_prefix(sync::Table::kIndex, protocol::keys::callers_of(id_),
                      [&](std::string_view key, std::string_view value) {
                        const auto row = from_row<Caller>(value);
                        if (!row || !is_first(*row)) return true;
                        ++all;
                        if (!settled(told(protocol::caller_of(key, *row)))) ++left;
                        return all < protocol::kMaxCalledBack;
                      });
    out.field("total", all);
    out.field("left", left);
  }

  void write(web::JsonWriter& out, const AggregateId& caller, const AggregateId& id, Kind kind) {
    const Entity entity = sync::read_entity(rows_, kind, id);
    const auto* contact = entity.as<ContactState>();
    const auto* ticket = entity.as<TicketState>();
    if (!entity.erased) (kind == Kind::kTicket ? shown_.tickets : shown_.contacts).push_back(id);
    const auto personal = [&](PersonalField field) {
      return text_or_null(entity.personal.text(field));
    };
    out.object([&] {
      out.field("caller", caller);
      out.field("site", contact != nullptr ? contact->site : ticket->site);
      out.field("at", contact != nullptr ? contact->occurred_at : ticket->received_at);
      out.field("applicant", personal(PersonalField::kApplicant));
      out.field("organisation", personal(PersonalField::kOrganisation));
      out.field("phone", phone_of(entity));
      out.field("ticket_number", number_of(contact, ticket));
      out.field("erased", entity.erased);
      write_told(out, told(caller));
    });
  }

  // The one that he gave is meant to be called (T11).
  static std::optional<std::string_view> phone_of(const Entity& entity) {
    const std::string& given = entity.personal.text(PersonalField::kPhoneGiven);
    return text_or_null(given.empty() ? entity.personal.text(PersonalField::kPhone) : given);
  }

  std::optional<std::string> number_of(const ContactState* contact,
                                       const TicketState* ticket) const {
    if (ticket != nullptr) return number_text(*ticket);
    if (contact->ticket.is_zero()) return std::nullopt;
    const Entity entity = sync::read_entity(rows_, Kind::kTicket, contact->ticket);
    return known_number(entity.as<TicketState>());
  }

  void write_told(web::JsonWriter& out, const CalledBack* told) {
    const auto* person = told == nullptr ? nullptr : &people_.by_id(told->by);
    out.field("outcome",
              told == nullptr ? std::nullopt : std::optional(protocol::to_name(told->outcome)));
    out.field("called_at", told == nullptr ? std::nullopt : std::optional(told->at.time()));
    out.field("called_by", person == nullptr ? std::nullopt : text_or_null(person->login));
    out.field("called_by_name", person == nullptr ? std::nullopt : text_or_null(person->name));
    out.field("calls", told == nullptr ? 0 : told->calls);
  }

  const Context& context_;
  const sync::Reader& rows_;
  const AggregateId& id_;
  const ProblemState& problem_;
  People people_;
  ShownRecords shown_;
};

Error no_problem() { return Error{Code::kNotFound, "id", "no such problem here"}; }

void list_route(const Context& context, const web::Request& request, const AggregateId& id,
                const web::Respond& respond) {
  auto user = authorize(context, request, Action::kCallBack);
  if (!user.ok()) return respond(web::problem(user.error()));
  web::QueryReader in(request.query);
  const Page page = read_page(in);
  const Which which = in.one_of<Which>("which", std::span<const web::EnumName<Which>>(kWhich))
                          .value_or(Which::kLeft);
  const Status status = in.finish();
  if (!status.ok()) return respond(web::problem(status.error()));
  const auto rows = context.store.snapshot();
  const Entity entity = sync::read_entity(*rows, Kind::kProblem, id);
  const auto* problem = entity.as<ProblemState>();
  if (problem == nullptr) return respond(web::problem(no_problem()));
  web::JsonWriter out(16 * 1024);
  Callers callers(context, *rows, id, *problem);
  callers.list(out, which, page);
  note_read(context, *user, protocol::ReadFrom::kContacts, callers.shown());
  respond(web::json_response(200, out.take()));
}

Result<CallOutcome> read_outcome(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  const auto outcome = in.required_enum<CallOutcome>("outcome", enum_names<CallOutcome>());
  OPORA_TRY(in.finish());
  return outcome;
}

void call_route(const Context& context, const web::Request& request, const AggregateId& id,
                const AggregateId& caller, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kCallBack);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto outcome = read_outcome(request.body);
  if (!outcome.ok()) return respond(web::problem(outcome.error()));
  auto decide = [id, caller, outcome = *outcome](sync::Decision& decision) -> Result<sync::Answer> {
    const auto* problem = decision.load(Kind::kProblem, id).as<ProblemState>();
    if (problem == nullptr) return no_problem();
    if (!is_caller(decision.rows(), id, caller))
      return Error{Code::kNotFound, "caller", "no such caller of it here"};
    return emitted(decision, protocol::decide(protocol::CallBack{caller, outcome}, id, problem,
                                              decision.context()));
  };
  auto render = [&context, id, caller](const sync::Answer&) {
    const auto rows = context.store.snapshot();
    const Entity entity = sync::read_entity(*rows, Kind::kProblem, id);
    web::JsonWriter out;
    Callers(context, *rows, id, *entity.as<ProblemState>()).one(out, caller);
    return web::json_response(200, out.take());
  };
  submit(context, {request, *user, KeyRule::kRequired, std::move(decide), std::move(render)},
         respond);
}

AggregateId id_in(const web::PathParams& params, const char* name) {
  return AggregateId::from_hex(params[name]).value_or(AggregateId{});
}

}  // namespace

void add_caller_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/problems/{id}/callers",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              list_route(context, request, id_in(params, "id"), respond);
            });
  router.on(web::Method::kPost, "/api/v1/problems/{id}/callers/{caller}",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              call_route(context, request, id_in(params, "id"), id_in(params, "caller"), respond);
            });
}

}  // namespace opora::app
