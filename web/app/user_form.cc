#include "web/app/user_form.h"

#include <algorithm>

#include "protocol/base/password.h"
#include "protocol/domain/access.h"
#include "web/app/declared.h"
#include "web/server/json_reader.h"

namespace opora::app {

using protocol::ChangeUser;
using protocol::PersonalField;
using protocol::Role;
using protocol::Roles;

namespace {

constexpr std::size_t kMaxSites = 1'000;  // a person who works at more is one of the region
constexpr std::size_t kMaxSkills = 100;
constexpr std::size_t kMaxRoles = protocol::kAllRoles.size();

// A null says the same as nothing; it is read, so that it is not refused as unknown.
bool given(web::JsonReader& in, std::string_view name) {
  return in.has(name) || in.optional_line(name).has_value();
}

std::optional<Roles> read_roles(web::JsonReader& in) {
  if (!given(in, "roles")) return std::nullopt;
  Roles out;
  for (const std::string& name : in.lines("roles", {1, kMaxRoles}, {1, 32})) {
    const auto role = protocol::role_from_name(name);
    if (!role) in.fail("roles", "not a role: " + name);
    if (role) out.v |= static_cast<std::uint32_t>(*role);
  }
  return out;
}

std::optional<std::vector<SiteNo>> read_sites(web::JsonReader& in, SiteNo here) {
  if (!given(in, "sites")) return std::nullopt;
  std::vector<SiteNo> out;
  for (const std::int64_t no : in.integers("sites", {0, kMaxSites}, {0, kMaxSiteNo})) {
    out.emplace_back(static_cast<std::uint32_t>(no));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (here == kHubSite) {
    if (out.empty()) in.fail("sites", "at least one; 0 is the hub");
    return out;
  }
  if (out.size() > 1 || (out.size() == 1 && out.front() != here))
    in.fail("sites", "users of other sites are made at the hub");
  return std::vector<SiteNo>{};
}

// What both a new user and a change may say.
void read_common(web::JsonReader& in, SiteNo here, UserForm& out) {
  out.name = in.optional_line("name", {1, 200});
  out.password = in.optional_line("password", {kMinPasswordBytes, kMaxPasswordBytes});
  out.roles = read_roles(in);
  out.sites = read_sites(in, here);
  out.agent = in.optional_line("agent", {0, 64});
  if (const auto desk = in.optional_integer("desk", {0, kMaxDeskNo}))
    out.desk = DeskNo{static_cast<std::uint16_t>(*desk)};
  if (given(in, "skills")) out.skills = in.lines("skills", {0, kMaxSkills}, {1, 200});
}

bool is_program(std::uint32_t roles) { return protocol::has_role(Roles{roles}, Role::kProgram); }

void apply(const UserForm& form, const std::optional<std::string>& password_hash, ChangeUser& out) {
  if (form.roles) out.facts.roles = form.roles->v;
  if (form.sites) out.facts.sites = *form.sites;
  if (form.disabled) out.facts.disabled = *form.disabled;
  if (form.agent) out.facts.agent = *form.agent;
  if (form.desk) out.facts.desk = *form.desk;
  if (form.skills) out.facts.skills = *form.skills;
  if (form.name) out.personal[PersonalField::kName] = *form.name;
  if (password_hash) out.personal[PersonalField::kPasswordHash] = *password_hash;
}

}  // namespace

Result<UserForm> read_new_user(SiteNo here, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  UserForm out;
  out.login = in.line("login", {1, 64});
  read_common(in, here, out);
  if (!out.name) in.fail("name", "required");
  if (!out.roles) in.fail("roles", "required");
  if (!out.sites && here == kHubSite) out.sites = std::vector{kHubSite};
  const bool program = out.roles && is_program(out.roles->v);
  if (program && out.password) in.fail("password", "a program has a token instead");
  if (!program && !out.password) in.fail("password", "required");
  OPORA_TRY(in.finish());
  return out;
}

Result<UserForm> read_user_change(SiteNo here, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  UserForm out;
  read_common(in, here, out);
  out.disabled = in.optional_boolean("disabled");
  OPORA_TRY(in.finish());
  return out;
}

Result<protocol::Absence> read_absence(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  protocol::Absence out;
  if (const auto from = in.optional_date("from")) {
    out.from = protocol::day_of(*from);
    out.to = protocol::day_of(in.date("to"));
    out.substitute = in.optional_line("substitute", {0, 64}).value_or("");
  } else {
    in.optional_date("to");
    in.optional_line("substitute", {0, 64});
  }
  OPORA_TRY(in.finish());
  return out;
}

ChangeUser new_user(const UserForm& form, const std::optional<std::string>& password_hash) {
  ChangeUser out;
  out.facts.login = form.login.value_or("");
  apply(form, password_hash, out);
  return out;
}

ChangeUser unchanged_user(const protocol::UserState& user) {
  ChangeUser out;
  out.facts.login = user.login;
  out.facts.roles = user.roles;
  out.facts.sites = user.sites;
  out.facts.disabled = user.disabled;
  out.facts.agent = user.agent;
  out.facts.desk = user.desk;
  out.facts.skills = user.skills;
  out.facts.absence = user.absence;
  return out;
}

Result<ChangeUser> changed_user(const protocol::Entity& user, const UserForm& form,
                                const std::optional<std::string>& password_hash) {
  const auto& state = *user.as<protocol::UserState>();
  ChangeUser out = unchanged_user(state);
  apply(form, password_hash, out);
  const bool program = is_program(out.facts.roles);
  if (program && password_hash) return invalid("password", "a program has a token instead");
  const bool has_password =
      password_hash || !user.personal.text(PersonalField::kPasswordHash).empty();
  if (!program && !has_password && form.roles) return invalid("password", "required");
  if (!program && is_program(state.roles)) out.personal[PersonalField::kTokenHash] = "";
  return out;
}

bool ends_sessions(const UserForm& form) {
  return form.password || form.roles || form.sites || form.disabled.value_or(false);
}

}  // namespace opora::app
