// Who is meant by an id, by a login and by an agent's name. Records hold those; people read names.
// Reads from one snapshot; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/domain/state.h"
#include "sync/journal/kv.h"
#include "web/app/known_users.h"

namespace opora::app {

// Local users work where they were made, the region's where the region says (design: password
// hashes go only where the user works).
bool works_at(const protocol::UserState& user, SiteNo site);

// The user who is meant by that login at a site; absent state when there is none. Users of other
// places may be known here under the same login: of two who work there the local one is meant, who
// was there first.
protocol::Entity user_by_login(const sync::Reader& rows, const std::string& login, SiteNo site);

// Everybody known here, who works elsewhere included.
std::vector<protocol::Entity> all_users(const sync::Reader& rows);

// As the telephone system knows the user: by the login who has no name in it.
const std::string& agent_name(const protocol::UserState& user);
const std::string& agent_name(const User& user);

// One answer's worth of looking up; what was asked once is remembered.
class People {
 public:
  struct Person {
    std::string login;
    std::string name;  // empty: nobody here knows it
  };
  explicit People(const sync::Reader& rows) : rows_(rows) {}

  // Both empty for the system and for users that are not known here.
  const Person& by_id(const AggregateId& user);
  // The names of those who are meant at a site; empty when nobody there is known by that.
  const std::string& by_login(const std::string& login, SiteNo site);
  const std::string& by_agent(const std::string& agent, SiteNo site);

 private:
  using Place = std::pair<SiteNo, std::string>;
  std::string find_agent(const std::string& agent, SiteNo site);

  const sync::Reader& rows_;
  std::map<AggregateId, Person> ids_;
  std::map<Place, std::string> logins_;
  std::map<Place, std::string> agents_;
  std::optional<std::vector<protocol::Entity>> users_;  // read when the first agent is asked for
};

}  // namespace opora::app
