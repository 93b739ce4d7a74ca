// GET, POST, DELETE ticket_filters.
#include "web/app/api.h"
#include "web/app/command.h"
#include "web/app/context.h"
#include "web/app/render.h"
#include "web/app/saved_filters.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"
#include "web/server/query_reader.h"

namespace opora::app {

using protocol::Action;
using protocol::Role;
using protocol::Roles;

namespace {

// Whose list of tickets it is; the others have none.
constexpr std::array kShared = {
    web::EnumName<Role>{"operator", Role::kOperator},
    web::EnumName<Role>{"specialist", Role::kSpecialist},
    web::EnumName<Role>{"expert", Role::kExpert},
    web::EnumName<Role>{"supervisor", Role::kSupervisor},
};

std::optional<std::string_view> shared_with(const SavedFilter& filter) {
  for (const auto& one : kShared) {
    if (protocol::has_role(filter.shared, one.value)) return one.name;
  }
  return std::nullopt;
}

// Who may share takes back what anybody shared.
enum class Droppable : std::uint8_t { kNo, kYes };

void write(web::JsonWriter& out, const SavedFilter& filter, Droppable droppable) {
  out.object([&] {
    out.field("id", filter.id);
    out.field("name", filter.name);
    out.field("query", filter.query);
    out.field("shared_with", shared_with(filter));
    out.field("by", text_or_null(filter.by));
    out.field("droppable", droppable == Droppable::kYes);
  });
}

class FilterHandlers {
 public:
  explicit FilterHandlers(const Context& context) : context_(context) {}

  void list(const web::Request& request, const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kReadTickets);
    if (!user.ok()) return respond(web::problem(user.error()));
    web::QueryReader in(request.query);
    const Status status = in.finish();
    if (!status.ok()) return respond(web::problem(status.error()));
    const bool shares = may(context_, *user, Action::kShareFilters);
    const auto rows = context_.store.snapshot();
    web::JsonWriter out;
    out.object([&] {
      out.array("items", [&] {
        for (const SavedFilter& one : filters_of(*rows, *user, context_.place))
          write(out, one, one.shared.v == 0 || shares ? Droppable::kYes : Droppable::kNo);
      });
      out.field("most", kMaxFilters);
    });
    respond(web::json_response(200, out.take()));
  }

  void keep(const web::Request& request, const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kReadTickets);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto filter = read_filter(request.body, *user);
    if (!filter.ok()) return respond(web::problem(filter.error()));
    if (filter->shared.v != 0) {
      auto allowed = authorize(context_, request, Action::kShareFilters);
      if (!allowed.ok()) return respond(web::problem(allowed.error()));
    }
    auto decide = [user = *user,
                   filter = *filter](sync::Decision& decision) -> Result<sync::Answer> {
      const auto kept = keep_filter(decision, user, filter);
      if (!kept.ok()) return kept.error();
      web::JsonWriter out;
      write(out, *kept, Droppable::kYes);
      return json_answer(201, out.take());
    };
    submit(context_, {request, *user, KeyRule::kOptional, std::move(decide)}, respond);
  }

  void drop(const web::Request& request, const std::string& text,
            const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kReadTickets);
    if (!user.ok()) return respond(web::problem(user.error()));
    const AggregateId id = AggregateId::from_hex(text).value_or(AggregateId{});
    auto decide = [user = *user, id,
                   at = context_.place](sync::Decision& decision) -> Result<sync::Answer> {
      OPORA_TRY(drop_filter(decision, user, id, at));
      return json_answer(200, "{}");
    };
    submit(context_, {request, *user, KeyRule::kOptional, std::move(decide)}, respond);
  }

 private:
  Result<SavedFilter> read_filter(const std::string& body, const User& user) const {
    auto document = web::JsonDocument::parse(body);
    if (!document.ok()) return document.error();
    web::JsonReader in = document->read();
    SavedFilter out;
    out.name = in.line("name", {1, kMaxFilterName});
    out.query = in.line("query", {1, kMaxFilterQuery});
    const auto role =
        in.optional_enum<Role>("shared_with", std::span<const web::EnumName<Role>>(kShared));
    OPORA_TRY(in.finish());
    OPORA_TRY(check_filter_query(context_, user, out.query));
    if (role) out.shared = protocol::roles_of({*role});
    if (role) out.by = user.login;
    out.id = context_.random.id<AggregateId>();
    return out;
  }

  const Context& context_;
};

}  // namespace

void add_saved_filter_routes(web::Router& router, const Context& context) {
  const auto handlers = std::make_shared<const FilterHandlers>(context);
  router.on(web::Method::kGet, "/api/v1/ticket_filters",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->list(request, respond); });
  router.on(web::Method::kPost, "/api/v1/ticket_filters",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->keep(request, respond); });
  router.on(
      web::Method::kDelete, "/api/v1/ticket_filters/{id}",
      [handlers](const web::Request& request, const web::PathParams& params,
                 const web::Respond& respond) { handlers->drop(request, params["id"], respond); });
}

}  // namespace opora::app
