#include "tests/sim/region/administrator.h"

#include <utility>

#include "sync/feed/marks.h"
#include "sync/journal/files.h"

namespace opora::sim {
namespace {

constexpr std::int64_t kLookEveryMs = 200;
// Machines beyond these are clones.
constexpr std::uint64_t kFirstClone = 100;

}  // namespace

void Administrator::clone(SiteNo site) {
  if (cloned(site)) return;
  checks_.cloned(site);
  Copy copy;
  copy.clone = std::make_unique<Process>(sim_, network_, deaf_, site,
                                         kFirstClone + retired_.size() + copies_.size());
  copy.clone->become_copy_of(*find_(site));
  copy.noticed_ms = sim_.timeline.now_ms() + sim_.dice.between(1'000, 12'000);
  copy.clone->start();
  copies_.emplace(site, std::move(copy));
  look(site);
}

Process* Administrator::answers(SiteNo site) {
  const auto it = copies_.find(site);
  if (it == copies_.end()) return find_(site);
  Copy& copy = it->second;
  const bool at_clone =
      copy.step == Step::kSecond || (copy.step == Step::kBoth && sim_.dice.percent(40));
  return at_clone ? copy.clone.get() : find_(site);
}

void Administrator::upgrade(SiteNo site) {
  find_(site)->upgrade();
  if (const auto it = copies_.find(site); it != copies_.end()) it->second.clone->upgrade();
}

void Administrator::peace(std::uint32_t sites) {
  for (auto& [site, copy] : copies_) copy.noticed_ms = sim_.timeline.now_ms();
  decide_again(sites);
}

void Administrator::decide_again(std::uint32_t sites) {
  for (std::uint32_t no = 1; no <= sites; ++no)
    if (!cloned(SiteNo{no})) decide(SiteNo{no});
  sim_.timeline.after(kLookEveryMs, [this, sites] { decide_again(sites); });
}

void Administrator::look(SiteNo site) {
  sim_.timeline.after(kLookEveryMs, [this, site] {
    Copy& copy = copies_.at(site);
    Process& original = *find_(site);
    if (copy.step == Step::kBoth && sim_.timeline.now_ms() >= copy.noticed_ms) {
      sim_.story.tell("world", "a clone of " + name_of(site) + " is noticed, and stopped");
      copy.clone->hold();
      copy.step = Step::kFirst;
    } else if (copy.step == Step::kFirst && joined(site, original)) {
      sim_.story.tell("world", "the clone of " + name_of(site) + " in place of it");
      original.hold();
      copy.clone->release();
      copy.step = Step::kSecond;
    } else if (copy.step == Step::kSecond && joined(site, *copy.clone)) {
      sim_.story.tell("world", name_of(site) + " is one again");
      copy.clone->hold();
      retired_.push_back(std::move(copy.clone));
      copies_.erase(site);
      checks_.one_again(site);
      return original.release();
    }
    if (copy.step != Step::kBoth) decide(site);
    look(site);
  });
}

void Administrator::decide(SiteNo site) {
  Process& hub = *find_(kHubSite);
  if (!hub.running()) return;
  const auto fork = sync::read_fork(*hub.disk().synced(), site);
  if (!fork || fork->decision != protocol::Verdict::kHeld) return;
  sim_.story.tell("world", "the branch of " + name_of(site) + " is adopted");
  hub.decide_fork(site, protocol::Verdict::kAdopt);
}

// The hub has everything that this machine did, files too.
bool Administrator::joined(SiteNo site, const Process& process) const {
  if (!process.running()) return false;
  const auto own = process.disk().synced();
  const auto hub = find_(kHubSite)->disk().synced();
  if (sync::read_recall(*own) || sync::read_afresh(*own)) return false;
  if (!sync::unsent_files(*own, 1).empty()) return false;
  const auto last = sync::last_record(*own, site);
  const sync::StreamHead end =
      last ? sync::StreamHead{last->ref.n, last->chain} : sync::StreamHead{};
  return sync::read_cursor(*hub, sync::StreamKind::kJournal, site) == end &&
         sync::read_cursor(*hub, sync::StreamKind::kJournalKeys, site) ==
             sync::stream_head(*own, sync::StreamKind::kJournalKeys, site);
}

}  // namespace opora::sim
