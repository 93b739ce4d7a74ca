// The safety journal at a start: what the store lost of what it has comes back, what cannot come
// back yet is kept, and what was done is said in words. Before the projections and the engine; one
// thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sync/engine/safety_repair.h"
#include "sync/journal/rocks_store.h"

namespace opora::app {

class SafetyCheck {
 public:
  // The safety journal in this folder; a folder that cannot be used is an alarm, not an error: the
  // site works on without it.
  SafetyCheck(const std::string& folder, SiteNo self, TimeMs now);

  // Puts back what follows the store's end. The losses it found are in the store's rows afterwards.
  // True when the store's journal changed. kUnavailable when the store's disk refuses.
  Result<bool> repair(sync::RocksStore& store, const sync::Vault& vault);
  // A recall that is complete takes along what waited here.
  Status join(sync::Store& store);
  // What waited and is in the store now is removed. After finish_recall().
  void tidy(const sync::Store& store);

  // Nothing when the folder cannot be used, or what is in it could be neither read nor put aside:
  // it must not be written; why() says it.
  std::unique_ptr<sync::SafetyJournal> take();
  const std::string& why() const { return why_; }

 private:
  sync::SafetyCommits commits();
  void refused(const Error& error);
  Status check_whole(sync::Store& store);
  Status keep(sync::Store& store, const sync::SafetyRepair& found);
  Status note(sync::Store& store, const sync::SafetyRepair::Part& part, std::string text) const;
  std::vector<std::filesystem::path> asides() const;

  const std::filesystem::path folder_;
  const SiteNo self_;
  const TimeMs now_;
  std::unique_ptr<sync::SafetyJournal> journal_;
  std::string why_;
};

}  // namespace opora::app
