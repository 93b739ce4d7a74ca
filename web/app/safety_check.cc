#include "web/app/safety_check.h"

#include <spdlog/spdlog.h>

#include "sync/engine/recall.h"

namespace opora::app {

namespace fs = std::filesystem;

namespace {

using sync::SafetyJournal;
using sync::SafetyRepair;

// A read error ends the commits early: what was not read is not taken for gone, since nothing of a
// safety journal is removed before the store has it.
sync::SafetyCommits commits_in(const SafetyJournal& journal) {
  return [&journal](const std::function<bool(const sync::OwnCommit&)>& visit) {
    const Status status = journal.scan(visit);
    if (!status.ok()) spdlog::error("safety journal: {}", status.error().message);
  };
}

Status note(sync::Store& store, const sync::Loss& loss) {
  auto txn = store.begin();
  put_loss(*txn, loss);
  OPORA_TRY(txn->commit());
  spdlog::critical("{}", describe(*store.snapshot(), loss));
  return ok_status();
}

StreamPos last_of(const SafetyJournal& journal) {
  StreamPos out;
  commits_in(journal)([&](const sync::OwnCommit& commit) {
    if (commit.head) out = commit.head->end.pos;
    return true;
  });
  return out;
}

}  // namespace

SafetyCheck::SafetyCheck(const std::string& folder, SiteNo self, TimeMs now)
    : folder_(folder), self_(self), now_(now) {
  auto opened = SafetyJournal::open(folder_, self_);
  if (opened.ok()) {
    journal_ = std::move(*opened);
    return;
  }
  why_ = opened.error().message;
  spdlog::critical("the safety journal cannot be used, the site works on without it: {}", why_);
}

Result<bool> SafetyCheck::repair(sync::RocksStore& store, const sync::Vault& vault) {
  if (!journal_) return false;
  const auto noted = journal_->noted_end();
  if (noted && noted->end.pos > last_of(*journal_) &&
      compare_head(*store.snapshot(), *noted) == sync::HeadFinding::kShort) {
    OPORA_TRY(note(store, {now_, self_, {}, {}, {}, "the safety journal itself is cut"}));
  }
  auto found = repair_from_safety(store, vault, self_, commits_in(*journal_));
  if (!found.ok()) return found.error();
  switch (found->found) {
    case SafetyRepair::Found::kNothing: return false;
    case SafetyRepair::Found::kRepaired:
      OPORA_TRY(note(store, {now_, self_, found->from, found->to, found->chain,
                             "repaired from the safety journal"}));
      return true;
    case SafetyRepair::Found::kWaits:
    case SafetyRepair::Found::kOther: OPORA_TRY(keep(store, *found)); return false;
  }
  return false;
}

Status SafetyCheck::keep(sync::Store& store, const SafetyRepair& found) {
  const auto aside = journal_->set_aside();
  if (!aside.ok()) return aside.error();
  const bool waits = found.found == SafetyRepair::Found::kWaits;
  const std::string text =
      waits ? "the safety journal goes on where the store does not reach; it waits for the region"
            : "the safety journal has other records than the store; it is kept and not merged";
  return note(store,
              {now_, self_, found.from, found.to, found.chain, text + ": " + aside->string()});
}

std::vector<fs::path> SafetyCheck::asides() const {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    if (entry.path().filename().string().starts_with("aside-")) out.push_back(entry.path());
  }
  return out;
}

Status SafetyCheck::join(sync::Store& store) {
  for (const fs::path& path : asides()) {
    const auto aside = SafetyJournal::open(path, self_);
    if (!aside.ok()) continue;
    const auto joined = join_recall(store, self_, commits_in(**aside));
    if (!joined.ok()) return joined.error();
    if (*joined) spdlog::warn("the recall goes on with the safety journal in {}", path.string());
  }
  return ok_status();
}

void SafetyCheck::tidy(const sync::Store& store) {
  const auto rows = store.snapshot();
  for (const fs::path& path : asides()) {
    bool here = false;
    if (const auto aside = SafetyJournal::open(path, self_); aside.ok()) {
      commits_in (**aside)([&](const sync::OwnCommit& commit) {
        if (commit.head) {
          const auto& end = commit.head->end;
          here = journal_chain_at(*rows, self_, end.pos) == end.chain;
        }
        return true;
      });
    }
    std::error_code ignored;  // it stays and says what the store says, too
    if (here) fs::remove_all(path, ignored);
  }
}

}  // namespace opora::app
