#include <algorithm>
#include <chrono>

#include "protocol/base/archive.h"
#include "protocol/base/password.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/login_guard.h"
#include "web/app/people.h"
#include "web/app/standing.h"
#include "web/app/support_codes.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::PersonalField;
using protocol::UserState;

namespace {

// What a full queue of the worker takes (kMaxWaitingWork).
constexpr std::chrono::seconds kFullQueue{3};

struct SignIn {
  std::string login;
  std::string password;
};

Result<SignIn> read_sign_in(const web::Request& request) {
  auto document = web::JsonDocument::parse(request.body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  SignIn out;
  out.login = in.line("login", {1, 64});
  out.password = in.line("password", {1, 256});
  OPORA_TRY(in.finish());
  return out;
}

// One of the region's users has one number for all of their sites; null where the site has no such
// desk.
std::optional<std::uint16_t> desk_of(const User& user, const SiteInfo& here) {
  for (const auto& desk : here.desks) {
    if (desk.no == user.desk) return desk.no.v;
  }
  return std::nullopt;
}

void write_user(web::JsonWriter& out, const User& user, const SiteInfo& here) {
  out.field("id", user.id);
  out.field("login", user.login);
  out.field("name", user.name);
  out.array("roles", [&] {
    for (const protocol::Role role : protocol::kAllRoles) {
      if (protocol::has_role(user.roles, role)) out.value(protocol::role_name(role));
    }
  });
  out.field("desk", desk_of(user, here));
  out.field("agent", user.agent.empty() ? std::nullopt : std::optional(user.agent));
}

void write_site(web::JsonWriter& out, const Context& context, const SiteInfo& site,
                const web::Request& request) {
  out.field("no", site.no);
  out.field("name", site.name);
  out.field("kind", context.place == protocol::Place::kHub ? "hub" : "node");
  out.array("desks", [&] {
    for (const auto& desk : site.desks) {
      out.object([&] {
        out.field("no", desk.no);
        out.field("name", desk.name);
      });
    }
  });
  out.field("zone", site.zone);
  out.field("support_code", support_code_or_null(site.support_code));
  out.field("plain_http", !request.secure);
}

web::Response session_response(const Context& context, const web::Request& request,
                               const User& user, const std::string& csrf) {
  const SiteInfo here = site_info(context, *context.store.snapshot(), context.site);
  web::JsonWriter out;
  out.object([&] {
    out.object("user", [&] { write_user(out, user, here); });
    out.field("csrf_token", csrf);
    out.object("site", [&] { write_site(out, context, here, request); });
  });
  return web::json_response(200, out.take());
}

std::string cookie(const std::string& token, const web::Request& request, std::int64_t max_age_s) {
  return "opora_session=" + token +
         "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age_s) +
         (request.secure ? "; Secure" : "");
}

// The session row is written like everything else: through the engine, synced, before the browser
// is told.
void save_session(const Context& context, const std::string& hash, const Session& session,
                  std::function<void(bool)> done) {
  sync::Command command;
  command.actor = session.user;
  command.decide = [key = Sessions::row_key(hash),
                    row = to_row(session)](sync::Decision& decision) {
    decision.put_meta(key, row);
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [done = std::move(done)](const Result<sync::Answer>& answer) {
    done(answer.ok());
  };
  context.engine.submit(std::move(command));
}

void forget_session(const Context& context, const std::string& hash) {
  context.sessions.remove(hash);
  context.live.recheck();
  sync::Command command;
  command.decide = [key = Sessions::row_key(hash)](sync::Decision& decision) {
    decision.erase_meta(key);
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [](const Result<sync::Answer>&) {};
  context.engine.submit(std::move(command));
}

class SignInHandler {
 public:
  explicit SignInHandler(const Context& context) : context_(context), guard_(context.login_guard) {}

  void operator()(const web::Request& request, const web::PathParams&,
                  const web::Respond& respond) const {
    auto sign_in = read_sign_in(request);
    if (!sign_in.ok()) return respond(web::problem(sign_in.error()));
    const std::int64_t wait_ms =
        guard_.wait_ms({sign_in->login, request.peer.network}, context_.clock.now());
    if (wait_ms > 0) {
      guard_.count(SignInOutcome::kPaused);
      return respond(refused("too many attempts", whole_seconds(wait_ms)));
    }
    auto work = [*this, request, respond, sign_in = *sign_in] { check(request, respond, sign_in); };
    if (context_.worker.submit(std::move(work))) return;
    guard_.count(SignInOutcome::kBusy);
    respond(refused("many sign in at once", kFullQueue));
  }

 private:
  // Up, so that who comes back then is let in.
  static std::chrono::seconds whole_seconds(std::int64_t ms) {
    return std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(ms));
  }
  static web::Response refused(const char* why, std::chrono::seconds retry_after) {
    return web::problem(Error{Code::kTooMany, "", why}, retry_after);
  }

  void check(const web::Request& request, const web::Respond& respond,
             const SignIn& sign_in) const {
    const auto rows = context_.store.snapshot();
    const auto entity = user_by_login(*rows, sign_in.login, context_.site);
    const auto* state = entity.as<UserState>();
    const Standing standing = state != nullptr ? standing_of(context_, *rows, entity) : Standing{};
    const std::string& stored = standing.password_hash;
    const bool usable = !standing.disabled && !stored.empty();  // by login: works here
    const bool right =
        verify_password(usable ? std::optional(stored) : std::nullopt, sign_in.password);
    const TimeMs now = context_.clock.now();
    const LoginGuard::Who who{sign_in.login, request.peer.network};
    if (!right) {
      guard_.failed(who, now);
      guard_.count(SignInOutcome::kWrong);
      return respond(web::problem(Error{Code::kUnauthenticated, "", "wrong login or password"}));
    }
    guard_.succeeded(who);
    const Status lease = check_lease(context_, state->origin, standing.vouched);
    guard_.count(lease.ok() ? SignInOutcome::kLetIn : SignInOutcome::kLease);
    if (!lease.ok()) return respond(web::problem(lease.error()));
    open(request, respond, entity, stored, now);
  }

  void open(const web::Request& request, const web::Respond& respond,
            const protocol::Entity& entity, const std::string& stored, TimeMs now) const {
    const auto& state = *entity.as<UserState>();
    User user;
    user.id = entity.id;
    user.origin = state.origin;
    user.login = state.login;
    user.name = entity.personal.text(PersonalField::kName);
    user.roles = protocol::Roles{state.roles};
    user.agent = state.agent;
    user.desk = state.desk;
    const std::string token = new_token(context_.random);
    const Session session{new_token(context_.random), user.id, now, now, token_hash(stored)};
    const std::string hash = token_hash(token);
    save_session(context_, hash, session,
                 [&context = context_, request, respond, user, token, hash, session](bool ok) {
                   if (!ok)
                     return respond(web::problem(Error{Code::kUnavailable, "", "not saved"}));
                   context.sessions.add(hash, session);
                   web::Response response = session_response(context, request, user, session.csrf);
                   response.headers.emplace_back("Set-Cookie",
                                                 cookie(token, request, kSessionMaxMs / 1000));
                   respond(std::move(response));
                 });
  }

  const Context& context_;
  LoginGuard& guard_;
};

}  // namespace

void add_session_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kPost, "/api/v1/session", SignInHandler(context));
  router.on(
      web::Method::kGet, "/api/v1/session",
      [&context](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
        auto user = authenticate(context, request);
        if (!user.ok()) return respond(web::problem(user.error()));
        const auto session = context.sessions.find(user->session, context.clock.now());
        respond(session_response(context, request, *user, session ? session->csrf : std::string{}));
      });
  router.on(
      web::Method::kDelete, "/api/v1/session",
      [&context](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
        auto user = authenticate(context, request);
        if (!user.ok()) return respond(web::problem(user.error()));
        if (!user->session.empty()) forget_session(context, user->session);
        web::Response response = web::empty_response(204);
        response.headers.emplace_back("Set-Cookie", cookie("", request, 0));
        respond(std::move(response));
      });
}

void add_live_route(web::Router& router, const Context& context) {
  router.websocket("/api/v1/live", [&context](const web::Request& request, const web::PathParams&,
                                              const web::WsUpgrade& upgrade) {
    auto user = authorize(context, request, protocol::Action::kLive);
    if (!user.ok()) return upgrade.refuse(web::problem(user.error()));
    web::WsCallbacks callbacks;
    callbacks.on_open = [&context, pass = live_pass(request, *user)](
                            const web::WsSession& session) { context.live.add(session, pass); };
    callbacks.on_message = [](const web::WsSession& session, const std::string&) {
      session.send(std::string(R"({"type":"pong"})"));
    };
    callbacks.on_close = [&context](const web::WsSession& session, std::uint16_t) {
      context.live.remove(session);
    };
    upgrade.accept(std::move(callbacks));
  });
}

}  // namespace opora::app
