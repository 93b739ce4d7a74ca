// A node's side of the link: runs a SiteExchange over a CURVE connection. Owned by main; a thread
// of its own between start() and stop(); the ports outlive it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "protocol/link/dealer.h"
#include "sync/exchange/site_exchange.h"
#include "sync/replicator/inbox.h"

namespace opora::sync {

struct NodeLinkOptions {
  std::string hub_endpoint;  // "tcp://host:7700"
  LinkKey hub_key;
  protocol::LinkKeyPair keys;
  SiteNo site;
  std::string software;  // printable ASCII
};

class NodeReplicator final : SiteTransport {
 public:
  NodeReplicator(const protocol::LinkContext& context, NodeLinkOptions options,
                 const LinkPorts& ports);
  ~NodeReplicator() override;
  NodeReplicator(const NodeReplicator&) = delete;
  NodeReplicator& operator=(const NodeReplicator&) = delete;

  // kInvalid for an endpoint that cannot be one.
  Status start();
  // Says goodbye and waits for the thread. No port is called afterwards.
  void stop();
  // A stream of ours has grown, and it is synced. Any thread. Costs nothing while the region is
  // away.
  void notify_appended(StreamKind stream);

 private:
  // SiteTransport, called by the exchange on its thread.
  Status open() override;
  bool send(const Bytes& frame) override;
  void close() override;

  void run();
  void note_session();
  void read_connection();
  int timeout_ms() const;

  const protocol::LinkContext& context_;
  NodeLinkOptions options_;
  LinkPorts ports_;
  std::shared_ptr<Inbox> inbox_;
  std::unique_ptr<protocol::Dealer> dealer_;
  std::optional<SiteExchange> exchange_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> in_session_{false};
  std::thread thread_;
};

}  // namespace opora::sync
