#include "tests/sim/region/faults.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace opora::sim {
namespace {

constexpr std::array kKinds{
    FaultKind{Fault::kCut, "cut", 14},
    FaultKind{Fault::kCutOneWay, "cut one way", 5},
    FaultKind{Fault::kCutBothWays, "cut both ways", 5},
    FaultKind{Fault::kFlapping, "flapping", 3},
    FaultKind{Fault::kSlow, "slow line", 4},
    FaultKind{Fault::kHostileNetwork, "hostile network", 2},
    FaultKind{Fault::kPowerCut, "power cut", 10},
    FaultKind{Fault::kPowerCutBeforeCommit, "power cut before a commit", 8},
    FaultKind{Fault::kPowerCutAfterCommit, "power cut after a commit", 8},
    FaultKind{Fault::kDiskErrorLost, "disk error, rows lost", 5},
    FaultKind{Fault::kDiskErrorKept, "disk error, rows kept", 5},
    FaultKind{Fault::kDiskErrorTold, "disk error after the sync", 5},
    FaultKind{Fault::kDiskFull, "disk full", 2},
    FaultKind{Fault::kRestart, "restart", 6},
    FaultKind{Fault::kClockJump, "clock jump", 3},
    FaultKind{Fault::kClockYears, "clock off by years", 1},
    FaultKind{Fault::kClockDrift, "clock drift", 2},
    FaultKind{Fault::kOldBackup, "old backup", 5},
    FaultKind{Fault::kWiped, "wiped site", 2},
    FaultKind{Fault::kHubRestored, "hub restored", 3},
    FaultKind{Fault::kCloned, "cloned site", 3},
    FaultKind{Fault::kHostileSite, "hostile site", 2},
    FaultKind{Fault::kUpgrade, "upgrade", 4},
    FaultKind{Fault::kLogsDamaged, "logs damaged", 4},
    FaultKind{Fault::kHeadOld, "head file old", 2},
    FaultKind{Fault::kSafetyGone, "safety journal gone", 2},
    FaultKind{Fault::kSafetyFull, "safety journal full", 2},
    FaultKind{Fault::kSafetyDamaged, "safety journal damaged", 2},
};
// Of the kind that a planted mistake needs: as often as the most common one.
constexpr std::uint32_t kOftenWeight = 14;
// How often it is looked whether enough faults did something.
constexpr std::int64_t kLookEveryMs = 1'000;
constexpr std::int64_t kTenYearsMs = 10LL * 365 * 86'400'000;

using protocol::EventType;

// Types that came together. A version that lacks some knows what a contact and a ticket are.
const std::array kAdditions{
    std::set{EventType::kTicketStarted, EventType::kTicketPaused, EventType::kTicketResumed,
             EventType::kTicketReclassified, EventType::kTicketReopened, EventType::kTicketFinished,
             EventType::kTicketRetimed, EventType::kTicketDueReached},
    std::set{EventType::kTicketMerged, EventType::kTicketUnmerged, EventType::kTicketPartOf,
             EventType::kTicketItemChanged, EventType::kTicketOfProblem,
             EventType::kProblemCalledBack},
    std::set{EventType::kTicketVisitTold, EventType::kTicketWaitsFor, EventType::kTicketListCalled,
             EventType::kFacilityNoticeChanged},
    std::set{EventType::kTicketOffered, EventType::kTicketOfferCancelled,
             EventType::kTicketOfferAnswered, EventType::kTicketOwnerChanged},
    std::set{EventType::kProblemOpened, EventType::kProblemAffected, EventType::kProblemClosed},
    std::set{EventType::kCalendarChanged, EventType::kQueueChanged},
    std::set{EventType::kCompetenceChanged, EventType::kTemplateChanged},
    std::set{EventType::kAgentStateChanged},
    std::set{EventType::kTicketApplicantTold},
    std::set{EventType::kTicketTargetChanged, EventType::kTicketCallTried,
             EventType::kTicketTellingDue},
    std::set{EventType::kCallBackOpened, EventType::kCallBackAsked, EventType::kCallBackClaimed,
             EventType::kCallBackTried, EventType::kCallBackMet, EventType::kCallBackRouted},
};

bool is_clock(Fault fault) {
  return fault == Fault::kClockJump || fault == Fault::kClockYears || fault == Fault::kClockDrift;
}

}  // namespace

std::span<const FaultKind> fault_kinds() { return kKinds; }

Faults::Faults(Sim& sim, Network& network, std::uint32_t sites, Find find, std::string_view often)
    : sim_(sim), network_(network), sites_(sites), find_(std::move(find)) {
  while (kinds_.size() < 3) {
    kinds_.clear();
    for (const FaultKind& kind : kKinds) {
      if (sim_.dice.percent(65)) kinds_.push_back(kind);
    }
  }
  for (const FaultKind& kind : kKinds) {
    if (kind.name != often) continue;
    std::erase_if(kinds_, [&](const FaultKind& one) { return one.id == kind.id; });
    kinds_.push_back({kind.id, kind.name, kOftenWeight});
  }
}

// All that are older are of the same version.
void Faults::begin() {
  const bool mixed = std::any_of(kinds_.begin(), kinds_.end(),
                                 [](const FaultKind& kind) { return kind.id == Fault::kUpgrade; });
  if (!mixed) return;
  protocol::Vocabulary older;
  while (older.unknown.empty()) {
    for (const auto& types : kAdditions) {
      if (sim_.dice.percent(40)) older.unknown.insert(types.begin(), types.end());
    }
  }
  for (std::uint32_t no = 0; no <= sites_; ++no) {
    if (sim_.dice.percent(50)) find_(SiteNo{no})->be_older(older);
  }
}

bool Faults::clocks_may_be_wrong() const {
  return std::any_of(kinds_.begin(), kinds_.end(),
                     [](const FaultKind& kind) { return is_clock(kind.id); });
}

void Faults::plan(std::uint64_t least, std::int64_t within_ms) {
  lay(least + static_cast<std::uint64_t>(sim_.dice.between(0, 20)), within_ms);
  const std::int64_t looks = within_ms / kLookEveryMs;
  for (std::int64_t look = 1; look < looks; ++look) {
    // By the next look; by the end, all of them.
    const std::uint64_t due =
        least * static_cast<std::uint64_t>(look + 1) / static_cast<std::uint64_t>(looks);
    sim_.timeline.after(look * kLookEveryMs, [this, due] {
      if (landed_ < due) lay(due - landed_, kLookEveryMs);
    });
  }
}

void Faults::lay(std::uint64_t count, std::int64_t within_ms) {
  std::uint64_t total = 0;
  for (const FaultKind& kind : kinds_) total += kind.weight;
  for (; count > 0; --count) {
    std::uint64_t at = sim_.dice.next() % total;
    std::size_t which = 0;
    for (; at >= kinds_[which].weight; ++which) at -= kinds_[which].weight;
    sim_.timeline.after(sim_.dice.between(0, within_ms),
                        [this, kind = kinds_[which]] { strike(kind); });
  }
}

Felt Faults::felt(const FaultKind& kind) {
  return [this, name = std::string(kind.name), said = std::make_shared<bool>(false)] {
    if (std::exchange(*said, true)) return;
    ++landed_;
    sim_.story.fault(name);
  };
}

void Faults::strike(const FaultKind& kind) {
  // The hub as often as all sites together: everything goes through it.
  const SiteNo site{
      sim_.dice.percent(40) ? 0 : static_cast<std::uint32_t>(sim_.dice.between(1, sites_))};
  Process& process = *find_(site);
  const Felt did = felt(kind);
  sim_.story.tell(name_of(site), "fault: " + std::string(kind.name));
  network(kind.id, site == kHubSite ? SiteNo{1} : site, did);
  machine(kind.id, process, did);
  disk(kind.id, process, did);
  clock(kind.id, process, did);
  const SiteNo one = site == kHubSite ? SiteNo{1} : site;
  store(kind.id, *find_(kind.id == Fault::kHubRestored ? kHubSite : one), did);
  if (kind.id == Fault::kLogsDamaged) logs(process, did);
  if (kind.id == Fault::kHeadOld) head(process, did);
  second_device(kind.id, *find_(one), did);
  if (kind.id == Fault::kCloned && on_clone_(one)) did();
  if (kind.id == Fault::kHostileSite && on_hostile_()) did();
  if (kind.id == Fault::kUpgrade) {
    if (process.running()) did();
    on_upgrade_(site);
  }
}

// What was on it and is no more.
template <class Strike>
void Faults::lose_device(Process& process, const Strike& strike) {
  auto lost = process.device().records();
  strike(process.device());
  for (const sync::GuardedRow& row : process.device().records()) std::erase(lost, row);
  on_device_loss_(process.site(), lost);
}

// A machine dies and is set up again from a backup (made at an earlier such moment), or, a site's,
// from nothing but its key. A site may work for a while before the hub hears of it.
void Faults::store(Fault fault, Process& process, const Felt& felt) {
  if (fault != Fault::kOldBackup && fault != Fault::kWiped && fault != Fault::kHubRestored) return;
  Disk::Image& backup = backups_[process.site()];
  if (fault != Fault::kWiped && (!backup || sim_.dice.percent(40))) {
    backup = process.disk().image();
    on_backup_(process.site(), *backup->snapshot());
    return;
  }
  felt();
  put_back(process, fault == Fault::kWiped ? std::make_shared<sync::MemoryStore>() : backup);
}

void Faults::put_back(Process& process, const Disk::Image& then) {
  process.switch_off();
  on_restore_(process.site(), *process.disk().synced(), *then->snapshot());
  process.disk().restore(then);
  process.device().power_cut();
  // It stood in the same fire.
  if (sim_.dice.percent(30)) {
    lose_device(process, [](SecondDevice& device) { device.wipe(); });
  }
  if (process.site() != kHubSite && sim_.dice.percent(50)) {
    const std::int64_t until = sim_.timeline.now_ms() + sim_.dice.between(500, 6'000);
    network_.block(process.site(), Way::kUp, until);
    network_.block(process.site(), Way::kDown, until);
  }
  sim_.timeline.after(sim_.dice.between(50, 2'000), [&process] { process.start(); });
}

// The daemon was killed, and the disk does not give back what was written to it.
void Faults::logs(Process& process, const Felt& felt) {
  if (!process.running()) return;
  process.switch_off();
  const auto before = process.disk().synced();
  if (process.disk().damage()) {
    felt();
    on_restore_(process.site(), *before, *process.disk().synced());
  }
  sim_.timeline.after(sim_.dice.between(50, 2'000), [&process] { process.start(); });
}

// Written no more, or gone; the next start finds it so.
void Faults::head(Process& process, const Felt& felt) {
  if (sim_.dice.percent(70)) process.disk().head().freeze();
  else process.disk().head().wipe();
  sim_.timeline.after(sim_.dice.between(500, 5'000), [&process, felt] {
    if (!process.running()) return;
    felt();
    process.switch_off();
    process.start();
  });
}

void Faults::second_device(Fault fault, Process& process, const Felt& felt) {
  constexpr std::array kDamage{DeviceFault::kCut, DeviceFault::kFlipped, DeviceFault::kOlder,
                               DeviceFault::kHeadLost};
  if (!process.device().built_in()) return;
  const bool damage = fault == Fault::kSafetyDamaged;
  if (!damage && fault != Fault::kSafetyGone && fault != Fault::kSafetyFull) return;
  if (damage) {
    return lose_device(process, [&](SecondDevice& device) {
      if (device.damage(kDamage[sim_.dice.next() % kDamage.size()])) felt();
    });
  }
  process.device().fail(fault == Fault::kSafetyGone ? DeviceFault::kGone : DeviceFault::kFull,
                        felt);
  sim_.timeline.after(sim_.dice.between(500, 20'000), [&process] { process.device().set_right(); });
}

void Faults::network(Fault fault, SiteNo site, const Felt& felt) {
  // Short ones are waited out by TCP, long ones end the session.
  const std::int64_t for_ms = sim_.dice.between(50, 6'000);
  const std::int64_t until = sim_.timeline.now_ms() + for_ms;
  const auto cut = [this, site, felt] {
    if (network_.cut(site)) felt();
  };
  if (fault == Fault::kCut) {
    cut();
  } else if (fault == Fault::kCutOneWay) {
    network_.block(site, sim_.dice.percent(50) ? Way::kUp : Way::kDown, until, felt);
  } else if (fault == Fault::kCutBothWays) {
    network_.block(site, Way::kUp, until, felt);
    network_.block(site, Way::kDown, until, felt);
    if (sim_.dice.percent(50)) cut();
  } else if (fault == Fault::kFlapping) {
    for (int i = 0; i < 6; ++i) sim_.timeline.after(sim_.dice.between(0, 2'000), cut);
  } else if (fault == Fault::kSlow) {
    network_.slow(site, {sim_.dice.between(50, 1'500), for_ms}, felt);
  } else if (fault == Fault::kHostileNetwork) {
    network_.set_hostility(static_cast<std::uint64_t>(sim_.dice.between(2, 25)), felt);
    sim_.timeline.after(for_ms, [this] { network_.set_hostility(0); });
  }
}

void Faults::machine(Fault fault, Process& process, const Felt& felt) {
  if (fault != Fault::kPowerCut && fault != Fault::kRestart) return;
  if (process.running()) felt();
  if (fault == Fault::kRestart) process.restart();
  else process.power_cut(sim_.dice.between(20, 3'000));
}

void Faults::disk(Fault fault, Process& process, const Felt& felt) {
  Disk& disk = process.disk();
  if (fault == Fault::kPowerCutBeforeCommit) {
    disk.arm(DiskFault::kPowerBefore, felt);
  } else if (fault == Fault::kPowerCutAfterCommit) {
    disk.arm(DiskFault::kPowerAfter, felt);
  } else if (fault == Fault::kDiskErrorLost) {
    disk.arm(DiskFault::kErrorLost, felt);
  } else if (fault == Fault::kDiskErrorKept) {
    disk.arm(DiskFault::kErrorKept, felt);
  } else if (fault == Fault::kDiskErrorTold) {
    disk.arm(DiskFault::kErrorTold, felt);
  } else if (fault == Fault::kDiskFull) {
    disk.fail(felt);
    // A third stays broken until somebody comes: the end of the faults.
    if (sim_.dice.percent(33)) return;
    sim_.timeline.after(sim_.dice.between(200, 5'000), [&disk] { disk.have_room(); });
  }
}

void Faults::clock(Fault fault, Process& process, const Felt& felt) {
  const TimeMs before = process.clock().now();
  if (fault == Fault::kClockJump) {
    process.clock().jump(sim_.dice.between(-180'000, 180'000));
  } else if (fault == Fault::kClockYears) {
    process.clock().jump(sim_.dice.percent(50) ? kTenYearsMs : -kTenYearsMs);
    // Somebody notices.
    sim_.timeline.after(sim_.dice.between(100, 10'000),
                        [&process] { process.clock().set_right(); });
  } else if (fault == Fault::kClockDrift) {
    const std::int64_t per_mille = sim_.dice.between(-20, 20);
    process.clock().drift(per_mille);
    if (per_mille != 0 && process.running()) felt();
  }
  if (process.clock().now() != before && process.running()) felt();
}

void Faults::end() {
  network_.set_hostility(0);
  for (std::uint32_t no = 0; no <= sites_; ++no) {
    Process& process = *find_(SiteNo{no});
    process.disk().set_right();
    process.device().set_right();
    process.clock().set_right();
    if (process.older()) on_upgrade_(SiteNo{no});
  }
}

}  // namespace opora::sim
