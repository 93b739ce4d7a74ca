// A site's API without a socket: a store in memory, a real engine, the routes of web/app, and a
// clock that the test moves. Handlers are called as the server would call them; send() waits for
// the answer. A hub beside it makes the region's users, whose records arrive as the link would
// bring them.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "tests/support/moved_clock.h"
#include "tests/support/region.h"
#include "web/app/context.h"
#include "web/app/known_users.h"
#include "web/app/login_guard.h"
#include "web/server/router.h"

namespace opora::app {

struct Answer {
  int status = 0;
  std::string body;
  std::map<std::string, std::string> headers;
  // Of a problem; empty for anything else.
  std::string code() const;
  // The text of a member of the answer's top level or of the first object that has it.
  std::string member(const std::string& name) const;
  // How many members have this name, wherever they stand.
  std::size_t count(const std::string& name) const;
};

// Who asks: a browser with a session, or a program.
struct Browser {
  std::string cookie;
  std::string csrf;
  std::string token;
};

// A user as the hub or the site makes one.
struct Person {
  std::string login;
  protocol::Roles roles;
  std::string password;
};
inline Person operator_of(const std::string& login) {
  return {login, protocol::roles_of({protocol::Role::kOperator}), "secret-of-" + login};
}

class AppSite {
 public:
  static constexpr SiteNo kSite{17};
  explicit AppSite(Days lease = kDefaultLease);
  ~AppSite();
  AppSite(const AppSite&) = delete;
  AppSite& operator=(const AppSite&) = delete;

  testing::MovedClock& clock() { return clock_; }
  const Context& context() const { return context_; }
  testing::TestSite& hub() { return hub_; }
  sync::MemoryStore& store() { return store_; }

  // The region is heard of now; nothing else tells the lease.
  void hear_region() { heard_ = clock_.now().v; }

  AggregateId make_local(const Person& person);
  // Made or changed at the hub, and arrived here.
  AggregateId make_regional(const Person& person);
  void change_regional(const AggregateId& id, protocol::ChangeUser user);
  // Of a user who is there, with nothing changed.
  protocol::ChangeUser unchanged(const AggregateId& id);
  // A program of the hub with this token.
  AggregateId make_regional_program(const std::string& login, const std::string& token);

  // What the region says to everybody, arrived here.
  void learn(sync::Command command);
  // One topic, "appointment".
  void learn_rubricator();

  Answer sign_in(const std::string& login, const std::string& password);
  // Signed in, or the test fails.
  Browser browser(const Person& person);
  Answer get(const Browser& who, const std::string& target);
  Answer change(const Browser& who, web::Method method, const std::string& target,
                const std::string& body);

  // Runs a command of the tests' vocabulary.
  sync::Answer run(sync::Command command);

 private:
  class Observer final : public sync::EngineObserver {
   public:
    Observer(KnownUsers& known, Live& live) : known_(known), live_(live) {}
    void on_committed(const Committed& committed) override;

   private:
    KnownUsers& known_;
    Live& live_;
  };
  Answer send(web::Request request);
  // Everything of the hub, as one of its streams to this site.
  void deliver(sync::Stream stream);
  void deliver_entries(sync::Stream stream);
  Context make_context(Days lease);

  testing::MovedClock clock_{testing::kMorning};
  testing::ManualClock hub_clock_;
  testing::SeededRandom random_{7};
  testing::TestSite hub_{kHubSite, hub_clock_};
  sync::MemoryStore store_;
  KnownUsers known_users_;
  Live live_;
  Observer observer_{known_users_, live_};
  std::unique_ptr<sync::Engine> engine_;
  Sessions sessions_;
  LoginGuard login_guard_;
  ReadMemory read_memory_;
  Worker worker_;
  std::atomic<std::int64_t> heard_{0};
  Context context_;
  web::Router router_;
  int keys_ = 0;
};

}  // namespace opora::app
