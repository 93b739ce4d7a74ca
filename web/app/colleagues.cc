#include "web/app/colleagues.h"

#include "protocol/domain/due_rows.h"
#include "protocol/domain/fold.h"
#include "sync/projection/projection.h"
#include "web/app/people.h"

namespace opora::app {

using protocol::Absence;
using protocol::Colleague;
using protocol::Entity;
using protocol::Kind;
using protocol::UserState;

namespace {

// A site's word on a user of the region; null: it has none.
std::optional<protocol::OverruleState> word_of(const sync::Reader& rows, const Entity& user,
                                               SiteNo site) {
  if (user.as<UserState>()->origin == site) return std::nullopt;
  const auto word =
      sync::read_entity(rows, Kind::kOverrule, protocol::overrule_aggregate(site, user.id));
  const auto* overrule = word.as<protocol::OverruleState>();
  return overrule == nullptr ? std::nullopt : std::optional(*overrule);
}

Colleague as_colleague(const Context& context, const sync::Reader& rows, const Entity& entity,
                       SiteNo site) {
  const auto& user = *entity.as<UserState>();
  const auto word = word_of(rows, entity, site);
  const Absence absence = absence_today(context, rows, entity, site);
  return {user.login, protocol::Roles{user.roles}, user.disabled || (word && word->disabled),
          absence.from.v != 0, absence.substitute};
}

}  // namespace

Absence absence_told(const sync::Reader& rows, const Entity& user, SiteNo site) {
  const auto word = word_of(rows, user, site);
  if (word && word->absence.from.v != 0) return word->absence;
  return user.as<UserState>()->absence;
}

// Away by either word is away: the region's stands where the site's is over.
Absence absence_today(const Context& context, const sync::Reader& rows, const Entity& user,
                      SiteNo site) {
  const auto today = context.zone.day_of(context.clock.now());
  const auto word = word_of(rows, user, site);
  if (word && absent_on(word->absence, today)) return word->absence;
  const Absence& regions = user.as<UserState>()->absence;
  return absent_on(regions, today) ? regions : Absence{};
}

Colleague colleague(const Context& context, const sync::Reader& rows, const std::string& login,
                    SiteNo site) {
  const Entity entity = user_by_login(rows, login, site);
  if (!entity.exists()) return {login};
  return as_colleague(context, rows, entity, site);
}

std::vector<Colleague> colleagues(const Context& context, const sync::Reader& rows, SiteNo site) {
  std::vector<Colleague> out;
  for (const Entity& entity : all_users(rows))
    if (works_at(*entity.as<UserState>(), site))
      out.push_back(as_colleague(context, rows, entity, site));
  return out;
}

std::int64_t open_tickets(const sync::Reader& rows, SiteNo site, const std::string& login) {
  const auto cell = rows.get(sync::Table::kCube, protocol::keys::load_of(site, login));
  if (!cell) return 0;
  return protocol::counters_of(*cell)[static_cast<std::size_t>(protocol::Counter::kReceived)];
}

}  // namespace opora::app
