#include "tests/sim/region/region_world.h"

#include "sync/projection/projection.h"

namespace opora::sim {
namespace {

// Steady time of the fault phase; days of wall time are skipped in between.
constexpr std::int64_t kFaultPhaseMs = 60'000;
// Everybody's first connection, the catalogue and the users.
constexpr std::int64_t kBeginningMs = 3'000;
// The longest chain of waits: a block, a silence, a handshake, a backoff, a patience; twice.
constexpr std::int64_t kQuietLimitMs = 60'000;
// No letter waits longer for its next try.
constexpr std::int64_t kLongestPostalPauseMs = 20 * 60'000;
constexpr std::size_t kCommands = 680;
// Some more than a run must have: of those laid last one or the other meets nobody.
constexpr std::uint64_t kFaults = kLeastFaults + 6;
// When it has too few all the same, the phase goes on by so much, and by so much at most.
constexpr std::int64_t kMoreMs = 1'000;
constexpr std::int64_t kMostMoreMs = 20'000;
// A week, in gaps of some hours.
constexpr int kGaps = 40;
// Of one ticket all its clocks may be due at once, and each takes a turn of the watch.
constexpr std::int64_t kLastWordsMs = 8'000;
// Well below the silence that is a cut (kSilenceMs).
constexpr std::int64_t kSkipStepMs = 60'000;
constexpr std::uint64_t kSecondDevicePercent = 60;
constexpr std::int64_t kGapMs = 7 * 86'400'000LL / kGaps;

// A run in which little happens proves little: the harness is at fault, not the product.
std::string too_little(const RunReport& report) {
  if (report.acknowledged >= kLeastCommands && report.landed_faults >= kLeastFaults) return {};
  return "too little happened to prove anything: " + std::to_string(report.acknowledged) +
         " commands, " + std::to_string(report.landed_faults) + " faults that did something";
}

class RegionWorld {
 public:
  explicit RegionWorld(const RunOptions& options)
      : sim_(options.seed, options.planted, options.reader),
        awaits_(options.awaits),
        sites_(options.sites != 0 ? options.sites
                                  : static_cast<std::uint32_t>(sim_.dice.between(2, 6))),
        network_(sim_),
        checks_(sim_, find()),
        administrator_(sim_, network_, checks_, find()),
        workload_(sim_, sites_, [this](SiteNo site) { return administrator_.answers(site); }),
        faults_(sim_, network_, sites_, find(), options.often),
        // Enrolled as one more, and nobody's place of work.
        hostile_(sim_, network_, SiteNo{sites_ + 1},
                 {[this] { return told_ticket(); }, [this] { return workload_.first_user(); },
                  [this] { return workload_.any_file(); }}) {
    sim_.story.on_wrong(options.on_wrong);
    sim_.journeys = options.journeys;
    for (std::uint32_t no = 0; no <= sites_; ++no) {
      processes_[SiteNo{no}] = std::make_unique<Process>(sim_, network_, checks_, SiteNo{no}, no);
    }
  }

  // One whose id may have got around: it has left the site that made it up.
  std::optional<AggregateId> told_ticket() {
    const auto ticket = workload_.any_ticket();
    const auto hub = find()(kHubSite)->disk().synced();
    const bool told = ticket && sync::read_entity(*hub, protocol::Kind::kTicket, *ticket).exists();
    return told ? ticket : std::nullopt;
  }

  RunReport run(std::uint64_t seed) {
    begin();
    disasters();
    peace();
    RunReport report;
    report.seed = seed;
    report.nodes = sites_ + 1;
    report.acknowledged = workload_.ledger().answered.size();
    report.refused = workload_.ledger().refused;
    report.faults = sim_.story.faults();
    report.life = checks_.life();
    report.landed_faults = faults_.landed();
    report.awaits = sim_.awaits.seen;
    report.node_hours = static_cast<double>(sim_.timeline.wall_ms()) * report.nodes / 3'600'000;
    report.trace = sim_.story.trace();
    report.violations = sim_.story.violations();
    report.too_little = too_little(report);
    return report;
  }

 private:
  Workload::Find find() {
    return [this](SiteNo site) {
      const auto it = processes_.find(site);
      return it == processes_.end() ? nullptr : it->second.get();
    };
  }

  void begin() {
    if (faults_.clocks_may_be_wrong()) checks_.expect(sync::AlarmCode::kClock);
    checks_.expect(sync::AlarmCode::kAmnesia);
    faults_.on_backup([this](SiteNo site, const sync::Reader& backup) {
      if (site != kHubSite) return;
      std::vector<std::pair<SiteNo, StreamPos>> heads;
      for (std::uint32_t no = 1; no <= sites_; ++no) {
        const auto last = sync::last_record(backup, SiteNo{no});
        if (last) heads.emplace_back(SiteNo{no}, last->ref.n);
      }
      checks_.verified(heads);
      processes_.at(kHubSite)->mark_safe(heads);
    });
    faults_.on_clone([this](SiteNo site) {
      const bool one = !administrator_.cloned(site);
      workload_.on_clone(site);
      administrator_.clone(site);
      return one;
    });
    checks_.distrust(hostile_.site());
    faults_.on_hostile([this] { return hostile_.begin(); });
    faults_.on_upgrade([this](SiteNo site) { administrator_.upgrade(site); });
    faults_.begin();
    faults_.on_restore([this](SiteNo site, const sync::Reader& now, const sync::Reader& then) {
      checks_.restored(site);
      checks_.put_back(site);
      if (site == kHubSite) {
        checks_.expect(sync::AlarmCode::kRestored);
        checks_.expect(sync::AlarmCode::kFork);
        return workload_.on_hub_restore(now, then, find());
      }
      workload_.on_restore(
          site, now, then, *processes_.at(kHubSite)->disk().synced(), processes_.at(site)->device(),
          administrator_.cloned(site) ? Workload::Machines::kTwo : Workload::Machines::kOne);
    });
    const auto lose_device = [this](SiteNo site, const std::vector<sync::GuardedRow>& records) {
      workload_.on_device_loss(records, *processes_.at(site)->disk().synced(),
                               *processes_.at(kHubSite)->disk().synced());
    };
    faults_.on_device_loss(lose_device);
    checks_.on_device_away(lose_device);
    for (const auto& [site, process] : processes_) {
      if (site != kHubSite && sim_.dice.percent(kSecondDevicePercent)) process->device().build_in();
      process->start();
    }
    workload_.plan_beginning();
    sim_.timeline.run_until(kBeginningMs);
    // What nobody would ask for again (topics) is not in logs that may be damaged.
    for (const auto& [site, process] : processes_) process->disk().flush();
  }

  // Sites whose line stands hear of the region all the while.
  void skip(std::int64_t gap_ms) {
    while (gap_ms > 0) {
      const std::int64_t step = std::min(gap_ms, kSkipStepMs);
      sim_.timeline.skip(step);
      for (const auto& [site, process] : processes_) process->on_time_skipped();
      gap_ms -= step;
    }
  }

  void disasters() {
    sim_.awaits = awaits_;
    workload_.plan(kCommands, kFaultPhaseMs);
    faults_.plan(kFaults, kFaultPhaseMs);
    for (int i = 0; i < kGaps; ++i) {
      const std::int64_t gap = sim_.dice.between(0, 2 * kGapMs);
      sim_.timeline.after(sim_.dice.between(0, kFaultPhaseMs), [this, gap] { skip(gap); });
    }
    sim_.timeline.run_until(kBeginningMs + kFaultPhaseMs);
    // The last of them may have met nobody.
    for (std::int64_t more = 0; more < kMostMoreMs && faults_.landed() < kLeastFaults;
         more += kMoreMs) {
      faults_.lay(kLeastFaults - faults_.landed(), kMoreMs);
      sim_.timeline.run_until(sim_.timeline.now_ms() + kMoreMs);
    }
  }

  void peace() {
    sim_.story.tell("world", "peace");
    sim_.awaits.every = 0;
    faults_.end();
    checks_.letters().get_well();
    skip(kLongestPostalPauseMs);
    hostile_.end();
    workload_.hang_up();
    administrator_.peace(sites_);
    const std::int64_t limit = sim_.timeline.now_ms() + kQuietLimitMs;
    while (sim_.timeline.now_ms() < limit && !at_rest()) {
      sim_.timeline.run_until(sim_.timeline.now_ms() + 500);
    }
    if (administrator_.busy()) sim_.story.wrong("a cloned site is not one again at peace");
    for (const auto& [key, said] : workload_.open())
      sim_.story.wrong("not answered at peace: " + key + ", last said: " + said);
    if (!checks_.converged(sites_)) sim_.story.wrong("the backlog does not clear at peace");
    if (!checks_.letters_told(sites_)) sim_.story.wrong("letters wait at peace");
    // What is due by now is said, told of, and goes up.
    sim_.timeline.run_until(sim_.timeline.now_ms() + kLastWordsMs);
    for (int i = 0; i < 100 && !at_rest(); ++i)
      sim_.timeline.run_until(sim_.timeline.now_ms() + 100);
    checks_.at_peace(sites_, workload_.ledger());
  }

  bool at_rest() const {
    return workload_.all_answered() && !administrator_.busy() && checks_.letters_told(sites_) &&
           checks_.converged(sites_);
  }

  Sim sim_;
  const AwaitCrashes awaits_;
  std::uint32_t sites_;
  Network network_;
  std::map<SiteNo, std::unique_ptr<Process>> processes_;
  Checks checks_;
  Administrator administrator_;
  Workload workload_;
  Faults faults_;
  HostileSite hostile_;
};

}  // namespace

RunReport run_region(const RunOptions& options) { return RegionWorld(options).run(options.seed); }

}  // namespace opora::sim
