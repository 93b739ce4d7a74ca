// The hub's side of the link without sockets: which connection becomes whose session, one session a
// site, what each of them is told. Owned by whoever has the connections (HubReplicator, the
// simulator); one thread; the ports, the host, the directory and the transport outlive it.
//
// A bounded number of sites catch up at once with a full window; the others get one batch at a time
// until it is their turn, so that what waits here stays bounded when a region comes back.
//
// Sites are who their keys are: PeerDirectory says which site a key belongs to, what a Hello claims
// is only compared.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sync/exchange/session_driver.h"

namespace opora::sync {

// Behind by more than this is a catch-up: more than a busy site makes in some minutes.
inline constexpr std::uint64_t kCatchUpRecords = 1'000;
// Sites that catch up with a full window: 16 MiB wait at the engine at most, less than half a
// second's work, and a few fill any line.
inline constexpr std::size_t kMaxCatchUps = 8;
// What the others may have under way: they go on, a batch at a time.
inline constexpr std::uint32_t kWaitingWindow = protocol::kMaxBatchBytes;

// One connection as the transport names it. Never an identity.
using Route = Bytes;

class HubTransport {
 public:
  virtual ~HubTransport() = default;
  // False: the connection is gone or does not keep up.
  virtual bool send(const Route& route, const Bytes& frame) = 0;
  // Ends every connection (one alone cannot be ended) and listens again; the sites come back by
  // themselves. After an error nothing is served until it succeeds.
  virtual Status end_all() = 0;
};

class HubExchange {
 public:
  HubExchange(std::string software, const LinkPorts& ports, const PeerDirectory& directory,
              LoopHost host, HubTransport& transport);

  // A frame, with the key that its connection has proved.
  void frame(const Route& route, const LinkKey& key, std::string_view bytes);
  // A stream to a site (kHubSite: to all of them) has grown, and it is synced.
  void appended(StreamKind stream, SiteNo site);
  // The directory no longer names the site's old key: ends its session and every connection.
  void revoked(SiteNo site);
  // Something was decided about this site: its session ends and the next one says so.
  void renew(SiteNo site);
  // Lets timers act, forgets what has ended. Call it after everything above and at wake_at().
  void tick();
  std::optional<MonoMs> wake_at() const;
  // Says goodbye to every site.
  void stop();

 private:
  struct Peer {
    std::shared_ptr<SessionDriver> driver;
    std::optional<MonoMs> timer;  // as it stands in timers_
  };

  // An opening of a site's store that was kept out because another one's session lives.
  struct Refused {
    IncarnationId incarnation;
    MonoMs at;  // first
    bool told;  // the alarm was raised
  };

  void admit(const Route& route, const LinkKey& key, std::string_view bytes);
  std::optional<protocol::CloseReason> make_room(SiteNo site, const protocol::Hello& hello);
  bool proven_doubled(SiteNo site, const IncarnationId& arriving, MonoMs heard_at);
  void begin_session(const Route& route, SiteNo site, protocol::Frame hello);
  void send_bye(const Route& route, const protocol::Frame& to, protocol::CloseReason reason);
  void end_all();
  void admit_catch_ups();
  void settle();

  std::string software_;
  LinkPorts ports_;
  const PeerDirectory& directory_;
  LoopHost host_;
  HubTransport& transport_;
  std::unordered_map<Route, Peer> peers_;
  std::map<SiteNo, Route> by_site_;
  std::set<std::pair<MonoMs, Route>> timers_;
  std::vector<Route> changed_;  // sessions that stepped since the last settle()
  std::optional<MonoMs> end_all_at_;
  std::map<SiteNo, Refused> refused_;
  std::set<SiteNo> catching_up_;  // with a full window
  MonoMs admitted_at_;
};

}  // namespace opora::sync
