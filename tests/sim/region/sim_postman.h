// The postman of a simulated site: the production mailroom, a relay that is slow, refuses, breaks
// off, and takes what it never says that it took. Belongs to one run of a daemon, and is silent
// when that is dead. Planted mistakes of postmen stand here, between mailroom and relay.
#pragma once

#include <functional>

#include "tests/sim/region/letters.h"

namespace opora::sim {

class SimPostman {
 public:
  struct Ports {
    const sync::Store& store;
    const sync::Vault& vault;
    const Clock& clock;
    Random& random;
    LetterBook& book;
    // What is under way, of this run of the daemon only.
    std::function<void(std::int64_t delay_ms, std::function<void()> job)> later;
    std::function<void(sync::Command)> submit;
    std::function<void(SiteNo, const node::OutgoingLetter&)> on_handed;
  };
  SimPostman(Sim& sim, SiteNo site, Ports ports);

  void start();

 private:
  using Then = std::function<void(const Result<sync::Answer>&)>;
  void turn();
  void go_on();
  void run(sync::Command command, const CommandId& id, Then then);
  void hand_over(const node::OutgoingLetter& letter);
  node::OutgoingLetter mistaken(node::OutgoingLetter letter);
  void hear(const node::OutgoingLetter& letter, std::size_t place, node::SmtpEnd end);

  Sim& sim_;
  const SiteNo site_;
  Ports ports_;
  const std::uint64_t life_;
  node::Mailroom mailroom_;
  std::string last_address_;  // planted
};

}  // namespace opora::sim
