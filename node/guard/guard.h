// Guard: stands behind a node that drives the site's Asterisk. When the node has not said for its
// silence (beat.h) that it decides, the callers who wait for it go to the PBX's own queue, where
// they would be without a node; those who talk go on talking. Owned by main(), which calls turn()
// on one thread; it has no thread, no store and no WebSocket (a second one would take the node's
// events).
//
// Must hold: nothing is done while the node lives, which is looked at again before each caller; a
// caller is handed over once; a node that comes back is the one that decides, and the next time it
// falls silent is as the first. The node keeps its half by a lease (node/telephony/ari/lease.h): it
// sends nothing once the guard may act, before it has looked at what is left to it.
//
// Limits: kMaxChannels of message.h in a list; one request at a time, each with a deadline.
#pragma once

#include <string>

#include "node/guard/callers.h"
#include "node/guard/watch.h"
#include "node/telephony/ari/settings_file.h"
#include "web/client/http_client.h"

namespace opora::guard {

class Guard {
 public:
  // How often the PBX is asked whether it would do what the guard says, while there is nothing to
  // do: a password that was changed is found before it is needed.
  static constexpr std::int64_t kCheckEveryMs = 60'000;
  // How often the PBX is looked at while the node is dead.
  static constexpr std::int64_t kHandOverEveryMs = 1'000;

  Guard(telephony::ari::Access pbx, std::string beat_file);
  // Every Watch::kEveryMs. Times of a clock that only goes forward.
  void turn(TimeMs now);
  // From a signal's thread: a request under way ends.
  void stop() { pbx_.stop(); }

 private:
  Sight see(TimeMs now);
  void check();
  // As many as went.
  Result<std::size_t> hand_over(TimeMs now);
  Result<Channels> waiting();
  Result<std::string> get(const char* target);
  void say(const Status& reached);

  const telephony::ari::Access access_;
  const std::string beat_file_;
  web::HttpClient pbx_;
  Watch watch_;
  HandedOver handed_over_;
  Sight said_ = Sight::kNothing;
  bool begun_ = false;
  bool reached_ = true;
  TimeMs next_{};
};

}  // namespace opora::guard
