#include <set>

#include "node/api.h"
#include "node/call_back_watch.h"
#include "node/telephony/call_back_notes.h"
#include "web/app/command.h"
#include "web/app/declared.h"
#include "web/app/names.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::CallState;
using protocol::Kind;
using protocol::ObserveCall;

namespace {

// One request carries what a telephone system gathered in some seconds; a day's backlog is sent in
// several.
constexpr std::size_t kMaxEvents = 1'000;

ObserveCall read_event(web::JsonReader& in) {
  ObserveCall event;
  event.source = in.line("source", {1, 64});
  event.call_id = in.line("call_id", {1, 128});
  event.seq = static_cast<std::uint32_t>(in.integer("seq", {0, 1'000'000}));
  event.step = in.required_enum<protocol::CallStep>("type", app::enum_names<protocol::CallStep>());
  event.at = in.time("at");
  event.desk = DeskNo{
      static_cast<std::uint16_t>(in.optional_integer("desk", {1, app::kMaxDeskNo}).value_or(0))};
  event.line = in.optional_line("line", {0, 64}).value_or("");
  event.agent = in.optional_line("agent", {0, 64}).value_or("");
  event.phone = in.optional_line("phone", {0, 40, web::DirectionControls::kDropped}).value_or("");
  event.direction =
      in.optional_enum<protocol::Direction>("direction", app::enum_names<protocol::Direction>())
          .value_or(protocol::Direction::kIn);
  return event;
}

struct Events {
  std::vector<ObserveCall> list;
  bool single = false;  // one event as the body itself: paths have no index
};

Result<Events> read_events(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Events out;
  out.single = !in.has("events");
  if (out.single) {
    out.list.push_back(read_event(in));
  } else {
    in.array("events", {1, kMaxEvents},
             [&](web::JsonReader& event) { out.list.push_back(read_event(event)); });
  }
  OPORA_TRY(in.finish());
  return out;
}

// No draft for what was told before, whatever the directory says by now.
Result<protocol::Drafts> observe_one(const ObserveCall& event, const CallState* call,
                                     std::uint32_t phantom_ms,
                                     const protocol::DecideContext& context,
                                     const std::vector<protocol::Desk>& desks) {
  auto decided = protocol::decide(event, call, phantom_ms, context);
  const bool says_desk = event.desk.v != 0;
  if (decided.ok() && !decided->empty() && says_desk)
    OPORA_TRY(app::check_desk(desks, event.desk, "desk"));
  return decided;
}

// All or nothing: one bad event refuses the body, so that a telephone system that retries it does
// not double the rest.
struct Rules {
  std::uint32_t phantom_ms;
  protocol::CallBackRule call_backs;
};
Result<sync::Answer> observe(sync::Decision& decision, const Events& events, const Rules& rules) {
  const protocol::DecideContext context = decision.context();
  const std::vector<protocol::Desk> desks = app::declared_desks(decision, context.site);
  std::set<std::pair<AggregateId, std::uint32_t>> in_body;
  protocol::Drafts drafts;
  std::size_t duplicates = 0;
  for (std::size_t i = 0; i < events.list.size(); ++i) {
    const ObserveCall& event = events.list[i];
    const AggregateId id = protocol::call_aggregate(context.site, event.source, event.call_id);
    const auto* call = decision.load(Kind::kCall, id).as<CallState>();
    auto decided = observe_one(event, call, rules.phantom_ms, context, desks);
    if (!decided.ok()) {
      Error error = decided.error();
      if (!events.single) error.path = "events[" + std::to_string(i) + "]." + error.path;
      return error;
    }
    if (decided->empty() || !in_body.emplace(id, event.seq).second) {
      ++duplicates;
      continue;
    }
    drafts.push_back(std::move(decided->front()));
  }
  web::JsonWriter out;
  out.object([&] {
    out.field("accepted", drafts.size());
    out.field("duplicates", duplicates);
  });
  decision.emit(std::move(drafts));
  telephony::CallBackNotes(decision, rules.call_backs).note();
  return app::json_answer(200, out.take());
}

}  // namespace

void add_telephony_routes(web::Router& router, const app::Context& context,
                          const IntakeSettings& settings, const CallDesk* calls) {
  router.on(
      web::Method::kPost, "/api/v1/telephony/events",
      [&context, phantom_ms = settings.phantom_ms, calls](
          const web::Request& request, const web::PathParams&, const web::Respond& respond) {
        auto user = app::authorize(context, request, protocol::Action::kSendTelephony);
        if (!user.ok()) return respond(web::problem(user.error()));
        auto events = read_events(request.body);
        if (!events.ok()) return respond(web::problem(events.error()));
        auto decide = [events = std::make_shared<const Events>(std::move(*events)),
                       rules = Rules{phantom_ms, call_back_rule(calls)}](sync::Decision& decision) {
          return observe(decision, *events, rules);
        };
        app::submit(context, {request, *user, app::KeyRule::kOptional, std::move(decide)}, respond);
      });
}

}  // namespace opora::node
