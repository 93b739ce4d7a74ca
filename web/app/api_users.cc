#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/base/password.h"
#include "protocol/domain/decide.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/colleagues.h"
#include "web/app/command.h"
#include "web/app/declared.h"
#include "web/app/listing.h"
#include "web/app/people.h"
#include "web/app/render.h"
#include "web/app/standing.h"
#include "web/app/user_form.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::Role;
using protocol::UserState;

namespace {

Error no_such_user() { return Error{Code::kNotFound, "id", "no such user here"}; }

// The hub keeps the region's users; a node shows whoever works there, local or the region's.
bool belongs_here(const Context& context, const UserState& user) {
  return user.origin == context.site || works_at(user, context.site);
}

bool is_local(const Context& context, const UserState& user) {
  return context.place == protocol::Place::kNode && user.origin == context.site;
}

void write_absence(web::JsonWriter& out, const protocol::Absence& absence) {
  if (absence.from.v == 0) return out.field("absence", std::nullopt);
  out.object("absence", [&] {
    out.field("from", to_text(absence.from));
    out.field("to", to_text(absence.to));
    out.field("substitute", text_or_null(absence.substitute));
  });
}

void write_user(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                const Entity& entity) {
  const auto& user = *entity.as<UserState>();
  const Standing standing = standing_of(context, rows, entity);
  out.object([&] {
    out.field("id", entity.id);
    out.field("login", user.login);
    out.field("name", entity.personal.text(PersonalField::kName));
    out.array("roles", [&] {
      for (const Role role : protocol::kAllRoles) {
        if (protocol::has_role(protocol::Roles{user.roles}, role))
          out.value(protocol::role_name(role));
      }
    });
    out.array("sites", [&] {
      for (const SiteNo site : user.sites) out.value(site);
    });
    out.field("disabled", standing.disabled);
    out.field("local", is_local(context, user));
    out.field("overruled", standing.overruled);
    out.field("agent", text_or_null(user.agent));
    out.field("desk", user.desk.v == 0 ? std::nullopt : std::optional(user.desk.v));
    out.array("skills", [&] {
      for (const std::string& skill : user.skills) out.value(skill);
    });
    write_absence(out, absence_told(rows, entity, context.site));
  });
}

// Of this place; a login of another node's local user is no concern of ours.
bool login_taken(sync::Decision& decision, const Context& context, const std::string& login) {
  bool taken = false;
  decision.rows().scan_prefix(sync::Table::kIndex, protocol::keys::user_by_login(login),
                              [&](std::string_view key, std::string_view) {
                                const auto entity =
                                    decision.load(Kind::kUser, protocol::keys::id_of(key));
                                const auto* user = entity.as<UserState>();
                                taken = user != nullptr && belongs_here(context, *user);
                                return !taken;
                              });
  return taken;
}

// Whether one of them is at some site where the other is. A user that was made at a site has no
// list: works there alone.
bool share_a_site(const UserState& one, const UserState& other) {
  if (one.origin != kHubSite || other.origin != kHubSite) return true;  // both belong here
  return std::any_of(one.sites.begin(), one.sites.end(), [&](SiteNo site) {
    return std::find(other.sites.begin(), other.sites.end(), site) != other.sites.end();
  });
}

// The telephone system knows an agent by this name: of two with one name it would be nobody's call
// that rings.
Status check_agent(sync::Decision& decision, const Context& context, const AggregateId& id,
                   const protocol::ChangeUser& user) {
  if (user.facts.agent.empty() || user.facts.disabled) return ok_status();
  UserState wanted;
  wanted.origin = context.site;
  wanted.sites = user.facts.sites;
  bool taken = false;
  decision.rows().scan_prefix(
      sync::Table::kIndex, protocol::keys::users(), [&](std::string_view key, std::string_view) {
        const AggregateId other = protocol::keys::id_of(key);
        if (other == id) return true;
        const auto entity = decision.load(Kind::kUser, other);
        const auto* state = entity.as<UserState>();
        taken = state != nullptr && !state->disabled && state->agent == user.facts.agent &&
                belongs_here(context, *state) && share_a_site(*state, wanted);
        return !taken;
      });
  if (taken) return Error{Code::kConflict, "agent", "another user has this agent"};
  return ok_status();
}

// The rows that would sign a user in again after a restart, but for the session that asks.
void erase_session_rows(sync::Decision& decision, const AggregateId& user,
                        const std::string& keep) {
  const Bytes kept = Sessions::row_key(keep);
  std::vector<Bytes> gone;
  decision.rows().scan_prefix(sync::Table::kMeta, Sessions::row_key(""),
                              [&](std::string_view key, std::string_view value) {
                                const auto session = from_row<Session>(value);
                                if (session && session->user == user && key != kept)
                                  gone.emplace_back(key);
                                return true;
                              });
  for (const Bytes& key : gone) decision.erase_meta(key);
}

sync::Answer id_answer(const AggregateId& id) { return Bytes(id.view()); }

Status check_places(sync::Decision& decision, const UserForm& form) {
  for (const SiteNo site : form.sites.value_or(std::vector<SiteNo>{}))
    OPORA_TRY(check_site(decision, site, "sites"));
  // Of a user of the region the number means another desk at each site.
  const SiteNo here = decision.context().site;
  if (here == kHubSite || form.desk.value_or(DeskNo{}).v == 0) return ok_status();
  return check_desk(declared_desks(decision, here), *form.desk, "desk");
}

Result<sync::Answer> create(sync::Decision& decision, const Context& context, const UserForm& form,
                            const std::optional<std::string>& password_hash) {
  if (login_taken(decision, context, *form.login))
    return Error{Code::kConflict, "login", "this login is taken"};
  OPORA_TRY(check_places(decision, form));
  const AggregateId id = id_from("user", {decision.context().command.view(), *form.login});
  const auto user = new_user(form, password_hash);
  OPORA_TRY(check_agent(decision, context, id, user));
  auto drafts = protocol::decide(user, id, nullptr, decision.context());
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  return id_answer(id);
}

struct Edit {
  AggregateId id;
  UserForm form;
  std::optional<std::string> password_hash;
  AggregateId by;
  std::string session;  // goes on
};

// Nobody would be left to undo it.
Error not_of_oneself() {
  return Error{Code::kConflict, "id", "not of oneself: another administrator does it"};
}

// A site has a word of its own on a user of the region: who may not come in here, and a password
// that lets in while the region is away. Everything else is the region's to say.
Result<protocol::Drafts> overrule(sync::Decision& decision, const Edit& edit,
                                  const UserState& user) {
  const UserForm& form = edit.form;
  if (form.name || form.roles || form.sites || form.agent || form.desk || form.skills)
    return Error{Code::kDenied, "id", "of the region: disabled and password alone"};
  if (protocol::has_role(protocol::Roles{user.roles}, Role::kProgram) && form.password)
    return invalid("password", "a program has a token instead");
  if (edit.id == edit.by && form.disabled.value_or(false)) return not_of_oneself();
  protocol::OverruleUser command;
  command.disabled = form.disabled;
  if (edit.password_hash) command.personal[PersonalField::kPasswordHash] = *edit.password_hash;
  const auto context = decision.context();
  const Entity word =
      decision.load(Kind::kOverrule, protocol::overrule_aggregate(context.site, edit.id));
  return protocol::decide(command, edit.id, user, word.as<protocol::OverruleState>(), context);
}

Result<protocol::Drafts> change(sync::Decision& decision, const Context& context, const Edit& edit,
                                const Entity& entity) {
  OPORA_TRY(check_places(decision, edit.form));
  auto changed = changed_user(entity, edit.form, edit.password_hash);
  if (!changed.ok()) return changed.error();
  // Who had the same agent before this was refused can still be changed in all else.
  if (changed->facts.agent != entity.as<UserState>()->agent || edit.form.sites ||
      edit.form.disabled)
    OPORA_TRY(check_agent(decision, context, edit.id, *changed));
  const bool administrates =
      protocol::has_role(protocol::Roles{changed->facts.roles}, Role::kAdministrator);
  if (edit.id == edit.by && (changed->facts.disabled || !administrates)) return not_of_oneself();
  return protocol::decide(*changed, edit.id, entity.as<UserState>(), decision.context());
}

Result<sync::Answer> edit(sync::Decision& decision, const Context& context, const Edit& edit) {
  const Entity entity = decision.load(Kind::kUser, edit.id);
  const auto* user = entity.as<UserState>();
  if (user == nullptr || !belongs_here(context, *user)) return no_such_user();
  auto drafts = user->origin == context.site ? change(decision, context, edit, entity)
                                             : overrule(decision, edit, *user);
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  if (ends_sessions(edit.form)) erase_session_rows(decision, edit.id, edit.session);
  return id_answer(edit.id);
}

// Whoever stands in works where the absent one does.
Status check_substitute(sync::Decision& decision, const std::string& login, const UserState& user) {
  if (login.empty()) return ok_status();
  const SiteNo here = decision.context().site;
  const SiteNo site = here == kHubSite && !user.sites.empty() ? user.sites.front() : here;
  const Entity found = user_by_login(decision.rows(), login, site);
  const auto* substitute = found.as<UserState>();
  if (substitute == nullptr || substitute->disabled)
    return invalid("substitute", "nobody who works there");
  return ok_status();
}

// Of a user of the region a site says it for itself alone, so that whoever falls ill is not asked
// for while the line to the region is down.
Result<sync::Answer> set_absence(sync::Decision& decision, const Context& context,
                                 const AggregateId& id, const protocol::Absence& absence) {
  const Entity entity = decision.load(Kind::kUser, id);
  const auto* user = entity.as<UserState>();
  if (user == nullptr || !belongs_here(context, *user)) return no_such_user();
  OPORA_TRY(check_substitute(decision, absence.substitute, *user));
  const auto at = decision.context();
  Result<protocol::Drafts> drafts = protocol::Drafts{};
  if (user->origin == context.site) {
    protocol::ChangeUser command = unchanged_user(*user);
    command.facts.absence = absence;
    drafts = protocol::decide(command, id, user, at);
  } else {
    const Entity word = decision.load(Kind::kOverrule, protocol::overrule_aggregate(at.site, id));
    protocol::OverruleUser command;
    command.absence = absence;
    drafts = protocol::decide(command, id, *user, word.as<protocol::OverruleState>(), at);
  }
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  return id_answer(id);
}

Result<sync::Answer> set_token(sync::Decision& decision, const Context& context,
                               const AggregateId& id, const std::string& hash) {
  const Entity entity = decision.load(Kind::kUser, id);
  const auto* user = entity.as<UserState>();
  if (user == nullptr || !belongs_here(context, *user)) return no_such_user();
  if (!protocol::has_role(protocol::Roles{user->roles}, Role::kProgram))
    return Error{Code::kConflict, "id", "only a user with the role program has a token"};
  if (user->disabled) return Error{Code::kConflict, "id", "this user is disabled"};
  protocol::ChangeUser command = unchanged_user(*user);
  command.personal[PersonalField::kTokenHash] = hash;
  auto drafts = protocol::decide(command, id, user, decision.context());
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  return sync::Answer{hash};
}

// `issued` is the hash of the token that the key stands for: of this one, or of one that an earlier
// request under the same key has made.
web::Response token_response(const std::string& token, const sync::Answer& issued) {
  if (token_hash(token) != issued) {
    return web::problem(Error{Code::kAlreadyIssued, "Idempotency-Key",
                              "the token was shown once; a new key makes a new one"});
  }
  web::JsonWriter out;
  out.object([&] { out.field("token", token); });
  return web::json_response(201, out.take());
}

class UserHandlers {
 public:
  explicit UserHandlers(const Context& context) : context_(context) {}

  void list(const web::Request& request, const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kReadUsers);
    if (!user.ok()) return respond(web::problem(user.error()));
    web::QueryReader in(request.query);
    const Page page = read_page(in);
    const Status status = in.finish();
    if (!status.ok()) return respond(web::problem(status.error()));
    const auto rows = context_.store.snapshot();
    web::JsonWriter out(8 * 1024);
    write_list(
        out, *rows, protocol::keys::users(), page, [&](std::string_view key, std::string_view) {
          const auto entity = sync::read_entity(*rows, Kind::kUser, protocol::keys::id_of(key));
          const auto* state = entity.as<UserState>();
          if (state == nullptr || !belongs_here(context_, *state)) return false;
          write_user(out, context_, *rows, entity);
          return true;
        });
    respond(web::json_response(200, out.take()));
  }

  void add(const web::Request& request, const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kEditUsers);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto form = read_new_user(context_.site, request.body);
    if (!form.ok()) return respond(web::problem(form.error()));
    with_hash(form->password, respond,
              [this, request, user = *user, form = *form, respond](const auto& hash) {
                auto decide = [&context = context_, form, hash](sync::Decision& decision) {
                  return create(decision, context, form, hash);
                };
                auto render = [this](const sync::Answer& answer) {
                  return one(*AggregateId::from(answer), 201);
                };
                submit(context_,
                       {request, user, KeyRule::kRequired, std::move(decide), std::move(render)},
                       respond);
              });
  }

  void change(const web::Request& request, const AggregateId& id,
              const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kEditUsers);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto form = read_user_change(context_.site, request.body);
    if (!form.ok()) return respond(web::problem(form.error()));
    with_hash(form->password, respond,
              [this, request, user = *user, id, form = *form, respond](const auto& hash) {
                submit_change(request, user, Edit{id, form, hash, user.id, user.session}, respond);
              });
  }

  void absent(const web::Request& request, const AggregateId& id,
              const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kSetAbsence);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto absence = read_absence(request.body);
    if (!absence.ok()) return respond(web::problem(absence.error()));
    auto decide = [&context = context_, id, absence = *absence](sync::Decision& decision) {
      return set_absence(decision, context, id, absence);
    };
    auto render = [this, id](const sync::Answer&) { return one(id, 200); };
    submit(context_, {request, *user, KeyRule::kRequired, std::move(decide), std::move(render)},
           respond);
  }

  // The token is shown once: only its hash is stored. A repeated key makes no second one, which
  // would end the first behind the back of whoever got it.
  void issue_token(const web::Request& request, const AggregateId& id,
                   const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kEditUsers);
    if (!user.ok()) return respond(web::problem(user.error()));
    const std::string token = new_token(context_.random);
    auto decide = [&context = context_, id, hash = token_hash(token)](sync::Decision& decision) {
      return set_token(decision, context, id, hash);
    };
    auto render = [token](const sync::Answer& issued) { return token_response(token, issued); };
    submit(context_, {request, *user, KeyRule::kRequired, std::move(decide), std::move(render)},
           respond);
  }

 private:
  using Hashed = std::function<void(const std::optional<std::string>&)>;

  // Argon2 takes tens of milliseconds: on the worker.
  void with_hash(const std::optional<std::string>& password, const web::Respond& respond,
                 Hashed next) const {
    if (!password) return next(std::nullopt);
    auto work = [password = *password, respond, next = std::move(next)] {
      auto hash = hash_password(password);
      if (!hash.ok()) return respond(web::problem(hash.error()));
      next(*hash);
    };
    if (!context_.worker.submit(std::move(work)))
      respond(web::problem(Error{Code::kTooMany, "", "busy; try again"}));
  }

  void submit_change(const web::Request& request, const User& user, const Edit& change,
                     const web::Respond& respond) const {
    auto decide = [&context = context_, change](sync::Decision& decision) {
      return edit(decision, context, change);
    };
    auto render = [this, id = change.id, session = change.session,
                   ends = ends_sessions(change.form)](const sync::Answer&) {
      if (ends) {
        context_.sessions.remove_user(id, session);
        context_.live.recheck();
      }
      return one(id, 200);
    };
    submit(context_, {request, user, KeyRule::kRequired, std::move(decide), std::move(render)},
           respond);
  }

  web::Response one(const AggregateId& id, int status) const {
    const auto rows = context_.store.snapshot();
    web::JsonWriter out;
    write_user(out, context_, *rows, sync::read_entity(*rows, Kind::kUser, id));
    return web::json_response(status, out.take());
  }

  const Context& context_;
};

}  // namespace

void add_user_routes(web::Router& router, const Context& context) {
  const auto handlers = std::make_shared<const UserHandlers>(context);
  router.on(web::Method::kGet, "/api/v1/users",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->list(request, respond); });
  router.on(web::Method::kPost, "/api/v1/users",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->add(request, respond); });
  // An id that cannot exist is answered like one that does not, after the same check of rights.
  const auto id_of = [](const web::PathParams& params) {
    return AggregateId::from_hex(params["id"]).value_or(AggregateId{});
  };
  router.on(web::Method::kPut, "/api/v1/users/{id}",
            [handlers, id_of](const web::Request& request, const web::PathParams& params,
                              const web::Respond& respond) {
              handlers->change(request, id_of(params), respond);
            });
  router.on(web::Method::kPut, "/api/v1/users/{id}/absence",
            [handlers, id_of](const web::Request& request, const web::PathParams& params,
                              const web::Respond& respond) {
              handlers->absent(request, id_of(params), respond);
            });
  router.on(web::Method::kPost, "/api/v1/users/{id}/token",
            [handlers, id_of](const web::Request& request, const web::PathParams& params,
                              const web::Respond& respond) {
              handlers->issue_token(request, id_of(params), respond);
            });
}

}  // namespace opora::app
