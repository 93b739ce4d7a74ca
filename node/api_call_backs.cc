// GET /api/v1/call_backs, POST /api/v1/call_backs/{id} (O7): whom this site has to call back, and
// what came of it. Any thread.
#include "node/api.h"
#include "node/call_back_watch.h"
#include "protocol/domain/kind_texts.h"
#include "protocol/domain/ownership.h"
#include "sync/projection/projection.h"
#include "web/app/auth.h"
#include "web/app/command.h"
#include "web/app/listing.h"
#include "web/app/names.h"
#include "web/app/render.h"
#include "web/server/json_reader.h"
#include "web/server/problem.h"

namespace opora::node {

using protocol::Action;
using protocol::CallBackResult;
using protocol::CallBackState;
using protocol::Entity;
using protocol::Kind;
using Rows = protocol::keys::CallBackRows;

namespace {

enum class Show : std::uint8_t { kOpen, kElsewhere, kOver };
constexpr std::array kShows = {web::EnumName<Show>{"open", Show::kOpen},
                               web::EnumName<Show>{"elsewhere", Show::kElsewhere},
                               web::EnumName<Show>{"over", Show::kOver}};

Rows rows_of(Show show) {
  switch (show) {
    case Show::kOpen: return Rows::kOpen;
    case Show::kElsewhere: return Rows::kLent;
    case Show::kOver: break;
  }
  return Rows::kOver;
}

constexpr web::IntRule kLeaseS{protocol::kMinLeaseMs / 1'000, protocol::kMaxLeaseMs / 1'000};

// It is told for a day, so that whoever called hears of it on his next shift.
constexpr std::int64_t kToldForMs = 24 * 3'600'000LL;
constexpr std::size_t kMaxTwice = 10;
constexpr std::size_t kMaxLooked = 2'000;

std::optional<TimeMs> time_or_null(TimeMs at) {
  return at.v == 0 ? std::nullopt : std::optional(at);
}

class TaskWriter {
 public:
  TaskWriter(const app::Context& context, const CallDesk* calls)
      : now_(context.clock.now()), site_(context.site) {
    if (calls != nullptr) queued_ = calls->shell().call_backs();
  }

  void write(web::JsonWriter& out, const Entity& task) const {
    const auto& state = *task.as<CallBackState>();
    const auto end = protocol::end_of(state);
    const std::string& by = protocol::claimed_by(state, now_);
    out.object([&] {
      out.field("id", task.id);
      out.field("state", state_of(task.id, state));
      out.field("phone", app::text_or_null(task.personal.text(protocol::PersonalField::kPhone)));
      out.field("site", state.site);
      out.field("owner", protocol::owner_of(state));
      out.field("desk", state.desk.v);
      out.field("line", app::text_or_null(state.line));
      out.field("lost_at", state.lost_last);
      out.field("first_lost_at", state.lost_at);
      out.field("calls", state.asked);
      out.field("keeps_place", state.place.entered_at.v != 0);
      const bool named = !task.erased && !state.journey.is_zero();
      out.field("journey", named ? std::optional(state.journey.hex()) : std::nullopt);
      out.field("again_at", state.again_at);
      out.field("tried", state.tried);
      out.field("unanswered", state.unanswered);
      out.field("limit", state.limit);
      out.field("last_result",
                state.tried == 0 ? std::nullopt : app::name_or_null(state.last_result));
      out.field("last_at", time_or_null(state.last_at));
      out.field("last_by", app::text_or_null(state.last_by));
      out.field("claimed_by", app::text_or_null(by));
      out.field("claimed_until", by.empty() ? std::nullopt : std::optional(state.claim.until));
      out.field("lease_until", protocol::lease_until(state));
      out.field("end", app::name_or_null(end));
      out.field("over_at", end == protocol::CallBackEnd::kNone
                               ? std::nullopt
                               : std::optional(std::max(state.ended, state.met).time()));
      out.array("late_calls", [&] {
        for (const protocol::LateCall& late : state.late_calls) write(out, late);
      });
    });
  }

 private:
  static void write(web::JsonWriter& out, const protocol::LateCall& late) {
    out.object([&] {
      out.field("site", late.site);
      out.field("by", late.by);
      out.field("at", late.at);
      out.field("result", protocol::to_name(late.result));
    });
  }

  std::string_view state_of(const AggregateId& id, const CallBackState& state) const {
    if (!protocol::is_open(state)) return "over";
    if (protocol::owner_of(state) != site_) return "elsewhere";
    if (!protocol::claimed_by(state, now_).empty()) return "claimed";
    if (std::find(queued_.begin(), queued_.end(), id) != queued_.end()) return "queued";
    return state.again_at <= now_ ? "due" : "later";
  }

  const TimeMs now_;
  const SiteNo site_;
  std::vector<AggregateId> queued_;
};

// Of those that are over: whom two desks have called, each without the other's knowing.
void write_twice(web::JsonWriter& out, const sync::Reader& rows, const TaskWriter& writer,
                 const app::Context& context) {
  const Bytes from = protocol::keys::call_backs(Rows::kOver, context.site);
  const TimeMs since = context.clock.now() + -kToldForMs;
  std::size_t written = 0;
  std::size_t looked = 0;
  out.array("told_twice", [&] {
    rows.scan(sync::Table::kIndex, from, protocol::keys::call_backs_before(context.site, since),
              [&](std::string_view key, std::string_view twice) {
                if (KeyReader(twice).u8() != 0 && ++written <= kMaxTwice)
                  writer.write(
                      out, sync::read_entity(rows, Kind::kCallBack, protocol::keys::id_of(key)));
                return written < kMaxTwice && ++looked < kMaxLooked;
              });
  });
}

void list_route(const app::Context& context, const CallDesk* calls, const web::Request& request,
                const web::Respond& respond) {
  auto user = app::authorize(context, request, Action::kReadCalls);
  if (!user.ok()) return respond(web::problem(user.error()));
  web::QueryReader in(request.query);
  const app::Page page = app::read_page(in);
  const Show show =
      in.one_of<Show>("show", std::span<const web::EnumName<Show>>(kShows)).value_or(Show::kOpen);
  const Status status = in.finish();
  if (!status.ok()) return respond(web::problem(status.error()));
  const auto rows = context.store.snapshot();
  const TaskWriter writer(context, calls);
  web::JsonWriter out(16 * 1024);
  const auto write = [&](std::string_view key, std::string_view) {
    writer.write(out, sync::read_entity(*rows, Kind::kCallBack, protocol::keys::id_of(key)));
    return true;
  };
  app::write_list(out, *rows, protocol::keys::call_backs(rows_of(show), context.site), page, write,
                  [&] { write_twice(out, *rows, writer, context); });
  respond(web::json_response(200, out.take()));
}

struct Wanted {
  enum class Do : std::uint8_t { kClaim, kSay, kRoute } what = Do::kClaim;
  CallBackResult result = CallBackResult::kReleased;
  protocol::RouteCallBack route;
};

Result<Wanted> read_wanted(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Wanted out;
  const std::string what = in.line("do", {1, 32});
  if (what == "route") {
    out.what = Wanted::Do::kRoute;
    out.route.to = SiteNo{static_cast<std::uint32_t>(in.integer("to", {1, kMaxSiteNo}))};
    out.route.lease_ms = in.integer("lease_s", kLeaseS) * 1'000;
  } else if (const auto result = protocol::from_name<CallBackResult>(what)) {
    out.what = Wanted::Do::kSay;
    out.result = *result;
  } else if (what != "claim") {
    in.fail("do", "not known");
  }
  OPORA_TRY(in.finish());
  return out;
}

Result<protocol::Drafts> decide(const Wanted& wanted, const protocol::CallBackRule& rule,
                                const std::string& login, const Entity& task,
                                const protocol::DecideContext& context) {
  switch (wanted.what) {
    case Wanted::Do::kClaim: return protocol::decide(protocol::ClaimCallBack{login}, task, context);
    case Wanted::Do::kSay:
      return protocol::decide(protocol::TryCallBack{wanted.result, login}, rule, task, context);
    case Wanted::Do::kRoute: break;
  }
  return protocol::decide(wanted.route, task, context);
}

bool is_queued(const CallDesk* calls, const AggregateId& id) {
  if (calls == nullptr) return false;
  const auto queued = calls->shell().call_backs();
  return std::find(queued.begin(), queued.end(), id) != queued.end();
}

void act_route(const app::Context& context, const CallDesk* calls, const web::Request& request,
               const AggregateId& id, const web::Respond& respond) {
  auto user = app::authorize(context, request, Action::kCallBack);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto wanted = read_wanted(request.body);
  if (!wanted.ok()) return respond(web::problem(wanted.error()));
  const bool supervisors = wanted->what == Wanted::Do::kRoute;
  if (supervisors && !protocol::allowed(Action::kSuperviseCalls, user->roles, context.place))
    return respond(web::problem(Error{Code::kDenied, "do", "a supervisor's"}));
  auto decide_it = [wanted = *wanted, id, login = user->login, rule = call_back_rule(calls),
                    calls](sync::Decision& decision) -> Result<sync::Answer> {
    // It comes to a desk by itself, when it is his turn.
    if (wanted.what != Wanted::Do::kSay && is_queued(calls, id))
      return Error{Code::kConflict, "queue", "he stands in the queue"};
    return app::emitted(decision, decide(wanted, rule, login, decision.load(Kind::kCallBack, id),
                                         decision.context()));
  };
  auto render = [&context, calls, id](const sync::Answer&) {
    web::JsonWriter out;
    TaskWriter(context, calls)
        .write(out, sync::read_entity(*context.store.snapshot(), Kind::kCallBack, id));
    return web::json_response(200, out.take());
  };
  app::submit(context,
              {request, *user, app::KeyRule::kRequired, std::move(decide_it), std::move(render)},
              respond);
}

}  // namespace

void add_call_back_routes(web::Router& router, const app::Context& context, CallDesk* calls) {
  router.on(web::Method::kGet, "/api/v1/call_backs",
            [&context, calls](const web::Request& request, const web::PathParams&,
                              const web::Respond& respond) {
              list_route(context, calls, request, respond);
            });
  router.on(web::Method::kPost, "/api/v1/call_backs/{id}",
            [&context, calls](const web::Request& request, const web::PathParams& params,
                              const web::Respond& respond) {
              const AggregateId id = AggregateId::from_hex(params["id"]).value_or(AggregateId{});
              act_route(context, calls, request, id, respond);
            });
}

}  // namespace opora::node
