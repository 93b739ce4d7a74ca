#include "node/api.h"
#include "node/call_asks.h"
#include "web/app/command.h"
#include "web/app/declared.h"
#include "web/app/names.h"
#include "web/app/render.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::SetAgentState;

namespace {

Result<SetAgentState> read_state(const std::string& body, const app::User& user) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  SetAgentState out;
  out.state =
      in.required_enum<protocol::AgentState>("state", app::enum_names<protocol::AgentState>());
  out.reason = read_break_reason(in).value_or(protocol::BreakReason::kNone);
  OPORA_TRY(in.finish());
  // Who has no name in the telephone system is known by the login.
  out.agent = user.agent.empty() ? user.login : user.agent;
  out.desk = user.desk;
  return out;
}

// The agent's line of the board (T13), as GET /api/v1/agents shows it.
std::string state_json(const SetAgentState& command, const app::User& user, TimeMs since) {
  web::JsonWriter out;
  out.object([&] {
    out.field("agent", command.agent);
    out.field("user", user.login);
    out.field("name", app::text_or_null(user.name));
    out.field("desk", command.desk.v);
    out.field("state", protocol::to_name(command.state));
    out.field("reason", app::name_or_null(command.reason));
    out.field("since", since);
    out.field("extension", app::text_or_null(user.agent));
  });
  return out.take();
}

Result<sync::Answer> set_state(sync::Decision& decision, SetAgentState command,
                               const app::User& user) {
  // Who has no desk here (the region's users have one number for all their sites) works at the
  // first.
  const auto desks = app::declared_desks(decision, decision.context().site);
  if (!app::check_desk(desks, command.desk, "desk").ok()) command.desk = desks.front().no;
  auto drafts = protocol::decide(command, decision.context());
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  return app::json_answer(200, state_json(command, user, decision.context().now));
}

// An agent of the plan: the queue's word, which is told to the journal by it.
void ask_queue(const app::Context& context, CallDesk& calls, telephony::CallShell::Asker who,
               const SetAgentState& command, const app::User& user, const web::Respond& respond) {
  const auto answered = [&context, command, user,
                         respond](std::optional<telephony::Refusal> refusal) {
    if (refusal) return respond(web::problem(refusal_error(*refusal)));
    respond(web::json_response(200, state_json(command, user, context.clock.now())));
  };
  calls.shell().ask(who, telephony::SetState{command.state, command.reason}, answered);
}
}  // namespace

void add_own_agent_state(web::Router& router, const app::Context& context, CallSources calls) {
  router.on(
      web::Method::kPut, "/api/v1/agents/me",
      [&context, calls](const web::Request& request, const web::PathParams&,
                        const web::Respond& respond) {
        auto user = app::authorize(context, request, protocol::Action::kSetOwnAgentState);
        if (!user.ok()) return respond(web::problem(user.error()));
        auto command = read_state(request.body, *user);
        if (!command.ok()) return respond(web::problem(command.error()));
        if (calls.monitor != nullptr && calls.monitor->tells_of(command->agent))
          return respond(web::problem(
              Error{Code::kConflict, "state", "the telephone system keeps it: not set here"}));
        const auto agent =
            calls.desk == nullptr ? std::nullopt : calls.desk->agent_of(command->agent);
        if (agent)
          return ask_queue(context, *calls.desk, {*agent, user->id}, *command, *user, respond);
        auto decide = [command = *command, who = *user](sync::Decision& decision) {
          return set_state(decision, command, who);
        };
        app::submit(context, {request, *user, app::KeyRule::kOptional, std::move(decide)}, respond);
      });
}

}  // namespace opora::node
