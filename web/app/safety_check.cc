#include "web/app/safety_check.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "sync/engine/recall.h"

namespace opora::app {

namespace fs = std::filesystem;

namespace {

using sync::SafetyJournal;
using sync::SafetyRepair;

constexpr const char* kRepaired = "repaired from the safety journal";

std::string files_said(const SafetyRepair& found) {
  if (found.files_missing == 0) return {};
  return "; " + std::to_string(found.files_missing) +
         " files that these records attach are not here, the region is asked for them";
}

// A read error ends the commits early: what was not read is not taken for gone, since nothing of a
// safety journal is removed before the store has it.
sync::SafetyCommits commits_in(const SafetyJournal& journal) {
  return [&journal](const std::function<bool(const sync::OwnCommit&)>& visit) {
    const Status status = journal.scan(visit);
    if (!status.ok()) spdlog::error("safety journal: {}", status.error().message);
  };
}

}  // namespace

SafetyCheck::SafetyCheck(const std::string& folder, SiteNo self, TimeMs now)
    : folder_(folder), self_(self), now_(now) {
  auto opened = SafetyJournal::open(folder_, self_);
  if (opened.ok()) {
    journal_ = std::move(*opened);
    return;
  }
  refused(opened.error());
}

void SafetyCheck::refused(const Error& error) {
  why_ = error.message;
  spdlog::critical("the safety journal cannot be used, the site works on without it: {}", why_);
}

std::unique_ptr<sync::SafetyJournal> SafetyCheck::take() {
  if (!why_.empty()) journal_.reset();
  return std::move(journal_);
}

sync::SafetyCommits SafetyCheck::commits() {
  return [this](const std::function<bool(const sync::OwnCommit&)>& visit) {
    if (const Status status = journal_->scan(visit); !status.ok()) refused(status.error());
  };
}

Status SafetyCheck::note(sync::Store& store, const SafetyRepair::Part& part,
                         std::string text) const {
  const sync::Loss loss{now_, self_, part.from, part.to, part.chain, std::move(text)};
  auto txn = store.begin();
  put_loss(*txn, loss);
  OPORA_TRY(txn->commit());
  spdlog::critical("{}", describe(*store.snapshot(), loss));
  return ok_status();
}

Status SafetyCheck::check_whole(sync::Store& store) {
  StreamPos last;
  commits()([&](const sync::OwnCommit& commit) {
    if (commit.head) last = commit.head->end.pos;
    return true;
  });
  const auto noted = journal_->noted_end();
  const bool cut = noted && noted->end.pos > last &&
                   compare_head(*store.snapshot(), *noted) == sync::HeadFinding::kShort;
  return cut ? note(store, {}, "the safety journal itself is cut") : ok_status();
}

Result<bool> SafetyCheck::repair(sync::RocksStore& store, const sync::Vault& vault) {
  if (!journal_) return false;
  OPORA_TRY(check_whole(store));
  const auto found = repair_from_safety(store, vault, self_, commits());
  if (!found.ok()) return found.error();
  const bool repaired = found->found == SafetyRepair::Found::kRepaired;
  if (found->before) OPORA_TRY(note(store, *found->before, kRepaired));
  if (repaired) OPORA_TRY(note(store, found->part, kRepaired + files_said(*found)));
  else if (found->found != SafetyRepair::Found::kNothing) OPORA_TRY(keep(store, *found));
  return repaired || found->before;
}

Status SafetyCheck::keep(sync::Store& store, const SafetyRepair& found) {
  const auto aside = journal_->set_aside();
  if (!aside.ok()) refused(aside.error());
  const bool waits = found.found == SafetyRepair::Found::kWaits;
  const std::string text =
      waits ? "the safety journal goes on where the store does not reach; it waits for the region"
            : "the safety journal has other records than the store; it is kept and not merged";
  const std::string place = aside.ok() ? aside->string() : "where it was";
  return note(store, found.part, text + ": " + place + files_said(found));
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
