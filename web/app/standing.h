// How a user stands at this place: the word of where the user was made, and above it the word of
// this site on a user of the region (UserOverruled: shut out here, or let in by a password of the
// site's own). Whoever lets somebody in asks here. Pure reading; any thread.
#pragma once

#include <optional>
#include <string>

#include "web/app/context.h"

namespace opora::app {

struct Standing {
  bool disabled = false;
  std::string password_hash;  // the one that counts here; empty: none
  // When this site itself last vouched for a user of the region, by setting a password.
  std::optional<TimeMs> vouched;
  bool overruled = false;  // this site has a word of its own
};
// Of an entity of kind user that exists.
Standing standing_of(const Context& context, const sync::Reader& rows,
                     const protocol::Entity& user);

}  // namespace opora::app
