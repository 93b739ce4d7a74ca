// The one door: who asks, and may they. Every handler starts with authorize(); nothing else looks
// at cookies, tokens or roles (A7, deny by default: protocol/domain/access.h).
#pragma once

#include <optional>
#include <string>

#include "protocol/domain/state.h"
#include "web/app/context.h"
#include "web/app/known_users.h"
#include "web/server/http.h"

namespace opora::app {

// Error: kUnauthenticated (no or dead session, unknown token, user disabled or not of this site),
// kLeaseExpired (a user of the region, of which nothing was heard for too long), kDenied (role, or
// a change without the session's CSRF token).
Result<User> authorize(const Context& context, const web::Request& request,
                       protocol::Action action);
// Signed in, whatever the role (for reading one's own session and for signing out).
Result<User> authenticate(const Context& context, const web::Request& request);
bool may(const Context& context, const User& user, protocol::Action action);

// What a live stream of this user, who has just been let in, is opened with.
LivePass live_pass(const web::Request& request, const User& user);
// Whether it would be opened today: the session or token, the password and the roles are still
// those. Does not count as a sign of life of the session. Any thread.
bool still_good(const Context& context, const LivePass& pass);

// kLeaseExpired for a user of the region when the lease on its word has run out and this site has
// not vouched for the user lately.
Status check_lease(const Context& context, SiteNo origin, std::optional<TimeMs> vouched);

}  // namespace opora::app
