#include "protocol/domain/decide.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/command.h"
#include "web/app/declared.h"
#include "web/app/listing.h"
#include "web/app/names.h"
#include "web/app/render.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::Kind;
using protocol::PersonalField;
using protocol::ProblemState;

namespace {

using protocol::keys::ProblemRows;
constexpr std::array kRows = {web::EnumName<ProblemRows>{"open", ProblemRows::kCurrent},
                              web::EnumName<ProblemRows>{"closed", ProblemRows::kClosed}};

void keep(protocol::Personal& personal, PersonalField field, std::optional<std::string> text) {
  if (text && !text->empty()) personal[field] = std::move(*text);
}

Result<protocol::OpenProblem> read_problem(const Context& context, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  protocol::OpenProblem out;
  out.kind = in.required_enum<protocol::ProblemKind>("kind", enum_names<protocol::ProblemKind>());
  out.site =
      SiteNo{static_cast<std::uint32_t>(in.optional_integer("site", {1, kMaxSiteNo}).value_or(0))};
  out.started_at = in.optional_time("started_at").value_or(context.clock.now());
  keep(out.personal, PersonalField::kName, in.line("name", {1, 200}));
  keep(out.personal, PersonalField::kDescription, in.optional_text("description", {0, 4'000}));
  keep(out.personal, PersonalField::kDoctor, in.optional_line("doctor", {0, 200}));
  OPORA_TRY(in.finish());
  return out;
}

// What a command names beside the problem itself.
template <class Command>
Status check_named(sync::Decision&, const Command&) {
  return ok_status();
}
Status check_named(sync::Decision& decision, const protocol::OpenProblem& command) {
  return check_site(decision, command.site, "site");
}

Result<protocol::AffectProblem> read_affected(const std::string& body) {
  auto document = web::JsonDocument::parse(body.empty() ? "{}" : body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  protocol::AffectProblem out;
  if (const auto contact = in.optional_line("contact_id", {32, 32})) {
    const auto id = AggregateId::from_hex(*contact);
    if (!id || id->is_zero()) in.fail("contact_id", "32 hexadecimal digits, not all of them zeros");
    out.contact = id.value_or(AggregateId{});
  }
  keep(out.personal, PersonalField::kPhone,
       in.optional_line("phone", {0, 40, web::DirectionControls::kDropped}));
  OPORA_TRY(in.finish());
  return out;
}

sync::Answer id_answer(const AggregateId& id) { return Bytes(id.view()); }

class ProblemHandlers {
 public:
  explicit ProblemHandlers(const Context& context) : context_(context) {}

  void list(const web::Request& request, const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kReadProblems);
    if (!user.ok()) return respond(web::problem(user.error()));
    web::QueryReader in(request.query);
    const Page page = read_page(in);
    const auto which =
        in.one_of<ProblemRows>("status", std::span<const web::EnumName<ProblemRows>>(kRows))
            .value_or(ProblemRows::kCurrent);
    const Status status = in.finish();
    if (!status.ok()) return respond(web::problem(status.error()));
    const auto rows = context_.store.snapshot();
    Renderer renderer(context_, *rows);
    web::JsonWriter out(8 * 1024);
    write_list(out, *rows, protocol::keys::problems(which), page,
               [&](std::string_view key, std::string_view) {
                 renderer.problem(
                     out, sync::read_entity(*rows, Kind::kProblem, protocol::keys::id_of(key)));
                 return true;
               });
    respond(web::json_response(200, out.take()));
  }

  void open(const web::Request& request, const web::Respond& respond) const {
    auto command = read_problem(context_, request.body);
    change(request, respond, Action::kOpenProblem, 201, std::move(command),
           [](sync::Decision& decision) {
             return id_from("problem", {decision.context().command.view()});
           });
  }

  void edit(const web::Request& request, const AggregateId& id, const web::Respond& respond) const {
    auto command = read_problem(context_, request.body);
    change(request, respond, Action::kEditProblem, 200, std::move(command),
           [id](sync::Decision&) { return id; });
  }

  void affect(const web::Request& request, const AggregateId& id,
              const web::Respond& respond) const {
    change(request, respond, Action::kAffectProblem, 200, read_affected(request.body),
           [id](sync::Decision&) { return id; });
  }

  void close(const web::Request& request, const AggregateId& id,
             const web::Respond& respond) const {
    change(request, respond, Action::kCloseProblem, 200,
           Result<protocol::CloseProblem>(protocol::CloseProblem{}),
           [id](sync::Decision&) { return id; });
  }

 private:
  // Rights first: who may not do it learns nothing about the body.
  template <class Command>
  void change(const web::Request& request, const web::Respond& respond, Action action, int status,
              Result<Command> command, std::function<AggregateId(sync::Decision&)> which) const {
    auto user = authorize(context_, request, action);
    if (!user.ok()) return respond(web::problem(user.error()));
    if (!command.ok()) return respond(web::problem(command.error()));
    const bool creates = action == Action::kOpenProblem;
    auto decide = [command = std::move(*command), which = std::move(which),
                   creates](sync::Decision& decision) -> Result<sync::Answer> {
      const AggregateId id = which(decision);
      const auto* problem = decision.load(Kind::kProblem, id).template as<ProblemState>();
      if (problem == nullptr && !creates)
        return Error{Code::kNotFound, "id", "no such problem here"};
      OPORA_TRY(check_named(decision, command));
      auto drafts = protocol::decide(command, id, problem, decision.context());
      if (!drafts.ok()) return drafts.error();
      decision.emit(std::move(*drafts));
      return id_answer(id);
    };
    auto render = [this, status](const sync::Answer& answer) {
      return one(*AggregateId::from(answer), status);
    };
    submit(context_, {request, *user, KeyRule::kRequired, std::move(decide), std::move(render)},
           respond);
  }

  web::Response one(const AggregateId& id, int status) const {
    const auto rows = context_.store.snapshot();
    web::JsonWriter out;
    Renderer(context_, *rows).problem(out, sync::read_entity(*rows, Kind::kProblem, id));
    return web::json_response(status, out.take());
  }

  const Context& context_;
};

}  // namespace

void add_problem_routes(web::Router& router, const Context& context) {
  const auto handlers = std::make_shared<const ProblemHandlers>(context);
  using Member =
      void (ProblemHandlers::*)(const web::Request&, const AggregateId&, const web::Respond&) const;
  const auto with_id = [&](web::Method method, const char* pattern, Member member) {
    router.on(method, pattern,
              [handlers, member](const web::Request& request, const web::PathParams& params,
                                 const web::Respond& respond) {
                const auto id = AggregateId::from_hex(params["id"]);
                // An id that cannot exist is answered like one that does not, after the same check
                // of rights.
                (handlers.get()->*member)(request, id.value_or(AggregateId{}), respond);
              });
  };
  router.on(web::Method::kGet, "/api/v1/problems",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->list(request, respond); });
  router.on(web::Method::kPost, "/api/v1/problems",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->open(request, respond); });
  with_id(web::Method::kPut, "/api/v1/problems/{id}", &ProblemHandlers::edit);
  with_id(web::Method::kPost, "/api/v1/problems/{id}/affected", &ProblemHandlers::affect);
  with_id(web::Method::kPost, "/api/v1/problems/{id}/close", &ProblemHandlers::close);
}

}  // namespace opora::app
