// The hub's side of the link: runs a HubExchange over CURVE connections, and the enrolment of new
// sites. Owned by main; a thread of its own between start() and stop() (and one for
// authentication); the ports outlive it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "protocol/link/router.h"
#include "protocol/link/zap.h"
#include "sync/exchange/hub_exchange.h"
#include "sync/replicator/enrol_server.h"

namespace opora::sync {

struct HubLinkOptions {
  std::string link_endpoint;  // "tcp://0.0.0.0:7700", "tcp://127.0.0.1:*"
  std::string enrol_endpoint;
  protocol::LinkKeyPair keys;
  std::string software;  // printable ASCII
};

class HubReplicator final : HubTransport {
 public:
  HubReplicator(const protocol::LinkContext& context, HubLinkOptions options,
                const LinkPorts& ports, const PeerDirectory& directory, EnrolmentDesk& desk);
  ~HubReplicator() override;
  HubReplicator(const HubReplicator&) = delete;
  HubReplicator& operator=(const HubReplicator&) = delete;

  // Binds, proves that strangers are refused, and only then serves. An error means that nothing
  // serves.
  Status start();
  // Says goodbye to every site and waits for the threads. No port is called afterwards.
  void stop();

  // A stream to a site (to all sites: kCommon, kCommonKeys; the peer is ignored) has grown, synced.
  // Any thread.
  void notify_appended(StreamKind stream, SiteNo peer);
  // The directory no longer names the site's old key: ends its session and every connection of that
  // key. The other sites reconnect. Any thread.
  void revoke(SiteNo site);

  // Something was decided about this site: its session ends and the next one says so. Any thread.
  void renew(SiteNo site);

  // Where it listens; known after start().
  std::string link_endpoint() const;
  std::string enrol_endpoint() const;

 private:
  // HubTransport, called by the exchange on its thread.
  bool send(const Route& route, const Bytes& frame) override;
  Status end_all() override;

  Status bind();
  void run();
  void read_frames();
  int timeout_ms() const;

  HubLinkOptions options_;
  LinkPorts ports_;
  const PeerDirectory& directory_;
  const protocol::LinkContext& context_;
  EnrolmentDesk& desk_;
  std::shared_ptr<Inbox> inbox_;
  protocol::ZapHandler zap_;
  std::unique_ptr<protocol::Router> router_;
  std::unique_ptr<EnrolServer> enrol_;
  std::optional<HubExchange> exchange_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace opora::sync
