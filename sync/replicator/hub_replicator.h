// The hub's side of the link: one session per connected site, and the enrolment of new ones. Owned
// by main; a thread of its own between start() and stop() (and one for authentication); the ports
// outlive it.
//
// Sites are who their keys are: PeerDirectory says which site a key belongs to, what a Hello claims
// is only compared.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/link/router.h"
#include "protocol/link/zap.h"
#include "sync/replicator/enrol_server.h"
#include "sync/replicator/session_driver.h"

namespace opora::sync {

struct HubLinkOptions {
  std::string link_endpoint;  // "tcp://0.0.0.0:7700", "tcp://127.0.0.1:*"
  std::string enrol_endpoint;
  protocol::LinkKeyPair keys;
  std::string software;  // printable ASCII
};

class HubReplicator {
 public:
  HubReplicator(const protocol::LinkContext& context, HubLinkOptions options,
                const LinkPorts& ports, const PeerDirectory& directory, EnrolmentDesk& desk);
  ~HubReplicator();
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

  // Where it listens; known after start().
  std::string link_endpoint() const;
  std::string enrol_endpoint() const;

 private:
  using Route = protocol::RouteId;
  struct Peer {
    std::shared_ptr<SessionDriver> driver;
    std::optional<MonoMs> timer;  // as it stands in timers_
  };

  Status bind();
  void run();
  void read_frames();
  void on_frame(const protocol::RoutedFrame& frame);
  void admit(const protocol::RoutedFrame& routed);
  bool make_room(SiteNo site, const protocol::Hello& hello);
  void begin_session(const Route& route, SiteNo site, protocol::Frame hello);
  void send_bye(const Route& route, const protocol::Frame& to, protocol::CloseReason reason);
  void on_appended(StreamKind stream, SiteNo site);
  void on_revoked(SiteNo site);
  void rebind();
  void tick();
  void settle();
  void say_goodbye();
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
  std::unordered_map<Route, Peer> peers_;
  std::map<SiteNo, Route> by_site_;
  std::set<std::pair<MonoMs, Route>> timers_;
  std::vector<Route> changed_;  // sessions that stepped since the last settle()
  std::optional<MonoMs> rebind_at_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace opora::sync
