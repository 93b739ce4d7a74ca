#include "web/app/people.h"

#include <algorithm>

#include "protocol/domain/facets.h"
#include "sync/projection/projection.h"

namespace opora::app {

using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::UserState;

bool works_at(const UserState& user, SiteNo site) {
  if (user.sites.empty()) return user.origin == site;
  return std::find(user.sites.begin(), user.sites.end(), site) != user.sites.end();
}

Entity user_by_login(const sync::Reader& rows, const std::string& login, SiteNo site) {
  Entity found;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::user_by_login(login),
                   [&](std::string_view key, std::string_view) {
                     Entity entity =
                         sync::read_entity(rows, Kind::kUser, protocol::keys::id_of(key));
                     const auto* state = entity.as<UserState>();
                     if (state == nullptr || !works_at(*state, site)) return true;
                     const bool local = state->origin == site;
                     found = std::move(entity);
                     return !local;
                   });
  return found;
}

std::vector<Entity> all_users(const sync::Reader& rows) {
  std::vector<Entity> out;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::users(),
                   [&](std::string_view key, std::string_view) {
                     auto entity = sync::read_entity(rows, Kind::kUser, protocol::keys::id_of(key));
                     if (entity.as<UserState>() != nullptr) out.push_back(std::move(entity));
                     return true;
                   });
  return out;
}

const std::string& agent_name(const UserState& user) {
  return user.agent.empty() ? user.login : user.agent;
}

const std::string& agent_name(const User& user) {
  return user.agent.empty() ? user.login : user.agent;
}

const People::Person& People::by_id(const AggregateId& user) {
  const auto [it, fresh] = ids_.try_emplace(user);
  if (!fresh || user.is_zero()) return it->second;
  const Entity entity = sync::read_entity(rows_, Kind::kUser, user);
  if (const auto* state = entity.as<UserState>())
    it->second = {state->login, entity.personal.text(PersonalField::kName)};
  return it->second;
}

const std::string& People::by_login(const std::string& login, SiteNo site) {
  const auto [it, fresh] = logins_.try_emplace(Place{site, login});
  if (fresh && !login.empty())
    it->second = user_by_login(rows_, login, site).personal.text(PersonalField::kName);
  return it->second;
}

const std::string& People::by_agent(const std::string& agent, SiteNo site) {
  const auto [it, fresh] = agents_.try_emplace(Place{site, agent});
  if (fresh && !agent.empty()) it->second = find_agent(agent, site);
  return it->second;
}

std::string People::find_agent(const std::string& agent, SiteNo site) {
  if (!users_) users_ = all_users(rows_);
  for (const Entity& entity : *users_) {
    const auto& user = *entity.as<UserState>();
    if (works_at(user, site) && agent_name(user) == agent)
      return entity.personal.text(PersonalField::kName);
  }
  return {};
}

}  // namespace opora::app
