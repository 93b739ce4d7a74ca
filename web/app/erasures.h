// Forgetting a person: which records belong together, and the disk's part of it. The decision is
// the domain's (Erase), the deletion the projection's; here is what stands around them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sync/engine/engine_core.h"
#include "web/app/worker.h"

namespace opora::app {

// What a request names; exactly one.
struct ErasureTarget {
  AggregateId aggregate;
  AggregateId contact;
  std::string ticket_number;
};

// All that is kept of the same conversation: a contact, its ticket and its call; for any other
// record itself. Ascending. Errors: kNotFound with the field's name; kConflict when two tickets
// bear the number.
Result<std::vector<AggregateId>> records_together(sync::Decision& decision,
                                                  const ErasureTarget& target);

// Removes the deleted rows of persons from the files. Rows hold names and telephone numbers in the
// clear, so that deleting them is not enough: the files keep them until their next merge.
class Purger {
 public:
  // Both outlive it.
  Purger(sync::Store& store, Worker& worker) : store_(store), worker_(worker) {}
  // After a commit, any thread; the work is the worker's. Erasures that came from elsewhere count
  // like those of this place.
  void changed(const std::set<sync::Projection::Touched>& touched);

 private:
  sync::Store& store_;
  Worker& worker_;
};

}  // namespace opora::app
