// opora-sim: runs of the simulated region, by seed. Exit status 0 only without violations; with
// --planted only if every planted mistake was found.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "protocol/base/hash.h"
#include "tests/sim/region/region_world.h"

namespace opora::sim {
namespace {

// Of the processor, for a run with a mistake. One without takes some 0.3 s, ten times that under a
// sanitizer; one that finds no end counts as escaped.
constexpr rlim_t kMostSeconds = 30;

// Seeds are counted from 1; a start and as many from there fit into 64 bits.
constexpr std::uint64_t kLastSeed = 1'000'000'000'000;

// What must happen to tickets in so many seeds, or their deadlines were not put to the test: about
// half of what does happen.
constexpr std::uint64_t kSeedsToCount = 100;
constexpr std::array<std::pair<std::string_view, std::uint64_t>, 18> kLeastOfLife = {{
    {"75 % of the reaction", 3'500},
    {"100 % of the reaction", 3'500},
    {"75 % of the completion", 2'000},
    {"100 % of the completion", 2'000},
    {"breaches while cut off", 2'000},
    {"attributions checked", 1'500},
    {"tickets counted", 1'100},
    {"handed over", 250},
    {"assigned", 25},
    {"passed to line 2 or 3", 250},
    {"started", 600},
    {"paused", 300},
    {"resumed", 200},
    {"reclassified", 60},
    {"done", 100},
    {"rejected", 40},
    {"reopened", 40},
    {"closed for ever", 30},
}};

struct Options {
  std::uint64_t seeds = 20;
  std::uint64_t start = 1;
  std::uint64_t replay = 0;
  std::uint32_t sites = 0;
  std::uint64_t crash_every = 0;
  std::uint64_t crash_from = 0;
  std::uint64_t crash_runs = 0;
  std::string planted;
  bool twice = false;
  bool journeys = false;
};

struct Sum {
  std::uint64_t seeds = 0;
  std::uint64_t commands = 0;
  std::uint64_t violations = 0;
  std::uint64_t trace = 0;
  double node_hours = 0;
  std::map<std::string, std::uint64_t> faults;
  std::map<std::string, std::uint64_t> life;

  void add(const RunReport& report) {
    ++seeds;
    commands += report.acknowledged;
    violations += report.violations.size() + (report.too_little.empty() ? 0 : 1);
    trace = trace * 31 + report.trace;
    node_hours += report.node_hours;
    for (const auto& [kind, count] : report.faults) faults[kind] += count;
    for (const auto& [kind, count] : report.life) life[kind] += count;
  }

  void print_life() const {
    std::printf("tickets:");
    for (const auto& [kind, count] : life)
      std::printf(" %s %llu,", kind.c_str(), static_cast<unsigned long long>(count));
    std::printf("\n");
  }
  // Of a campaign that is long enough for chance to even out.
  void demand_life() {
    if (seeds < kSeedsToCount) return;
    for (const auto& [kind, least] : kLeastOfLife) {
      const std::uint64_t wanted = least * seeds / kSeedsToCount;
      const auto found = life.find(std::string(kind));
      const std::uint64_t seen = found == life.end() ? 0 : found->second;
      if (seen >= wanted) continue;
      ++violations;
      std::printf("too little happened to tickets: %s %llu, at least %llu\n",
                  std::string(kind).c_str(), static_cast<unsigned long long>(seen),
                  static_cast<unsigned long long>(wanted));
    }
  }

  void print() const {
    std::printf("seeds %llu, commands %llu, faults:", static_cast<unsigned long long>(seeds),
                static_cast<unsigned long long>(commands));
    for (const auto& [kind, count] : faults)
      std::printf(" %s %llu,", kind.c_str(), static_cast<unsigned long long>(count));
    std::printf(" node-hours %.0f, trace %016llx, violations %llu\n", node_hours,
                static_cast<unsigned long long>(trace),
                static_cast<unsigned long long>(violations));
  }
};

void print_violations(const RunReport& report) {
  for (const std::string& what : report.violations) {
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(report.seed), what.c_str());
  }
  if (!report.too_little.empty())
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(report.seed),
                report.too_little.c_str());
}

int replay(const Options& options, Planted planted) {
  const RunReport report = run_region({options.replay,
                                       planted,
                                       Story::Reader::kStandardOutput,
                                       options.sites,
                                       fault_of(planted),
                                       nullptr,
                                       {options.crash_every, options.crash_from},
                                       options.journeys});
  for (const auto& [what, count] : report.refused)
    std::printf("refused %llu x %s\n", static_cast<unsigned long long>(count), what.c_str());
  print_violations(report);
  Sum sum;
  sum.add(report);
  sum.print();
  return sum.violations == 0 ? 0 : 1;
}

int campaign(const Options& options) {
  Sum sum;
  for (std::uint64_t seed = options.start; seed < options.start + options.seeds; ++seed) {
    RunOptions run{seed, Planted::kNone, Story::Reader::kNobody, options.sites};
    run.journeys = options.journeys;
    RunReport report = run_region(run);
    if (options.twice && run_region(run).trace != report.trace)
      report.violations.push_back("the same seed was another run");
    print_violations(report);
    std::fflush(stdout);
    sum.add(report);
  }
  sum.demand_life();
  sum.print_life();
  sum.print();
  return sum.violations == 0 ? 0 : 1;
}

// Each seed so many times that every await was a crash in one of them, or a part of those runs.
int crashes(const Options& options) {
  Sum sum;
  std::uint64_t awaits = 0;
  const std::uint64_t left = options.crash_every - options.crash_from;
  const std::uint64_t runs = options.crash_runs == 0 ? left : std::min(options.crash_runs, left);
  for (std::uint64_t seed = options.start; seed < options.start + options.seeds; ++seed) {
    for (std::uint64_t run = 0; run < runs; ++run) {
      const AwaitCrashes at{options.crash_every, options.crash_from + run};
      const RunReport report = run_region(
          {seed, Planted::kNone, Story::Reader::kNobody, options.sites, {}, nullptr, at});
      if (!report.violations.empty() || !report.too_little.empty())
        std::printf("crashes from %llu:\n", static_cast<unsigned long long>(at.first));
      print_violations(report);
      std::fflush(stdout);
      awaits += report.awaits;
      sum.add(report);
    }
  }
  std::printf("awaits %llu, of which one in %llu was a crash\n",
              static_cast<unsigned long long>(awaits),
              static_cast<unsigned long long>(options.crash_every));
  sum.print();
  return sum.violations == 0 ? 0 : 1;
}

enum class Ended { kClean, kWrong, kNotAtAll };
using Tell = std::function<void(const std::string&)>;

// In a process of its own: a store that lies makes the product end itself by a CHECK, and that is
// a mistake found, too. One symptom is enough: what a daemon does on such a store has no bounds.
Ended play_apart(RunOptions run, const Tell& tell) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit most{kMostSeconds, kMostSeconds};
    setrlimit(RLIMIT_CPU, &most);
    run.on_wrong = [&tell](const std::string& what) {
      tell(what);
      _exit(1);
    };
    const RunReport report = run_region(run);
    // What a mistake keeps from happening says nothing of it.
    if (run.planted == Planted::kNone && !report.too_little.empty())
      run.on_wrong(report.too_little);
    _exit(0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return Ended::kNotAtAll;
  if (WIFEXITED(status)) return WEXITSTATUS(status) == 0 ? Ended::kClean : Ended::kWrong;
  if (WTERMSIG(status) != SIGABRT) return Ended::kNotAtAll;  // killed from outside
  tell("the product ended itself");
  return Ended::kWrong;
}

enum class Hunt { kCaught, kVoid, kEscaped };

// What catches a mistake must be clean without it, seed and faults being the same: else it may have
// caught something else.
Hunt hunt(const PlantedMistake& mistake, const Options& options) {
  const auto say = [&](const std::string& what) {
    std::printf("%-22s %s\n", std::string(mistake.name).c_str(), what.c_str());
    std::fflush(stdout);
  };
  for (std::uint64_t seed = options.start; seed < options.start + options.seeds; ++seed) {
    RunOptions run{seed, mistake.id, Story::Reader::kNobody, options.sites, mistake.fault};
    run.journeys = options.journeys || mistake.id == Planted::kHandOverUnheard;
    const auto found = [&](const std::string& what) {
      say("found by seed " + std::to_string(seed) + ": " + what);
    };
    if (play_apart(run, found) != Ended::kWrong) continue;
    run.planted = Planted::kNone;
    const auto without = [&](const std::string& what) { say("WITHOUT IT: " + what); };
    if (play_apart(run, without) == Ended::kClean) return Hunt::kCaught;
    say("VOID: the run without it is not clean");
    return Hunt::kVoid;
  }
  say("ESCAPED " + std::to_string(options.seeds) + " seeds");
  return Hunt::kEscaped;
}

int hunts(const Options& options, std::optional<Planted> only) {
  std::map<Hunt, int> ended;
  for (const PlantedMistake& mistake : planted_mistakes()) {
    if (!only || mistake.id == *only) ++ended[hunt(mistake, options)];
  }
  std::printf("caught %d, void %d, escaped %d\n", ended[Hunt::kCaught], ended[Hunt::kVoid],
              ended[Hunt::kEscaped]);
  return ended[Hunt::kVoid] + ended[Hunt::kEscaped] == 0 ? 0 : 1;
}

int run(int argc, char** argv) {
  CLI::App app("Simulated runs of a region: the same seed is the same run.");
  Options options;
  // A campaign of no seeds proves nothing and must not look as if it did.
  const CLI::Range a_seed(std::uint64_t{1}, kLastSeed);
  app.add_option("--seeds", options.seeds, "how many (with --planted: at most, for each)")
      ->check(a_seed);
  app.add_option("--start", options.start, "the first")->check(a_seed);
  app.add_option("--replay", options.replay, "one seed, told in words")->check(a_seed);
  app.add_option("--sites", options.sites, "beside the hub; without it the seed decides")
      ->check(CLI::Range(1, 60));
  app.add_flag("--twice", options.twice, "every seed a second time: the trace must be the same");
  app.add_flag("--journeys", options.journeys, "callers go over from site to site");
  app.add_option("--planted", options.planted, "with a deliberate mistake, or all in turn");
  auto* every =
      app.add_option("--crash-every", options.crash_every,
                     "each seed so many times: at every so many-th await some daemon is killed, in "
                     "each run at others")
          ->check(CLI::Range(std::uint64_t{20}, std::uint64_t{1'000'000}));
  app.add_option("--crash-from", options.crash_from, "the first of these runs, from 0")
      ->needs(every);
  app.add_option("--crash-runs", options.crash_runs, "how many of them; all by default")
      ->needs(every);
  CLI11_PARSE(app, argc, argv);
  const auto planted = planted_by_name(options.planted);
  if (!options.planted.empty() && !planted && options.planted != "all") {
    for (const PlantedMistake& mistake : planted_mistakes()) {
      std::printf("%-22s %s\n", std::string(mistake.name).c_str(),
                  std::string(mistake.what).c_str());
    }
    return 2;
  }
  if (options.crash_every != 0 && options.crash_from >= options.crash_every) {
    std::puts("--crash-from: below --crash-every");
    return 2;
  }
  if (options.replay != 0) return replay(options, planted.value_or(Planted::kNone));
  if (options.crash_every != 0) return crashes(options);
  return options.planted.empty() ? campaign(options) : hunts(options, planted);
}

}  // namespace
}  // namespace opora::sim

int main(int argc, char** argv) {
  if (!opora::init_crypto()) return 1;
  spdlog::set_level(spdlog::level::off);  // what daemons log is told by the story
  return opora::sim::run(argc, argv);
}
