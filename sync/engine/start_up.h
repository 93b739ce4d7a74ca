// What a start compares before anything is served, and how it puts the store right: the store with
// the head that was noted beside it (own_head.h), with the safety journal on a second device, with
// what a recall has brought. Before ensure_projection and the engine; one thread.
//
// Decisions. What the safety journal has and the store has not follows the store's end, waits for
// the region, or is kept aside (safety_repair.h). What is missing after that, or was damaged, is
// said for good in a row (Loss): with AfterDamage::kGoOn ticket numbers skip a block, projections
// are built anew and the region gives back what it had; with kRefuse nothing changes. Losses make
// the head forgotten before the journal changes, so that a kill in between is not taken for
// another one. A safety journal that cannot be used stops nobody; one that cannot be read is left
// as it is.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/base/hash.h"
#include "sync/engine/safety_repair.h"
#include "sync/journal/note.h"

namespace opora::sync {

enum class AfterDamage { kRefuse, kGoOn };

struct StartUp {
  std::optional<SiteNo> self;         // nothing: not enrolled yet
  TimeMs now;                         // dates what is said
  std::optional<std::string> damage;  // of the store's logs, when it was opened all the same
  AfterDamage after_damage = AfterDamage::kRefuse;
  // In words; critical: somebody must hear of it.
  enum class Weight { kNotice, kCritical };
  std::function<void(Weight, const std::string&)> say;
};

struct StartedUp {
  bool changed = false;  // the journal: what is derived elsewhere must be built anew
  // The safety journal must not be written: what is in it could be neither read nor put aside.
  std::string safety_why{};
};
// `safety` may be null. kCorrupt with what is wrong: refused. kUnavailable when the store's disk
// refuses: call it again at the next start.
Result<StartedUp> put_right(Store& store, Note& head, SafetySegments* safety, const Vault& vault,
                            const StartUp& start, Random& random);

}  // namespace opora::sync
