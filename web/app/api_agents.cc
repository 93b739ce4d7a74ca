#include <map>

#include "protocol/domain/access.h"
#include "protocol/domain/call_now.h"
#include "protocol/domain/call_summary.h"
#include "protocol/domain/facets.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/colleagues.h"
#include "web/app/names.h"
#include "web/app/people.h"
#include "web/app/render.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::AgentRowState;
using protocol::Kind;
using protocol::PersonalField;
using protocol::UserState;

namespace {

// One line of the board (T13). A live call says more than what the agent last said, but for whoever
// left while he was rung: his telephone rings no more, and the call waits for another.
struct AgentLine {
  std::string login;
  std::string name;
  std::string extension;
  DeskNo desk;
  std::string_view state = protocol::to_name(protocol::AgentState::kOffline);
  protocol::BreakReason reason = protocol::BreakReason::kNone;
  std::optional<TimeMs> since;
  std::int64_t open_tickets = 0;
  protocol::Roles roles;
  std::vector<std::string> skills;
  protocol::Absence absence;  // empty: at work today
};
using Board = std::map<std::string, AgentLine>;  // by agent

// Who may take calls there, signed in or not.
bool is_agent(const UserState& user, SiteNo site) {
  return !user.disabled && works_at(user, site) &&
         protocol::allowed(Action::kSetOwnAgentState, protocol::Roles{user.roles},
                           protocol::Place::kNode);
}

// A9: what he may be given, and what of it is his own; none for whom nobody here knows.
void write_lines(web::JsonWriter& out, protocol::Roles roles) {
  out.array("lines", [&] {
    for (std::uint8_t line = 1; line <= 3; ++line)
      if (protocol::works_on_line(roles, line)) out.value(line);
  });
  const protocol::Roles own{roles.v & ~protocol::roles_of({protocol::Role::kSupervisor}).v};
  out.array("own_lines", [&] {
    for (std::uint8_t line = 1; line <= 3; ++line)
      if (protocol::is_line_of(own, line)) out.value(line);
  });
}

void add_users(const Context& context, const sync::Reader& rows,
               const std::vector<protocol::Entity>& users, SiteNo site, Board& board) {
  for (const protocol::Entity& entity : users) {
    const auto& user = *entity.as<UserState>();
    if (!is_agent(user, site)) continue;
    AgentLine& line = board[agent_name(user)];
    line.login = user.login;
    line.name = entity.personal.text(PersonalField::kName);
    line.extension = user.agent;
    line.desk = user.desk;
    line.roles = protocol::Roles{user.roles};
    line.skills = user.skills;
    line.absence = absence_today(context, rows, entity, site);
    line.open_tickets = open_tickets(rows, site, user.login);
  }
}

void add_own_states(const sync::Reader& rows, SiteNo site, Board& board) {
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::agents(site),
                   [&](std::string_view key, std::string_view) {
                     const auto entity =
                         sync::read_entity(rows, Kind::kAgent, protocol::keys::id_of(key));
                     const auto* agent = entity.as<AgentRowState>();
                     if (agent == nullptr) return true;
                     AgentLine& line = board[agent->agent];
                     line.state = protocol::to_name(agent->state);
                     line.reason = agent->reason;
                     line.since = agent->since;
                     line.desk = agent->desk;
                     return true;
                   });
}

bool left_since(const AgentLine& line, TimeMs ringing_at) {
  const bool away = line.state == protocol::to_name(protocol::AgentState::kBreak) ||
                    line.state == protocol::to_name(protocol::AgentState::kOffline);
  return away && line.since && *line.since > ringing_at;
}

void add_live_calls(const sync::Reader& rows, SiteNo site, Board& board) {
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::live_calls(site),
                   [&](std::string_view key, std::string_view) {
                     const auto entity =
                         sync::read_entity(rows, Kind::kCall, protocol::keys::id_of(key));
                     const auto* state = entity.as<protocol::CallState>();
                     if (state == nullptr) return true;
                     const auto call = protocol::summarize(*state);
                     const auto now = protocol::now_of(*state);
                     if (!call.live() || now.agent.empty()) return true;
                     AgentLine& line = board[now.agent];
                     // Talking stands over another call that rings meanwhile.
                     if (!now.talks && line.state == "talking") return true;
                     if (!now.talks && left_since(line, now.since)) return true;
                     line.state = now.talks ? "talking" : "ringing";
                     line.reason = protocol::BreakReason::kNone;
                     line.since = now.since;
                     line.desk = call.desk;
                     return true;
                   });
}

void write_line(web::JsonWriter& out, const std::string& agent, const AgentLine& line) {
  out.object([&] {
    out.field("agent", agent);
    out.field("user", text_or_null(line.login));
    out.field("name", text_or_null(line.name));
    out.field("desk", line.desk.v == 0 ? std::nullopt : std::optional(line.desk.v));
    out.field("state", line.state);
    out.field("reason", name_or_null(line.reason));
    out.field("since", line.since);
    out.field("extension", text_or_null(line.extension));
    write_lines(out, line.roles);
    out.array("skills", [&] {
      for (const std::string& skill : line.skills) out.value(skill);
    });
    out.field("open_tickets", line.open_tickets);
    const bool away = line.absence.from.v != 0;
    out.field("away_until", away ? std::optional(to_text(line.absence.to)) : std::nullopt);
    out.field("substitute", text_or_null(line.absence.substitute));
  });
}

std::string agents_json(const Context& context) {
  const auto rows = context.store.snapshot();
  const auto users = all_users(*rows);
  web::JsonWriter out(16 * 1024);
  out.object([&] {
    out.array("items", [&] {
      for (const SiteInfo& site : reporting_sites(context, *rows)) {
        Board board;
        add_users(context, *rows, users, site.no, board);
        add_own_states(*rows, site.no, board);
        add_live_calls(*rows, site.no, board);
        for (const auto& [agent, line] : board) write_line(out, agent, line);
      }
    });
  });
  return out.take();
}

}  // namespace

void add_agent_routes(web::Router& router, const Context& context) {
  router.on(
      web::Method::kGet, "/api/v1/agents",
      [&context](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
        auto user = authorize(context, request, Action::kReadAgents);
        if (!user.ok()) return respond(web::problem(user.error()));
        respond(web::json_response(200, agents_json(context)));
      });
}

}  // namespace opora::app
