// How a daemon opens its store: what was there when it stopped is compared with what is there now,
// what is missing is said, and only then is it served (sync/engine/start_up.h).
//
// Decisions. A site must work: with damaged logs or a journal that ends before its head it goes on
// with what is whole, as after a restore, and says which positions are missing in its log, in
// `opora status` and in GET /api/v1/sync, for good; the region gives back what it had (recall.h).
// The next ticket's number skips a block, since callers know the lost ones. A hub refuses until a
// person decides: its sites would follow a region that forgot. Damaged tables are refused
// everywhere.
#pragma once

#include <memory>

#include "sync/engine/start_up.h"
#include "sync/journal/journal_guard.h"
#include "sync/journal/rocks_store.h"
#include "sync/journal/safety_journal.h"
#include "web/app/data_folder.h"

namespace opora::app {

using sync::AfterDamage;

struct StoreSettings {
  std::string safety;  // folder of the safety journal; empty: none
  AfterDamage after_damage = AfterDamage::kRefuse;
};

struct OpenedStore {
  std::unique_ptr<sync::RocksStore> store;
  bool journal_changed = false;  // what is derived elsewhere must be built anew
  std::unique_ptr<sync::SafetyJournal> safety{};
  std::string safety_why{};  // why there is none although one is configured
};
// kCorrupt, with what is wrong and what a person can do: refused. kConflict, kUnavailable as
// RocksStore::open.
// `self` is nothing for a site that is not enrolled yet.
Result<OpenedStore> open_store(const DataFolder& folder, const protocol::SiteKey& site_key,
                               const StoreSettings& settings, std::optional<SiteNo> self,
                               TimeMs now, Random& random);

// Watches what the engine writes from now on. `acked`: how far the region has the own journal.
Result<std::unique_ptr<sync::JournalGuard>> start_guard(OpenedStore& opened,
                                                        const DataFolder& folder,
                                                        const StoreSettings& settings, SiteNo self,
                                                        StreamPos acked);

}  // namespace opora::app
