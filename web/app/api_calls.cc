#include "protocol/domain/call_now.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/listing.h"
#include "web/app/render.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::CallClass;
using protocol::Kind;

namespace {

// A page of numbers to call back; others are in the lists of their days.
constexpr std::size_t kMaxMissed = 50;
// Whoever called in the evening is still to be called back after midnight.
constexpr std::int64_t kMissedForMs = 24 * 3'600'000;

// "received" is every call of the day that counts (T5): all but those handed over, those that
// another site counts and those still waiting.
enum class Wanted : std::uint8_t {
  kReceived,
  kAccepted,
  kLost,
  kPhantom,
  kWaiting,
  kTalking,
  kHandedOver,
  kReturned
};
constexpr std::array kWanted = {web::EnumName<Wanted>{"received", Wanted::kReceived},
                                web::EnumName<Wanted>{"accepted", Wanted::kAccepted},
                                web::EnumName<Wanted>{"lost", Wanted::kLost},
                                web::EnumName<Wanted>{"phantom", Wanted::kPhantom},
                                web::EnumName<Wanted>{"waiting", Wanted::kWaiting},
                                web::EnumName<Wanted>{"talking", Wanted::kTalking},
                                web::EnumName<Wanted>{"handed_over", Wanted::kHandedOver},
                                web::EnumName<Wanted>{"returned", Wanted::kReturned}};

bool matches(Wanted wanted, CallClass call_class) {
  switch (wanted) {
    case Wanted::kReceived:
      return call_class != CallClass::kWaiting && call_class != CallClass::kHandedOver &&
             call_class != CallClass::kReturned;
    case Wanted::kAccepted:
      return call_class == CallClass::kAccepted || call_class == CallClass::kTalking;
    case Wanted::kLost: return call_class == CallClass::kLost;
    case Wanted::kPhantom: return call_class == CallClass::kPhantom;
    case Wanted::kWaiting: return call_class == CallClass::kWaiting;
    case Wanted::kTalking: return call_class == CallClass::kTalking;
    case Wanted::kHandedOver: return call_class == CallClass::kHandedOver;
    case Wanted::kReturned: return call_class == CallClass::kReturned;
  }
  return false;
}

struct Filter {
  protocol::keys::DayRows rows;
  std::optional<Wanted> wanted;
  Page page;
};

Result<Filter> read_filter(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  Filter out;
  out.page = read_page(in);
  out.rows = read_day_rows(in, context);
  const auto date = in.line("date", {10, 10});
  out.wanted = in.one_of<Wanted>("class", std::span<const web::EnumName<Wanted>>(kWanted));
  OPORA_TRY(in.finish());
  const auto day =
      date ? parse_day(*date) : std::optional(context.zone.day_of(context.clock.now()));
  if (!day) return invalid("date", "YYYY-MM-DD");
  out.rows.day = day->v;
  return out;
}

bool asked_for(const protocol::keys::DayRows& rows, const protocol::Entity& entity) {
  const auto* call = entity.as<protocol::CallState>();
  return call != nullptr && rows.takes(call->site, protocol::summarize(*call).desk);
}

void list_calls(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadCalls);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto filter = read_filter(context, request.query);
  if (!filter.ok()) return respond(web::problem(filter.error()));
  const auto rows = context.store.snapshot();
  Renderer renderer(context, *rows);
  web::JsonWriter out(32 * 1024);
  const Bytes prefix = protocol::keys::calls_of_day(filter->rows);
  write_list(out, *rows, prefix, filter->page, [&](std::string_view key, std::string_view value) {
    const auto call_class = static_cast<CallClass>(KeyReader(value).u8());
    if (filter->wanted && !matches(*filter->wanted, call_class)) return false;
    const auto call = sync::read_entity(*rows, Kind::kCall, protocol::keys::id_of(key));
    if (!asked_for(filter->rows, call)) return false;
    renderer.call(out, call);
    return true;
  });
  respond(web::json_response(200, out.take()));
}

struct LiveCalls {
  std::vector<protocol::Entity> waiting;
  std::vector<protocol::Entity> ringing;
  std::vector<protocol::Entity> talking;
};

LiveCalls live_calls(const Context& context, const sync::Reader& rows) {
  LiveCalls out;
  rows.scan_prefix(
      sync::Table::kIndex, protocol::keys::live_calls(context.site),
      [&](std::string_view key, std::string_view) {
        auto entity = sync::read_entity(rows, Kind::kCall, protocol::keys::id_of(key));
        const auto* call = entity.as<protocol::CallState>();
        if (call == nullptr) return true;
        const auto now = protocol::now_of(*call);
        auto& list = now.talks ? out.talking : now.agent.empty() ? out.waiting : out.ringing;
        list.push_back(std::move(entity));
        return true;
      });
  return out;
}

// Of one day and desk, newest first, into `out`.
void add_missed(const sync::Reader& rows, const Bytes& calls_of_day, TimeMs since,
                std::vector<protocol::Entity>& out) {
  rows.scan_back(sync::Table::kIndex, calls_of_day, prefix_end(calls_of_day),
                 [&](std::string_view key, std::string_view value) {
                   if (static_cast<CallClass>(KeyReader(value).u8()) != CallClass::kLost)
                     return true;
                   auto entity = sync::read_entity(rows, Kind::kCall, protocol::keys::id_of(key));
                   const auto* call = entity.as<protocol::CallState>();
                   if (call != nullptr && protocol::summarize(*call).queued_at < since)
                     return false;
                   out.push_back(std::move(entity));
                   return out.size() < kMaxMissed;
                 });
}

// The unanswered calls of the last 24 hours of all desks, each desk's newest first (O7).
std::vector<protocol::Entity> missed_calls(const Context& context, const sync::Reader& rows) {
  std::vector<protocol::Entity> out;
  const TimeMs since = context.clock.now() + -kMissedForMs;
  const LocalDay first = context.zone.day_of(since);
  for (const auto& desk : site_info(context, rows, context.site).desks) {
    for (LocalDay day = context.zone.day_of(context.clock.now());
         day.v >= first.v && out.size() < kMaxMissed; --day.v)
      add_missed(rows, protocol::keys::calls_of_day(day.v, context.site, desk.no), since, out);
  }
  return out;
}

void live_route(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadCalls);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto rows = context.store.snapshot();
  Renderer renderer(context, *rows);
  const LiveCalls live = live_calls(context, *rows);
  web::JsonWriter out(8 * 1024);
  const auto list = [&](std::string_view name, const std::vector<protocol::Entity>& calls) {
    out.array(name, [&] {
      for (const auto& call : calls) renderer.call(out, call);
    });
  };
  out.object([&] {
    list("waiting", live.waiting);
    list("ringing", live.ringing);
    list("talking", live.talking);
    list("missed", missed_calls(context, *rows));
  });
  respond(web::json_response(200, out.take()));
}

}  // namespace

void add_call_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/calls",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { list_calls(context, request, respond); });
  // Of this moment only a site can tell.
  if (context.place != protocol::Place::kNode) return;
  router.on(web::Method::kGet, "/api/v1/calls/live",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { live_route(context, request, respond); });
}

}  // namespace opora::app
