// Command line and log of the daemons.
#pragma once

#include "protocol/base/result.h"
#include "web/app/backups.h"
#include "web/app/daemon.h"

// NOLINTNEXTLINE(readability-identifier-naming): the name is CLI11's
namespace CLI {
class App;
}

namespace opora::app {

// --backup FOLDER, --backup-hours, --backup-keep.
void add_backup_options(CLI::App& cli, BackupSettings& settings);
// --audit-days.
void add_audit_option(CLI::App& cli, int& days);
// --after-damage; its default is the value in `settings`.
void add_store_options(CLI::App& cli, StoreSettings& settings);
// --safety FOLDER, for sites.
void add_safety_option(CLI::App& cli, StoreSettings& settings);
// To standard error, times in UTC; under systemd the journal adds its own. No patient data, ever.
void start_log();
// 0 after a signal, 3 when the store failed (the supervisor starts us again), 2 when the start
// failed: what and which option goes to standard error.
int exit_code(const Result<StopCause>& cause);

}  // namespace opora::app
