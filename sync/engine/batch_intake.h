// Who writes what a peer sent: what sync/feed needs of the engine. Any thread.
#pragma once

#include "sync/engine/engine_core.h"

namespace opora::sync {

class BatchIntake {
 public:
  virtual ~BatchIntake() = default;
  // Batches of one peer's stream apply in the order of submission. The sender's credit bounds them.
  virtual void submit(ReceivedBatch batch) = 0;
  // Rows that the link keeps of itself.
  virtual void submit(Command command) = 0;
  // Everything that happened before this moment is in a snapshot that is taken after the call: what
  // a peer may be told as "data through".
  virtual TimeMs settled_before() const = 0;
  virtual const Vault& vault() const = 0;
  virtual SiteNo site() const = 0;
};

}  // namespace opora::sync
