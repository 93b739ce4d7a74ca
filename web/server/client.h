// Internal: what an I/O thread keeps alive: an HTTP connection or a WebSocket session. Called on
// that thread only.
#pragma once

#include <cstdint>

#include "web/server/address_table.h"
#include "web/server/mailbox.h"

namespace opora::web {

class Client {
 public:
  virtual ~Client() = default;
  // Every few dozen ms: look at deadlines.
  virtual void tick(Millis now) = 0;
  virtual void deliver(Letter letter) = 0;
  // stop(): finish what is in flight, then go.
  virtual void drain() = 0;
  // Go now.
  virtual void abort() = 0;
};

}  // namespace opora::web
