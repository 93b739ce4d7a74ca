// The ZAP handler: ZeroMQ asks it about every CURVE connection that a server socket of the context
// is offered. Owned by the hub's main; answers on a thread of its own.
//
// CURVE without a handler takes any key. So: this one is bound before any server socket, proves
// that it answers (start), and every server socket enforces its domain, which shuts everybody out
// when no handler answers.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "protocol/base/result.h"
#include "protocol/link/socket.h"
#include "protocol/link/wakeup.h"

namespace opora::protocol {

class ZapHandler {
 public:
  // Called on the handler's thread; must not block.
  using Allow = std::function<bool(std::string_view domain, const LinkKey& key)>;

  ZapHandler(const LinkContext& context, Allow allow);
  ~ZapHandler();
  ZapHandler(const ZapHandler&) = delete;
  ZapHandler& operator=(const ZapHandler&) = delete;

  // Binds, then asks itself as ZeroMQ would. kUnavailable when the context has another handler or
  // the proof fails.
  Status start();
  void stop();
  // Asks the handler of the context: a key that nobody has must be refused, the handler's own probe
  // accepted.
  Status prove() const;

 private:
  void run();
  bool answer_one();
  bool allowed(std::string_view domain, std::string_view mechanism, std::string_view key) const;

  const LinkContext& context_;
  Allow allow_;
  LinkKey probe_;  // known to this object only
  Socket socket_;
  Wakeup wakeup_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Connects to a bound server socket with a key made on the spot, which nobody can know: succeeds
// only when the connection is refused for its key. The last check before serving, on the very
// socket that will serve.
Status prove_strangers_refused(const LinkContext& context, const std::string& endpoint,
                               const LinkKey& server_key);

}  // namespace opora::protocol
