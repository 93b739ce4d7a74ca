// GET tickets/{number}/ties: duplicates, parts, the problem behind it, what there is to do.
#include "protocol/domain/ownership.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/names.h"
#include "web/app/people.h"
#include "web/app/render.h"
#include "web/app/render_times.h"
#include "web/app/ticket_actions.h"
#include "web/app/ties.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::TicketState;

namespace {

class Ties {
 public:
  Ties(const Context& context, const sync::Reader& rows)
      : context_(context), rows_(rows), people_(rows) {}

  std::string json(const Entity& ticket) {
    const auto& state = *ticket.as<TicketState>();
    shown_.tickets.push_back(ticket.id);
    web::JsonWriter out(4 * 1024);
    out.object([&] {
      tie(out, "merged_into", state.merged_into);
      out.field("undo_until", time_or_null(state.undo_until));
      ties(out, "merged", protocol::keys::merged_into(ticket.id), protocol::kMaxMerged);
      tie(out, "part_of", state.part_of);
      ties(out, "parts", protocol::keys::parts_of(ticket.id), protocol::kMaxParts);
      problem(out, state.problem);
      items(out, ticket);
    });
    return out.take();
  }
  const ShownRecords& shown() const { return shown_; }

 private:
  // Another site's ticket may not be here: then its id alone is known.
  void members(web::JsonWriter& out, const AggregateId& id) {
    const Entity entity = sync::read_entity(rows_, Kind::kTicket, id);
    const auto* state = entity.as<TicketState>();
    const bool here = state != nullptr && state->opened.v != 0;
    const auto personal = [&](PersonalField field) {
      return text_or_null(entity.personal.text(field));
    };
    if (here && !entity.erased) shown_.tickets.push_back(id);
    out.field("id", id);
    out.field("number", here ? std::optional(number_text(*state)) : std::nullopt);
    out.field("status", here ? std::optional(protocol::to_name(state->status)) : std::nullopt);
    out.field("opened_at", here ? std::optional(state->opened.time()) : std::nullopt);
    out.field("applicant", personal(PersonalField::kApplicant));
    out.field("phone", personal(PersonalField::kPhone));
    out.field("summary", personal(PersonalField::kSummary));
  }

  void tie(web::JsonWriter& out, std::string_view name, const AggregateId& id) {
    if (id.is_zero()) return out.field(name, std::nullopt);
    out.object(name, [&] { members(out, id); });
  }

  void ties(web::JsonWriter& out, std::string_view name, const Bytes& family, std::size_t limit) {
    out.array(name, [&] {
      for (const AggregateId& id : tied(rows_, family, limit))
        out.object([&] { members(out, id); });
    });
  }

  void problem(web::JsonWriter& out, const AggregateId& id) {
    if (id.is_zero()) return out.field("problem", std::nullopt);
    const Entity entity = sync::read_entity(rows_, Kind::kProblem, id);
    const auto* state = entity.as<protocol::ProblemState>();
    out.object("problem", [&] {
      out.field("id", id);
      out.field("name", text_or_null(entity.personal.text(PersonalField::kName)));
      out.field("closed_at", state == nullptr ? std::nullopt : time_or_null(state->closed.time()));
    });
  }

  // What there is to do is written where it was added; its state is the ticket's.
  std::map<std::uint16_t, std::string> words(const Entity& ticket) const {
    std::map<std::uint16_t, std::string> out;
    const auto& state = *ticket.as<TicketState>();
    if (state.items.empty()) return out;
    for (const auto& event : sync::read_history(rows_, context_.engine.vault(), ticket.id)) {
      const auto* said = std::get_if<protocol::TicketItemChanged>(&event.facts);
      const bool adds = said != nullptr && said->change == protocol::ItemChange::kAdded;
      const auto text = event.personal.find(PersonalField::kText);
      if (!adds || text == event.personal.end()) continue;
      if (protocol::effect_of(state, event.env) == protocol::Effect::kStands)
        out[said->item] = text->second;
    }
    return out;
  }

  void who(web::JsonWriter& out, std::string_view login, std::string_view name,
           const AggregateId& user) {
    const auto& person = people_.by_id(user);
    out.field(login, text_or_null(person.login));
    out.field(name, text_or_null(person.name));
  }

  void items(web::JsonWriter& out, const Entity& ticket) {
    const auto texts = words(ticket);
    out.array("items", [&] {
      for (const auto& item : ticket.as<TicketState>()->items) {
        const auto text = texts.find(item.item);
        out.object([&] {
          out.field("item", item.item);
          out.field("text", text == texts.end() ? std::nullopt : text_or_null(text->second));
          out.field("done", item.ticked);
          out.field("added_at", item.added.time());
          who(out, "added_by", "added_by_name", item.added_by);
          out.field("changed_at", time_or_null(item.changed.time()));
          who(out, "changed_by", "changed_by_name", item.changed_by);
        });
      }
    });
  }

  const Context& context_;
  const sync::Reader& rows_;
  People people_;
  ShownRecords shown_;
};

void ties_route(const Context& context, const web::Request& request, const std::string& number,
                const web::Respond& respond) {
  auto user = authorize(context, request, protocol::Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto id = ticket_by_number(context, number);
  if (!id.ok()) return respond(web::problem(id.error()));
  const auto rows = context.store.snapshot();
  const Entity ticket = sync::read_entity(*rows, Kind::kTicket, *id);
  if (!ticket.exists())
    return respond(web::problem(Error{Code::kNotFound, "number", "no such ticket here"}));
  Ties ties(context, *rows);
  std::string json = ties.json(ticket);
  note_read(context, *user, protocol::ReadFrom::kTicket, ties.shown());
  respond(web::json_response(200, std::move(json)));
}

}  // namespace

void add_tie_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/tickets/{number}/ties",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              ties_route(context, request, params["number"], respond);
            });
}

}  // namespace opora::app
