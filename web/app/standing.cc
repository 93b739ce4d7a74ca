#include "web/app/standing.h"

#include "protocol/domain/fold.h"
#include "sync/projection/projection.h"

namespace opora::app {

using protocol::Kind;
using protocol::PersonalField;

Standing standing_of(const Context& context, const sync::Reader& rows,
                     const protocol::Entity& user) {
  const auto& state = *user.as<protocol::UserState>();
  Standing out;
  out.disabled = state.disabled;
  out.password_hash = user.personal.text(PersonalField::kPasswordHash);
  if (state.origin == context.site) return out;
  const auto word =
      sync::read_entity(rows, Kind::kOverrule, protocol::overrule_aggregate(context.site, user.id));
  const auto* overrule = word.as<protocol::OverruleState>();
  if (overrule == nullptr) return out;
  const bool password = !user.erased && password_stands(*overrule, user.personal);
  out.disabled = out.disabled || overrule->disabled;
  out.overruled = overrule->disabled || password;
  if (password) {
    out.password_hash = word.personal.text(PersonalField::kPasswordHash);
    out.vouched = overrule->password_at;
  }
  return out;
}

}  // namespace opora::app
