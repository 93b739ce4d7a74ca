// Reading what an administrator says of a user, and what becomes of the user by it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/domain/access.h"
#include "protocol/domain/decide.h"

namespace opora::app {

// A user as a request describes it; in a change, what is left out stays.
struct UserForm {
  std::optional<std::string> login;  // only of a new user: a login is for ever
  std::optional<std::string> name;
  std::optional<std::string> password;
  std::optional<protocol::Roles> roles;
  std::optional<std::vector<SiteNo>> sites;
  std::optional<std::string> agent;  // empty: none any more
  std::optional<DeskNo> desk;        // 0: none any more
  std::optional<bool> disabled;
  std::optional<std::vector<std::string>> skills;  // groups of topics; none: all of them
};

// From which day to which somebody is away; without days: there again. Errors as above.
Result<protocol::Absence> read_absence(const std::string& body);

// Errors: kInvalid with the field's name. A node makes only users of its own: naming other sites is
// refused, and naming none or itself says the same. At the hub a user without sites works there.
Result<UserForm> read_new_user(SiteNo here, const std::string& body);
Result<UserForm> read_user_change(SiteNo here, const std::string& body);

// `password_hash` in place of the form's password.
protocol::ChangeUser new_user(const UserForm& form,
                              const std::optional<std::string>& password_hash);
// kInvalid "password" when the user that comes out could not or must not have one: people sign in
// by a password, programs by a token. A user who is a program no longer loses the token.
Result<protocol::ChangeUser> changed_user(const protocol::Entity& user, const UserForm& form,
                                          const std::optional<std::string>& password_hash);
protocol::ChangeUser unchanged_user(const protocol::UserState& user);

// What was granted by a sign-in before the change does not hold any more.
bool ends_sessions(const UserForm& form);

}  // namespace opora::app
