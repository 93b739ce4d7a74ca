// POST tickets/take_next: the ticket that is to be worked on next, of those that nobody has, is the
// asker's from then on. Chosen where everything is decided, one after the other: two desks that ask
// at once get two tickets.
#include <algorithm>

#include "node/api.h"
#include "node/ticket_people.h"
#include "protocol/base/archive.h"
#include "protocol/domain/due_rows.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_draft.h"
#include "sync/projection/projection.h"
#include "web/app/command.h"
#include "web/app/render.h"
#include "web/server/json_reader.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Kind;
using protocol::TicketAction;
using protocol::TicketListRow;
using protocol::TicketState;

namespace {

// Looked at for somebody with few skills before he is told that there is nothing: more than wait at
// a site in a bad hour, and a few milliseconds.
constexpr std::size_t kMaxLooked = 5'000;

struct Form {
  std::optional<std::string> queue;  // of this one alone
};

Result<Form> read_form(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Form out;
  out.queue = in.optional_line("queue", {1, 40});
  OPORA_TRY(in.finish());
  return out;
}

// What somebody may be given: the groups of topics that he knows; none is all of them.
class Skills {
 public:
  Skills(std::vector<std::string> groups, const protocol::RubricatorState* rubricator)
      : groups_(std::move(groups)), rubricator_(rubricator) {}
  bool include(const std::string& topic) const {
    if (groups_.empty()) return true;
    const protocol::Topic* found = protocol::find_topic(rubricator_, topic);
    return found != nullptr && std::ranges::find(groups_, found->group) != groups_.end();
  }

 private:
  std::vector<std::string> groups_;
  const protocol::RubricatorState* rubricator_;
};

struct Candidate {
  Bytes turn;
  AggregateId id;
};

// Work that the region has given is not begun while its lease is over.
bool is_ours(const sync::Reader& rows, const AggregateId& id, const protocol::DecideContext& at) {
  const auto ticket = sync::read_entity(rows, Kind::kTicket, id);
  const auto* state = ticket.as<TicketState>();
  return state != nullptr && protocol::must_own(*state, at).ok();
}

struct Wanted {
  const Form& form;
  const Skills& skills;
  const protocol::DecideContext& at;
};

// The first of a line that suits.
std::optional<Candidate> first_of(const sync::Reader& rows, const Bytes& line,
                                  const Wanted& wanted) {
  std::optional<Candidate> out;
  std::size_t looked = 0;
  rows.scan_prefix(sync::Table::kIndex, line, [&](std::string_view key, std::string_view value) {
    const auto row = from_row<TicketListRow>(value);
    const bool suits = row && (!wanted.form.queue || row->queue == *wanted.form.queue) &&
                       wanted.skills.include(row->topic) &&
                       is_ours(rows, protocol::keys::id_of(key), wanted.at);
    if (suits)
      out = Candidate{Bytes(protocol::keys::turn_of_free(key)), protocol::keys::id_of(key)};
    return !suits && ++looked < kMaxLooked;
  });
  return out;
}

std::optional<Candidate> next_for(const app::Context& context, sync::Decision& decision,
                                  const app::User& user, const Form& form,
                                  const protocol::DecideContext& at) {
  const sync::Reader& rows = decision.rows();
  const auto entity = sync::read_entity(rows, Kind::kUser, user.id);
  const auto* known = entity.as<protocol::UserState>();
  const auto rubricator = sync::read_entity(rows, Kind::kRubricator, protocol::rubricator_id());
  const Skills skills(known == nullptr ? std::vector<std::string>{} : known->skills,
                      rubricator.as<protocol::RubricatorState>());
  std::optional<Candidate> out;
  for (const std::uint8_t line : TicketPeople(context, rows, user).lines()) {
    const auto one =
        first_of(rows, protocol::keys::free_tickets(context.site, line), {form, skills, at});
    if (one && (!out || one->turn < out->turn)) out = one;
  }
  return out;
}

// Whoever takes it begins, as if he had started it himself (V3); what was begun before is his to go
// on with.
TicketAction taking(const TicketState& ticket, const app::User& user) {
  TicketAction out;
  const bool begun = ticket.status == protocol::TicketStatus::kInWork;
  out.what = begun ? TicketAction::What::kAssign : TicketAction::What::kStart;
  out.line = ticket.line;
  out.assignee = user.login;
  out.holder_line = protocol::line_of(user.roles);
  return out;
}

Result<sync::Answer> take(const app::Context& context, sync::Decision& decision,
                          const app::User& user, const Form& form,
                          const protocol::DecideContext& at) {
  const auto next = next_for(context, decision, user, form, at);
  if (!next) return sync::Answer{};
  const protocol::Entity ticket = decision.load(Kind::kTicket, next->id);
  auto drafts = protocol::decide(taking(*ticket.as<TicketState>(), user), ticket, at);
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  return sync::Answer(next->id.view());
}

// Null: there is nothing for him.
web::Response answer_of(const app::Context& context, const sync::Answer& taken) {
  const auto id = AggregateId::from(taken);
  web::JsonWriter out;
  out.object([&] {
    if (!id) return out.field("ticket", std::nullopt);
    const auto rows = context.store.snapshot();
    const auto entity = sync::read_entity(*rows, Kind::kTicket, *id);
    out.field("ticket", app::number_text(*entity.as<TicketState>()));
  });
  return web::json_response(200, out.take());
}

void handle(const app::Context& context, app::Timetables& timetables, const web::Request& request,
            const web::Respond& respond) {
  auto user = app::authorize(context, request, protocol::Action::kWorkTicket);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto form = read_form(request.body);
  if (!form.ok()) return respond(web::problem(form.error()));
  auto decide = [&context, &timetables, user = *user, form = *form](sync::Decision& decision) {
    protocol::DecideContext at = timetables.context(decision);
    at.region_heard = context.lease.heard();
    return take(context, decision, user, form, at);
  };
  auto render = [&context](const sync::Answer& taken) { return answer_of(context, taken); };
  app::submit(context,
              {request, *user, app::KeyRule::kRequired, std::move(decide), std::move(render)},
              respond);
}

}  // namespace

void add_take_next(web::Router& router, const app::Context& context, app::Timetables& timetables) {
  router.on(web::Method::kPost, "/api/v1/tickets/take_next",
            [&context, &timetables](const web::Request& request, const web::PathParams&,
                                    const web::Respond& respond) {
              handle(context, timetables, request, respond);
            });
}

}  // namespace opora::node
