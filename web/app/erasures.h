// Forgetting a person: which records belong together, and the disk's part of it. The decision is
// the domain's (Erase), the deletion the projection's; here is what stands around them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sync/engine/engine.h"
#include "web/app/erasure_list.h"
#include "web/app/worker.h"

namespace opora::app {

// What a request names; exactly one.
struct ErasureTarget {
  AggregateId aggregate;
  AggregateId contact;
  std::string ticket_number;
};

// All that is kept of the same conversation: a contact, its ticket and its call with what was
// recorded of it; for any other record itself. With a contact go the calls back that its number is
// owed, unless a record of somebody who stays bears that number. Ascending. Errors: kNotFound with
// the field's name; kConflict when two tickets bear the number.
Result<std::vector<AggregateId>> records_together(sync::Decision& decision,
                                                  const ErasureTarget& target);

// Writes an erasure into the list beside the backups, then removes the deleted rows of persons from
// the files. Rows hold names and telephone numbers in the clear, so that deleting them is not
// enough: the files keep them until their next merge.
//
// What is to be done stands in rows of kMeta ("purge" | aggregate) from the transaction of the
// erasure on until it is done, so that a stop or a kill in between leaves it to the next start.
class Purger {
 public:
  // All outlive it.
  Purger(sync::Store& store, Worker& worker, sync::Engine& engine, ErasureList& list)
      : store_(store), worker_(worker), engine_(engine), list_(list) {}
  // From EngineObserver::on_event: marks an erasure.
  static void mark(sync::Transaction& txn, const protocol::Event& event);
  // After a commit, any thread; the work is the worker's. Erasures that came from elsewhere count
  // like those of this place.
  void changed(const std::set<sync::Projection::Touched>& touched);
  // What an earlier process left undone. Once, when the engine runs.
  void resume();

 private:
  // Why something is removed: an order stands in the list beside the backups as well, for a
  // restored store to do it again; of a recording whose time is over the record itself says so.
  struct Marks {
    std::vector<AggregateId> ordered;
    std::vector<AggregateId> over;
  };
  void purge(Marks marks);

  sync::Store& store_;
  Worker& worker_;
  sync::Engine& engine_;
  ErasureList& list_;
};

}  // namespace opora::app
