#include "web/app/auth.h"

#include "protocol/base/password.h"
#include "sync/projection/projection.h"
#include "web/app/people.h"
#include "web/app/standing.h"

namespace opora::app {

using protocol::Action;
using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::UserState;

namespace {

Error unauthenticated() { return Error{Code::kUnauthenticated, "", "sign in first"}; }

bool changes_something(const web::Request& request) {
  return request.method != web::Method::kGet && request.method != web::Method::kHead;
}

Result<User> user_of(const Context& context, const Entity& entity, const Standing& standing) {
  const auto* state = entity.as<UserState>();
  if (state == nullptr || standing.disabled || !works_at(*state, context.site))
    return unauthenticated();
  OPORA_TRY(check_lease(context, state->origin, standing.vouched));
  User user;
  user.id = entity.id;
  user.origin = state->origin;
  user.login = state->login;
  user.name = entity.personal.text(PersonalField::kName);
  user.roles = protocol::Roles{state->roles};
  user.agent = state->agent;
  user.desk = state->desk;
  return user;
}

Standing standing_if_any(const Context& context, const sync::Reader& rows, const Entity& entity) {
  return entity.exists() ? standing_of(context, rows, entity) : Standing{};
}

// A program of another place may be known here under the same hash: it stands in nobody's way.
Result<User> read_by_token(const Context& context, const std::string& hash) {
  const auto rows = context.store.snapshot();
  Result<User> found = unauthenticated();
  rows->scan_prefix(sync::Table::kIndex, protocol::keys::user_by_token(hash),
                    [&](std::string_view row, std::string_view) {
                      const Entity entity =
                          sync::read_entity(*rows, Kind::kUser, protocol::keys::id_of(row));
                      found = user_of(context, entity, standing_if_any(context, *rows, entity));
                      return !found.ok();
                    });
  return found;
}

Result<User> by_token(const Context& context, std::string_view token) {
  const std::string hash = token_hash(token);
  if (auto known = context.known_users.find(hash)) {
    OPORA_TRY(check_lease(context, known->origin, std::nullopt));
    return std::move(*known);
  }
  const auto generation = context.known_users.generation();
  auto user = read_by_token(context, hash);
  if (user.ok()) context.known_users.remember(generation, hash, *user);
  return user;
}

// The user of a session, who may have lost the right to it meanwhile.
Result<User> by_session(const Context& context, const std::optional<Session>& session) {
  if (!session) return unauthenticated();
  const auto rows = context.store.snapshot();
  const Entity entity = sync::read_entity(*rows, Kind::kUser, session->user);
  const Standing standing = standing_if_any(context, *rows, entity);
  auto user = user_of(context, entity, standing);
  if (!user.ok()) return user;
  if (session->credential != token_hash(standing.password_hash)) return unauthenticated();
  return user;
}

Result<User> by_cookie(const Context& context, const web::Request& request,
                       std::string_view token) {
  const std::string hash = token_hash(token);
  const auto session = context.sessions.find(hash, context.clock.now());
  auto user = by_session(context, session);
  if (!user.ok()) return user;
  if (changes_something(request) && request.headers.find("X-CSRF-Token") != session->csrf) {
    return Error{Code::kDenied, "X-CSRF-Token", "missing or not of this session"};
  }
  user->session = hash;
  return user;
}

}  // namespace

Status check_lease(const Context& context, SiteNo origin, std::optional<TimeMs> vouched) {
  const TimeMs now = context.clock.now();
  if (origin == context.site || context.lease.holds(now)) return ok_status();
  if (vouched && context.lease.holds_since(*vouched, now)) return ok_status();
  return Error{Code::kLeaseExpired, "", "the region was not heard of for too long"};
}

Result<User> authenticate(const Context& context, const web::Request& request) {
  if (const auto token = web::find_bearer_token(request)) return by_token(context, *token);
  if (const auto cookie = web::find_cookie(request, "opora_session")) {
    return by_cookie(context, request, *cookie);
  }
  return unauthenticated();
}

bool may(const Context& context, const User& user, Action action) {
  return protocol::allowed(action, user.roles, context.place);
}

LivePass live_pass(const web::Request& request, const User& user) {
  LivePass pass{user.id, user.roles, user.session, {}};
  if (const auto token = web::find_bearer_token(request)) pass.token = token_hash(*token);
  return pass;
}

bool still_good(const Context& context, const LivePass& pass) {
  const auto user =
      pass.token.empty()
          ? by_session(context, context.sessions.peek(pass.session, context.clock.now()))
          : read_by_token(context, pass.token);
  return user.ok() && user->id == pass.user && user->roles == pass.roles;
}

Result<User> authorize(const Context& context, const web::Request& request, Action action) {
  auto user = authenticate(context, request);
  if (!user.ok()) return user;
  if (!may(context, *user, action)) {
    return Error{Code::kDenied, "",
                 std::string("not allowed: ") + std::string(action_name(action))};
  }
  return user;
}

}  // namespace opora::app
