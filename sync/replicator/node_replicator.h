// A node's side of the link: keeps one session with the hub, and starts the next one when it ends.
// Owned by main; a thread of its own between start() and stop(); the ports outlive it.
//
// A cut costs at most one second of waiting (backoff 20 ms growing to 2 s, with jitter) once the
// hub can be reached again.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "protocol/link/dealer.h"
#include "sync/replicator/session_driver.h"

namespace opora::sync {

struct NodeLinkOptions {
  std::string hub_endpoint;  // "tcp://host:7700"
  LinkKey hub_key;
  protocol::LinkKeyPair keys;
  SiteNo site;
  std::string software;  // printable ASCII
};

class NodeReplicator {
 public:
  NodeReplicator(const protocol::LinkContext& context, NodeLinkOptions options,
                 const LinkPorts& ports);
  ~NodeReplicator();
  NodeReplicator(const NodeReplicator&) = delete;
  NodeReplicator& operator=(const NodeReplicator&) = delete;

  // kInvalid for an endpoint that cannot be one.
  Status start();
  // Says goodbye and waits for the thread. No port is called afterwards.
  void stop();
  // A stream of ours has grown, and it is synced. Any thread.
  void notify_appended(StreamKind stream);

 private:
  void run();
  void open();
  void read_connection();
  void begin_session();
  void end_attempt(const std::string& why);
  void report(const std::string& why);
  void tick();
  int timeout_ms() const;

  const protocol::LinkContext& context_;
  NodeLinkOptions options_;
  LinkPorts ports_;
  std::shared_ptr<Inbox> inbox_;
  std::unique_ptr<protocol::Dealer> dealer_;
  std::shared_ptr<SessionDriver> driver_;
  MonoMs open_at_;
  MonoMs up_since_;
  std::int64_t backoff_ms_;
  std::string reported_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace opora::sync
