// Keeps the full-text index behind the store: a thread of its own follows the journals by a cursor
// (one position an origin) and writes what changed, a moment after it happened. Everything in the
// index is derived; it may be thrown away at any time.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "sync/engine/engine_core.h"
#include "sync/search/search_index.h"

namespace opora::app {

class TextIndex {
 public:
  // The index, store and vault outlive it.
  TextIndex(sync::SearchIndex& index, const sync::Store& store, const sync::Vault& vault);
  ~TextIndex();
  TextIndex(const TextIndex&) = delete;
  TextIndex& operator=(const TextIndex&) = delete;

  // After a commit, any thread: tickets whose rows changed (also by a key that came later).
  void changed(const std::set<sync::Projection::Touched>& touched);

  // Any thread. Ids of tickets, best first; empty when nothing is found or the index cannot be
  // read.
  std::vector<AggregateId> search(const std::string& query, std::size_t limit) const;

 private:
  using Positions = std::map<SiteNo, StreamPos>;
  void loop();
  // One pass; true when there is more to do at once.
  bool pass();
  bool follow_journals(const sync::Reader& rows, std::set<AggregateId>& tickets,
                       std::vector<AggregateId>& erased);
  sync::Document document(const sync::Reader& rows, const protocol::Entity& ticket) const;

  sync::SearchIndex& index_;
  const sync::Store& store_;
  const sync::Vault& vault_;
  Positions positions_;  // the thread's own
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<AggregateId> pending_;
  bool work_ = true;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace opora::app
