// Postman: tells the applicants of this site's tickets by mail (A15). Carries what the mailroom
// (mailroom.h) has to the relay, and what came of it to the engine. One thread calls turn(); the
// rest from any.
#pragma once

#include <atomic>

#include "node/mail/mailroom.h"
#include "sync/engine/engine.h"
#include "web/app/metrics_page.h"

namespace opora::node {

class Postman {
 public:
  // How late a letter may go after what it tells of.
  static constexpr int kEveryMs = 1'000;

  // No relay: null. All outlive the postman.
  Postman(const sync::Store& store, sync::Engine& engine, const Clock& clock, Random& random,
          Mailroom::Settings settings, std::unique_ptr<Relay> relay);

  void turn();
  // From any thread: the turn under way ends soon.
  void stop();

  const Mailroom& mailroom() const { return mailroom_; }
  void add_metrics(app::MetricsPage& page) const;

 private:
  void send(const OutgoingLetter& letter);
  // Waits for its answer.
  void run(sync::Command command);

  sync::Engine& engine_;
  const std::unique_ptr<Relay> relay_;
  Mailroom mailroom_;
  std::atomic<bool> stopping_{false};
};

}  // namespace opora::node
