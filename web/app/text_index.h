// Keeps the full-text index behind the store: a thread of its own follows the journals by a cursor
// (one position an origin) and writes what changed, a moment after it happened. A ticket is found
// by the names of its topic too, as the rubricator has them now: when another version arrives, the
// journals are followed from their beginning again. Everything in the index is derived; it may be
// thrown away at any time.
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
  struct Cursor {
    std::map<SiteNo, StreamPos> positions;
    std::uint32_t rubricator = 0;  // the version whose names are in the index
    template <class V>
    void visit(V&& v) {
      v(positions, rubricator);
    }
  };
  void loop();
  enum class Pass { kDone, kMore, kFailed };
  Pass pass();
  void follow_rubricator(const sync::Reader& rows);
  bool follow_journals(const sync::Reader& rows, std::set<AggregateId>& tickets,
                       std::vector<AggregateId>& erased);
  sync::Document document(const sync::Reader& rows, const protocol::Entity& ticket) const;

  sync::SearchIndex& index_;
  const sync::Store& store_;
  const sync::Vault& vault_;
  // The thread's own.
  Cursor cursor_;
  std::map<std::string, std::string> topics_;  // all names of a topic, by id
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<AggregateId> pending_;
  bool work_ = true;
  bool erasing_ = false;  // somebody is to be forgotten: a stop waits for it
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace opora::app
