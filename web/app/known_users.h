// Users recognised by a program's token since users last changed: a program sends many requests a
// second, and reading its user from the store each time would be most of their cost. The owner
// tells it of every change of a user before the change is answered, so that a revocation ends a
// token at once. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "protocol/base/ids.h"
#include "protocol/domain/access.h"
#include "protocol/domain/state.h"

namespace opora::app {

struct User {
  AggregateId id;
  SiteNo origin;  // where the user was made: here, or at the hub
  std::string login;
  std::string name;
  protocol::Roles roles;
  std::string agent;
  DeskNo desk;
  std::string session;  // hash of the session's token; empty for a program
};

class KnownUsers {
 public:
  // A site has a handful of programs: its telephone system, a few scripts.
  static constexpr std::size_t kMaxKnown = 64;
  // Counts the changes of users. Ask before the store is read.
  using Generation = std::uint64_t;

  Generation generation() const;
  std::optional<User> find(const std::string& token_hash) const;
  // Does nothing when users changed since `generation`: what was read may be of before.
  void remember(Generation generation, const std::string& token_hash, const User& user);
  // A change of anything that says who may come in; other kinds are passed over.
  void changed(protocol::Kind kind);

 private:
  mutable std::mutex mutex_;
  Generation generation_ = 0;
  std::map<std::string, User> by_token_;
};

}  // namespace opora::app
