// Connection: an Asterisk over ARI as CallControl. Owned by whoever wires the site; start() and
// stop() are theirs. Two threads of its own:
//
// - the listener has the WebSocket: connects, looks at all channels, then tells each event. It does
//   nothing else while it is connected, for a reader that stalls is cut off (trap 10).
// - the sender has REST: requests one after the other, in the order of the queue's steps.
//
// States: away → (WebSocket, filter, GET /channels) → hears → (closed, replaced, no echo in time)
// → away. LinkLost is told when it goes away, Reconciled before the first event when it hears
// again. Requests are sent in both: REST answers while no WebSocket is open.
//
// With a lease (a guard stands behind this node) requests wait while it does not hold; the look
// that follows takes those of callers who have gone to the PBX's own queue out of what waits. One
// that was under way when the process stopped is the only one that may be sent later.
//
// Limits. kMaxRequests wait for the PBX; what is beyond is dropped and the PBX looked at again when
// it is through. A request is tried three times; one that is not done is an event when it dials,
// and else a look. No request, number or name is logged, only methods, the first word of a path and
// status.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "node/telephony/ari/lease.h"
#include "node/telephony/ari/pulse.h"
#include "node/telephony/ari/translator.h"
#include "node/telephony/call_control.h"
#include "web/client/http_client.h"
#include "web/client/ws_client.h"

namespace opora::telephony::ari {

// 300 calls that each have a step at once.
inline constexpr std::size_t kMaxRequests = 5'000;
inline constexpr int kTries = 3;
inline constexpr int kRetryMs = 100;

class Connection final : public CallControl {
 public:
  Connection(web::Remote pbx, const Settings& settings, PulseTimes times = {});
  ~Connection() override;  // stop()
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `heard` outlives stop().
  void start(CallEvents& heard);
  void stop();
  // Endpoints and sounds for another plan, before the shell has it. Any thread.
  void set_settings(Settings settings);
  // Whether events come.
  bool hears() const { return hears_; }

  // Before start(): the lease under which this node acts.
  void set_lease(Lease lease) { lease_ = lease; }
  // The guard is about to be told that this node lives; it was told. One thread.
  void lease_begins();
  void lease_told();

  bool can(Ability what) const override;
  void carry_out(const Commands& commands) override;
  void look_again() override { look_ = true; }
  void set_number(CallNo call, const std::string& number) override;

 private:
  void listen();
  Status connect();
  void hear();
  Status look();
  void reap();
  void dispatch(Translator::Heard heard);
  void beat();

  void send_all();
  void send(const Request& request);
  void push(Requests requests);
  void drop_those_of(const std::vector<std::string>& channels);
  bool may_send(const Request& request);
  // Nothing: stopping.
  std::optional<Request> next_request();
  bool pause(std::int64_t ms);  // false: stopping
  static TimeMs steady();
  void know_abilities(const Settings& settings);

  const web::Remote pbx_;
  const std::string app_;
  CallEvents* heard_ = nullptr;

  // The listener's.
  web::WsClient events_;
  web::HttpClient looks_;
  Pulse pulse_;
  // The sender's.
  web::HttpClient requests_;

  std::atomic<bool> look_{false};
  std::atomic<bool> hears_{false};
  std::atomic<bool> dials_out_{false};
  std::atomic<bool> reaches_region_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  Translator translator_;
  std::deque<Request> waiting_;
  Lease lease_;

  std::thread listener_;
  std::thread sender_;
};

}  // namespace opora::telephony::ari
