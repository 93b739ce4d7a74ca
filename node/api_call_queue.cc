#include "node/api_call_queue.h"

#include "node/call_asks.h"
#include "node/telephony/call_journal.h"
#include "node/telephony/call_rows.h"
#include "node/telephony/queue/outlook.h"
#include "web/app/auth.h"
#include "web/app/names.h"
#include "web/app/people.h"
#include "web/app/render.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Action;
using telephony::Call;
using telephony::LegRole;
using telephony::Outlook;
using telephony::Phase;

namespace {

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::kMenu: return "menu";
    case Phase::kClosed: return "closed";
    case Phase::kWaiting: return "waiting";
    case Phase::kRinging: return "ringing";
    case Phase::kTalking: return "talking";
    case Phase::kOutside: return "outside";
    case Phase::kDialling: return "dialling";
  }
  return "waiting";
}

std::string_view name_of(LegRole role) {
  switch (role) {
    case LegRole::kAgent: return "agent";
    case LegRole::kConsulted: return "consulted";
    case LegRole::kParty: return "party";
    case LegRole::kSpecialist: return "specialist";
    case LegRole::kRegion: return "region";
    case LegRole::kListening: return "listening";
    case LegRole::kWhispering: return "whispering";
    case LegRole::kTakingOver: return "taking_over";
  }
  return "agent";
}

std::optional<std::string_view> name_of(telephony::Aside aside) {
  switch (aside) {
    case telephony::Aside::kNone: return std::nullopt;
    case telephony::Aside::kNoAnswer: return "no_answer";
    case telephony::Aside::kDeclined: return "declined";
    case telephony::Aside::kUnreachable: return "unreachable";
  }
  return std::nullopt;
}

std::optional<std::string_view> name_of(telephony::Rest rest) {
  switch (rest) {
    case telephony::Rest::kNone: return std::nullopt;
    case telephony::Rest::kWrapUp: return "wrap_up";
    case telephony::Rest::kPhoneBusy: return "phone_busy";
  }
  return std::nullopt;
}

std::optional<TimeMs> time_or_null(TimeMs at) {
  return at == TimeMs{} ? std::nullopt : std::optional(at);
}

// One answer: the queue as its rows are.
class QueuePage {
 public:
  QueuePage(const telephony::SitePlan& plan, SiteNo site, telephony::Core::Rows rows)
      : plan_(plan), site_(site), look_(plan.calls, std::move(rows)) {}

  void write(web::JsonWriter& out) const {
    out.array("queues", [&] {
      for (const auto& [no, queue] : plan_.calls.queues) write(out, no, queue);
    });
    out.array("calls", [&] {
      for (const auto& [no, call] : look_.floor().calls) write(out, call);
    });
    out.array("agents", [&] {
      for (const auto& [no, agent] : plan_.calls.agents) write(out, no);
    });
    out.array("reserves", [&] {
      for (const auto& [no, group] : plan_.calls.reserves)
        out.object([&, &group = group, &no = no] {
          out.field("no", no.v);
          out.field("queue", group.queue.v);
          out.array("agents", [&] {
            for (const auto agent : group.agents) out.value(plan_.name_of(agent));
          });
        });
    });
  }

 private:
  void write(web::JsonWriter& out, telephony::QueueNo no, const telephony::QueuePlan& queue) const {
    const auto waiting = look_.floor().waiting.find(no);
    out.object([&] {
      out.field("no", no.v);
      out.field("line", queue.line);
      out.field("desk", queue.desk.v);
      out.field("waiting", waiting == look_.floor().waiting.end() ? 0 : waiting->second.size());
      out.field("present", look_.present(no));
    });
  }

  void write(web::JsonWriter& out, const Call& call) const {
    const bool waits = call.phase == Phase::kWaiting || call.phase == Phase::kRinging;
    out.object([&] {
      out.field("no", std::to_string(call.no.v));
      out.field("call", protocol::call_aggregate(site_, telephony::kCallSource,
                                                 telephony::call_id_of(call.no)));
      out.field("phase", name_of(call.phase));
      out.field("direction", protocol::to_name(call.direction));
      out.field("queue", call.queue.v == 0 ? std::nullopt : std::optional(call.queue.v));
      out.field("priority", call.priority.v);
      out.field("arrived_at", call.arrived_at);
      out.field("phase_at", call.phase_at);
      // Of who comes over from another site: from his first entry there.
      out.field("entered_at", time_or_null(call.entered_at));
      out.field("from_site",
                call.from_site.v == 0 ? std::nullopt : std::optional(call.from_site.v));
      out.field("journey", call.travels ? std::optional(call.journey.hex()) : std::nullopt);
      out.field("answered_at", time_or_null(call.answered_at));
      out.field("held", call.held);
      out.field("held_at", call.held ? std::optional(call.held_at) : std::nullopt);
      out.field("position", waits ? std::optional(look_.position(call)) : std::nullopt);
      out.field("expected_wait_ms", waits ? look_.expected_wait_ms(call) : std::nullopt);
      out.array("legs", [&] {
        for (const telephony::Leg& leg : call.legs)
          out.object([&] {
            out.field("role", name_of(leg.role));
            out.field("up", leg.state == telephony::LegState::kUp);
            out.field("agent",
                      leg.agent.v == 0 ? std::nullopt : std::optional(plan_.name_of(leg.agent)));
          });
      });
    });
  }

  void write(web::JsonWriter& out, telephony::AgentNo no) const {
    const auto found = look_.floor().agents.find(no);
    const telephony::Agent agent =
        found == look_.floor().agents.end() ? telephony::Agent{} : found->second;
    const bool here = found != look_.floor().agents.end() && agent.lost_at == TimeMs{};
    out.object([&] {
      out.field("agent", plan_.name_of(no));
      out.field("state", protocol::to_name(agent.state));
      out.field("reason", app::name_or_null(agent.reason));
      out.field("then", agent.then ? std::optional(protocol::to_name(*agent.then)) : std::nullopt);
      out.field("since", time_or_null(agent.since));
      out.field("here", here);
      out.field("aside", name_of(agent.aside));
      out.field("rest", name_of(agent.rest));
      out.field("rest_until", agent.rest == telephony::Rest::kNone
                                  ? std::nullopt
                                  : time_or_null(agent.rest_until));
      out.field("call",
                agent.call.v == 0 ? std::nullopt : std::optional(std::to_string(agent.call.v)));
      out.array("serves", [&] {
        for (const auto& [queue, rank] : plan_.calls.agents.at(no).serves) out.value(queue.v);
      });
      out.array("lent", [&] {
        for (const auto& [queue, rank] : agent.lent) out.value(queue.v);
      });
    });
  }

  const telephony::SitePlan& plan_;
  const SiteNo site_;
  const Outlook look_;
};

// With who asks: his own line of it.
std::string page_json(const app::Context& context, CallSources calls, const app::User& user) {
  const CallDesk* desk = calls.desk;
  const CallMonitor* monitor = calls.monitor;
  web::JsonWriter out(16 * 1024);
  out.object([&] {
    out.field("driven", desk != nullptr);
    const auto plan =
        desk == nullptr ? std::make_shared<const telephony::SitePlan>() : desk->plan();
    const auto me = desk == nullptr ? std::nullopt : desk->agent_of(app::agent_name(user));
    out.field("connected", (desk != nullptr && desk->hears_pbx()) ||
                               (monitor != nullptr && monitor->hears_pbx()));
    out.field("controls", desk != nullptr && desk->can(telephony::Ability::kControls));
    out.object("reaches", [&] {
      out.field("number", desk != nullptr && desk->can(telephony::Ability::kDialsOut));
      out.field("region", desk != nullptr && desk->can(telephony::Ability::kReachesRegion));
    });
    out.field("keeps_my_state", monitor != nullptr && monitor->tells_of(app::agent_name(user)));
    out.field("me", me ? std::optional(plan->name_of(*me)) : std::nullopt);
    auto rows = desk == nullptr ? telephony::Core::Rows{}
                                : telephony::read_rows(*context.store.snapshot()).rows;
    QueuePage(*plan, context.site, std::move(rows)).write(out);
  });
  return out.take();
}

void answer_asked(const std::optional<telephony::Refusal>& refusal, const web::Respond& respond) {
  respond(refusal ? web::problem(refusal_error(*refusal)) : web::empty_response(204));
}

// Outside this site: what the telephone system has no way to is refused here, with the field.
std::optional<Error> unreachable(const WantedOfQueue& wanted, const CallDesk& desk) {
  const auto no_way = [&](telephony::Ability way, const char* field) {
    return desk.can(way) ? std::nullopt
                         : std::optional(Error{Code::kConflict, field,
                                               "the telephone system has no way there"});
  };
  const auto* transfer = std::get_if<telephony::Transfer>(&wanted.what);
  const auto* consult = std::get_if<telephony::Consult>(&wanted.what);
  const telephony::Target* to =
      transfer != nullptr ? &transfer->to : (consult != nullptr ? &consult->to : nullptr);
  if (to != nullptr && std::holds_alternative<telephony::ToRegion>(*to))
    return no_way(telephony::Ability::kReachesRegion, "to.region");
  if (to != nullptr && std::holds_alternative<telephony::ToNumber>(*to))
    return no_way(telephony::Ability::kDialsOut, "to.number");
  if (std::holds_alternative<telephony::DialOut>(wanted.what))
    return no_way(telephony::Ability::kDialsOut, "number");
  return std::nullopt;
}

// The browser's word for what its user wants.
void ask(const app::Context& context, CallDesk& desk, const web::Request& request,
         const web::Respond& respond) {
  auto user = app::authorize(context, request, Action::kSetOwnAgentState);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto wanted = read_ask(request.body, *desk.plan());
  if (!wanted.ok()) return respond(web::problem(wanted.error()));
  if (wanted->supervisors &&
      !protocol::allowed(Action::kSuperviseCalls, user->roles, context.place))
    return respond(web::problem(Error{Code::kDenied, "do", "a supervisor's"}));
  const auto agent = desk.agent_of(app::agent_name(*user));
  if (!agent && !wanted->supervisors)
    return respond(web::problem(Error{Code::kConflict, "me", "not an agent of the plan"}));
  if (const auto error = unreachable(*wanted, desk)) return respond(web::problem(*error));
  const telephony::CallShell::Asker who{agent.value_or(telephony::AgentNo{}), user->id};
  const auto answered = [respond](std::optional<telephony::Refusal> refusal) {
    answer_asked(refusal, respond);
  };
  if (!wanted->number.empty() && std::holds_alternative<telephony::DialOut>(wanted->what))
    return desk.shell().dial_out(who, wanted->number, answered);
  desk.shell().ask(who, wanted->what, answered);
}

}  // namespace

void add_call_queue_routes(web::Router& router, const app::Context& context, CallSources calls) {
  router.on(web::Method::kGet, "/api/v1/call_queue",
            [&context, calls](const web::Request& request, const web::PathParams&,
                              const web::Respond& respond) {
              auto user = app::authorize(context, request, Action::kReadAgents);
              if (!user.ok()) return respond(web::problem(user.error()));
              respond(web::json_response(200, page_json(context, calls, *user)));
            });
  router.on(web::Method::kPost, "/api/v1/call_queue/asks",
            [&context, desk = calls.desk](const web::Request& request, const web::PathParams&,
                                          const web::Respond& respond) {
              if (desk != nullptr) return ask(context, *desk, request, respond);
              auto user = app::authorize(context, request, Action::kSetOwnAgentState);
              if (!user.ok()) return respond(web::problem(user.error()));
              respond(web::problem(
                  Error{Code::kConflict, "", "this node does not drive the telephone system"}));
            });
}

}  // namespace opora::node
