#include "web/app/options.h"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

// Read by jemalloc (the daemons' allocator, ARCHITECTURE.md) before main(). As many arenas as
// threads that work at the same time: engine, I/O, flush, compaction; and what is not used goes
// back to the system after a second, also from a node that has become idle.
// NOLINTBEGIN(readability-identifier-naming): the name is jemalloc's
extern "C" {
const char* malloc_conf = "narenas:4,background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
// NOLINTEND(readability-identifier-naming)

namespace opora::app {

void add_backup_options(CLI::App& cli, BackupSettings& settings) {
  cli.add_option("--backup", settings.folder,
                 "folder for backups, best on another disk; without it there are none");
  cli.add_option("--backup-hours", settings.every_hours, "hours between two backups")
      ->check(CLI::Range(1, 168))
      ->capture_default_str();
  cli.add_option("--backup-keep", settings.keep, "how many backups are kept")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
}

void add_audit_option(CLI::App& cli, int& days) {
  cli.add_option("--audit-days", days, "for so long reads of patients' records are listed")
      ->check(CLI::Range(1, 36'500))
      ->capture_default_str();
}

void add_safety_option(CLI::App& cli, StoreSettings& settings) {
  cli.add_option("--safety", settings.safety,
                 "folder of the safety journal, on a second device: what the region has not "
                 "confirmed is written there too, before it is answered");
}

void add_store_options(CLI::App& cli, StoreSettings& settings) {
  static const std::map<std::string, AfterDamage> kNames{{"refuse", AfterDamage::kRefuse},
                                                         {"go-on", AfterDamage::kGoOn}};
  cli.add_option("--after-damage", settings.after_damage,
                 "when commits that were synced are missing from the store: refuse to start, or "
                 "go on with what is whole and say what is lost")
      ->transform(CLI::CheckedTransformer(kNames))
      ->default_str(settings.after_damage == AfterDamage::kGoOn ? "go-on" : "refuse");
}

void start_log() {
  auto logger =
      std::make_shared<spdlog::logger>("opora", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

int exit_code(const Result<StopCause>& cause) {
  if (!cause.ok()) {
    spdlog::error("cannot start: {}{}{}", cause.error().path,
                  cause.error().path.empty() ? "" : ": ", cause.error().message);
    return 2;
  }
  return *cause == StopCause::kStoreFailed ? 3 : 0;
}

}  // namespace opora::app
