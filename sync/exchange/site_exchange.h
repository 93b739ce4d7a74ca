// A site's side of the link without sockets: keeps one session with the hub, and begins the next
// one when it ends. Owned by whoever has the connection (NodeReplicator, the simulator); one
// thread; the ports, the host and the transport outlive it.
//
// A cut costs at most one second of waiting (20 ms growing to 2 s, half of it random) once the hub
// can be reached again.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sync/exchange/session_driver.h"

namespace opora::sync {

// The one connection of a site; what happens to it is told to the exchange.
class SiteTransport {
 public:
  virtual ~SiteTransport() = default;
  // Begins to connect, in the background. Only after close(), or first.
  virtual Status open() = 0;
  // False: the connection is gone or does not keep up.
  virtual bool send(const Bytes& frame) = 0;
  // The end of this connection; what was sent may still leave for a moment.
  virtual void close() = 0;
};

class SiteExchange {
 public:
  SiteExchange(SiteNo self, std::string software, const LinkPorts& ports, LoopHost host,
               SiteTransport& transport);

  // What the connection says, in its order.
  void connected();
  void disconnected();
  void failed(const std::string& why);  // an attempt failed; the next one follows by itself
  void frame(std::string_view bytes);

  // A stream of ours has grown, and it is synced.
  void appended(StreamKind stream);
  // Opens the connection when it is time, lets timers act, ends what has ended. Call it after
  // everything above and at wake_at().
  void tick();
  std::optional<MonoMs> wake_at() const;
  // Says goodbye.
  void stop();

  bool has_session() const { return driver_ != nullptr; }

 private:
  void end_attempt(const std::string& why);
  void report(const std::string& why);

  SiteNo self_;
  std::string software_;
  LinkPorts ports_;
  LoopHost host_;
  SiteTransport& transport_;
  std::shared_ptr<SessionDriver> driver_;
  bool open_ = false;
  MonoMs open_at_;
  MonoMs up_since_;
  std::int64_t backoff_ms_;
  std::string reported_;
};

}  // namespace opora::sync
