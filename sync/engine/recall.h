// Recall: a site that lost a part of its own journal (a restored backup, a new disk) gets it back
// from the hub. While it is under way the site works on; what comes is staged. When all of it is
// here the daemon is restarted, and before the engine opens the lost records take their places, the
// site's own later ones follow them under new names, and the projections are built anew.
//
// States, each a row of kMeta: planned (staging) → all here → moving → gone. Killed anywhere, it
// goes on from the row. Engine's thread, or nobody's: finish_recall() runs before there is an
// engine. What must hold: the journal is dense and chained before and after; no record that the hub
// acknowledged changes; of a command that is in both parts only the lost one stays.
#pragma once

#include <optional>
#include <set>

#include "sync/core/recall_plan.h"
#include "sync/core/stream.h"
#include "sync/journal/guarded_store.h"
#include "sync/journal/vault.h"

namespace opora::sync {

using RecallPlan = BeginRecall;

// Numbers that were given out after the backup and never reached the hub are known only to those
// who were told: the next ticket's number is this far ahead. A busy desk's weeks.
inline constexpr std::uint32_t kNumberBlock = 1'000;

// The next opening of the engine gives out numbers that are kNumberBlock ahead.
void skip_ticket_numbers(Transaction& txn);

std::optional<RecallPlan> read_recall(const Reader& rows);
bool recall_complete(const Reader& rows);
// Nothing when this plan is under way already; another one starts over, unless what is here is as
// much as it asks for (the hub was restored meanwhile): then that is all.
void begin_recall(Transaction& txn, const RecallPlan& plan, SiteNo self);
// One entry of kRecall, in order.
void stage_recalled(Transaction& txn, const Vault& vault, const Entry& entry, Random& random);

// More of what was lost, from elsewhere than the hub: commits that follow what the hub had. In one
// transaction, when all that the hub had is staged and before finish_recall().
class RecallExtension {
 public:
  RecallExtension(Transaction& txn, SiteNo self);
  const StreamHead& end() const { return plan_.journal; }
  // False: the move was begun, and the site's own later records stand behind the end already.
  // Nothing comes in between; what there is stays where it is.
  bool open() const;
  bool changed() const { return changed_; }
  void add(const GuardedRow& row);  // records in order
  void finish();

 private:
  Transaction& txn_;
  const SiteNo self_;
  RecallPlan plan_;
  bool changed_ = false;
};

// All keys of the site's own journal behind a place of the stream of keys that only the hub has.
// Nothing when the stream has it. A key that the hub holds has no effect there. `more`: aggregates
// whose records are not in their place yet.
void resend_keys(Transaction& txn, const Vault& vault, SiteNo self, const StreamHead& cursor,
                 std::set<AggregateId> more = {});

struct RecallReport {
  std::uint64_t recalled = 0;   // lost records that are back
  std::uint64_t renamed = 0;    // the site's own that follow them
  std::uint64_t dropped = 0;    // of the site's own: their commands are among the lost
  std::uint64_t set_aside = 0;  // of the site's own: by a person's decision
  std::uint64_t swept = 0;      // of others: a restored hub did not send them again (afresh.h)
};
// Before ensure_projection and the engine. Nothing to do is ok. kUnavailable when the disk refuses:
// call it again at the next start.
Result<RecallReport> finish_recall(Store& store, const Vault& vault, Random& random);

// The body hash of a command whose answer was lost with the store (Table::kDedup).
inline constexpr ChainHash kAnswerLost{};

}  // namespace opora::sync
