// A region on the loopback: a hub, its sites, real sockets, stores in memory. For the tests of this
// folder.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sync/replicator/enrol_client.h"
#include "sync/replicator/hub_replicator.h"
#include "sync/replicator/node_replicator.h"
#include "tests/support/memory_streams.h"

namespace opora::sync::testing {

// Generous: the machine may be busy. Nothing waits longer than it must.
inline constexpr int kPatienceMs = 60'000;

inline bool eventually(const std::function<bool()>& holds, int patience_ms = kPatienceMs) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// Remembers everything that it is told.
class Witness final : public LinkObserver {
 public:
  void connected(SiteNo peer, const PeerInfo& info) override {
    const std::lock_guard lock(mutex_);
    up_[peer] = true;
    ++connections_[peer];
    software_ = info.software;
  }
  void disconnected(SiteNo peer, protocol::CloseReason reason, const std::string&) override {
    const std::lock_guard lock(mutex_);
    up_[peer] = false;
    reasons_.push_back(reason);
  }
  void unreachable(SiteNo, const std::string& text) override {
    const std::lock_guard lock(mutex_);
    troubles_.push_back(text);
  }
  void acked(SiteNo peer, StreamKind stream, StreamPos durable, StreamPos) override {
    const std::lock_guard lock(mutex_);
    acked_[{peer, stream}] = durable;
  }
  void peer_status(SiteNo peer, const PeerStatus& status) override {
    const std::lock_guard lock(mutex_);
    status_[peer] = status;
  }
  void alarm(SiteNo peer, AlarmCode code, const std::string&) override {
    const std::lock_guard lock(mutex_);
    alarms_.emplace_back(peer, code);
  }

  bool up(SiteNo peer) const { return get(up_, peer); }
  int connections(SiteNo peer) const { return get(connections_, peer); }
  StreamPos acked(SiteNo peer, StreamKind stream) const {
    return get(acked_, std::pair(peer, stream));
  }
  PeerStatus status(SiteNo peer) const { return get(status_, peer); }
  std::string software() const {
    const std::lock_guard lock(mutex_);
    return software_;
  }
  bool alarmed(SiteNo peer, AlarmCode code) const {
    const std::lock_guard lock(mutex_);
    return std::find(alarms_.begin(), alarms_.end(), std::pair(peer, code)) != alarms_.end();
  }
  bool closed_for(protocol::CloseReason reason) const {
    const std::lock_guard lock(mutex_);
    return std::find(reasons_.begin(), reasons_.end(), reason) != reasons_.end();
  }
  std::size_t alarms() const {
    const std::lock_guard lock(mutex_);
    return alarms_.size();
  }
  std::string last_trouble() const {
    const std::lock_guard lock(mutex_);
    return troubles_.empty() ? std::string() : troubles_.back();
  }

 private:
  template <class Map, class Key>
  typename Map::mapped_type get(const Map& map, const Key& key) const {
    const std::lock_guard lock(mutex_);
    const auto it = map.find(key);
    return it == map.end() ? typename Map::mapped_type{} : it->second;
  }

  mutable std::mutex mutex_;
  std::map<SiteNo, bool> up_;
  std::map<SiteNo, int> connections_;
  std::map<std::pair<SiteNo, StreamKind>, StreamPos> acked_;
  std::map<SiteNo, PeerStatus> status_;
  std::vector<std::pair<SiteNo, AlarmCode>> alarms_;
  std::vector<protocol::CloseReason> reasons_;
  std::vector<std::string> troubles_;
  std::string software_;
};

class Directory final : public PeerDirectory {
 public:
  std::optional<SiteNo> site_of(const LinkKey& key) const override {
    const std::lock_guard lock(mutex_);
    const auto it = sites_.find(key);
    return it == sites_.end() ? std::nullopt : std::optional<SiteNo>(it->second);
  }
  void allow(const LinkKey& key, SiteNo site) {
    const std::lock_guard lock(mutex_);
    sites_[key] = site;
  }
  void forbid(const LinkKey& key) {
    const std::lock_guard lock(mutex_);
    sites_.erase(key);
  }

 private:
  mutable std::mutex mutex_;
  std::map<LinkKey, SiteNo> sites_;
};

// One code per site; good once, or again with the same key.
class Desk final : public EnrolmentDesk {
 public:
  explicit Desk(Directory& directory) : directory_(directory) {}
  void issue(SiteNo site, const EnrolSecret& secret) { codes_[secret] = {site, std::nullopt}; }
  void enrol(SiteNo site, const EnrolSecret& secret, const LinkKey& key,
             std::function<void(Answer)> done) override {
    ++asked;
    done(decide(site, secret, key));
  }
  std::atomic<int> asked{0};

 private:
  struct Issued {
    SiteNo site;
    std::optional<LinkKey> key;
  };
  Answer decide(SiteNo site, const EnrolSecret& secret, const LinkKey& key) {
    const auto it = codes_.find(secret);
    if (it == codes_.end() || it->second.site != site) {
      return protocol::Refused{protocol::EnrolRefusal::kUnknownCode};
    }
    if (it->second.key && it->second.key != key)
      return protocol::Refused{protocol::EnrolRefusal::kUsed};
    it->second.key = key;
    directory_.allow(key, site);
    return protocol::Enrolled{site, "Больница № 1", "Europe/Moscow", {{DeskNo{1}, "Регистратура"}}};
  }
  Directory& directory_;
  std::map<EnrolSecret, Issued> codes_;
};

class Hub {
 public:
  Hub() : desk(directory) {}
  ~Hub() { stop(); }

  Status start(const std::string& link = "tcp://127.0.0.1:*") {
    replicator = std::make_unique<HubReplicator>(
        context, HubLinkOptions{link, "tcp://127.0.0.1:*", keys, "hub 1.0"},
        LinkPorts{streams, streams, witness, clock, random}, directory, desk);
    const Status status = replicator->start();
    if (status.ok()) endpoint = replicator->link_endpoint();
    return status;
  }
  void stop() { replicator.reset(); }
  // The same place, after a restart of the process.
  Status restart() {
    stop();
    Status status = start(endpoint);
    while (!status.ok()) {  // the old listener may still be closing
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      status = start(endpoint);
    }
    return status;
  }
  void append(StreamKind stream, SiteNo site, Bytes bytes) {
    streams.append(stream, site, std::move(bytes));
    if (replicator) replicator->notify_appended(stream, site);
  }

  protocol::LinkKeyPair keys = protocol::generate_link_keys();
  protocol::LinkContext context;
  SystemClock clock;
  SystemRandom random;
  MemoryStreams streams;
  Witness witness;
  Directory directory;
  Desk desk;
  std::string endpoint;
  std::unique_ptr<HubReplicator> replicator;
};

class Site {
 public:
  explicit Site(std::uint32_t number, std::uint8_t incarnation = 1)
      : no(number), streams(incarnation) {}
  ~Site() { stop(); }

  Status start(const std::string& endpoint, const LinkKey& hub_key) {
    replicator = std::make_unique<NodeReplicator>(
        context, NodeLinkOptions{endpoint, hub_key, keys, no, "node 1.0"},
        LinkPorts{streams, streams, witness, clock, random});
    return replicator->start();
  }
  // Enrolled beforehand.
  Status join(Hub& hub) {
    hub.directory.allow(keys.public_key, no);
    return start(hub.endpoint, hub.keys.public_key);
  }
  void stop() { replicator.reset(); }
  void append(Bytes bytes) {
    streams.append(StreamKind::kJournal, kHubSite, std::move(bytes));
    if (replicator) replicator->notify_appended(StreamKind::kJournal);
  }
  bool up() const { return witness.up(kHubSite); }
  StreamPos acked() const { return witness.acked(kHubSite, StreamKind::kJournal); }

  SiteNo no;
  protocol::LinkKeyPair keys = protocol::generate_link_keys();
  protocol::LinkContext context;
  SystemClock clock;
  SystemRandom random;
  MemoryStreams streams;
  Witness witness;
  std::unique_ptr<NodeReplicator> replicator;
};

}  // namespace opora::sync::testing
