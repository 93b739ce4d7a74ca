// What a store may offer beyond kv.h: a commit that goes on beside its caller, so that one slice of
// what piled up elsewhere is written while the next is folded. Implemented by the stores
// themselves; whoever has a Store asks whether it is one of these. The writer's thread only.
#pragma once

#include <functional>
#include <memory>

#include "sync/journal/kv.h"

namespace opora::sync {

// Waits for the end of a commit and says how it went; to be called once, before anything else is
// committed.
using CommitWaiter = std::function<Status()>;

class CommitsBeside {
 public:
  virtual ~CommitsBeside() = default;
  // Begins to commit a transaction of this store, which ends here. The next one may begin meanwhile
  // and reads what this one changed; snapshots do not before the end. Nobody may be told of it
  // before the waiter has said ok; an error poisons as that of any commit, and what the next
  // transaction has read is worth nothing.
  virtual CommitWaiter commit_beside(std::unique_ptr<Transaction> txn) = 0;
};

}  // namespace opora::sync
