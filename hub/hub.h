// Hub: the region's process, wired. Owned by main().
#pragma once

#include <string>

#include "web/app/backups.h"
#include "web/app/daemon.h"
#include "web/app/read_audit.h"

namespace opora::hub {

struct HubOptions {
  std::string data;
  app::BackupSettings backup;
  app::StoreSettings store;
  app::WebSettings web{"127.0.0.1:8080", "", ""};
  std::string link = "tcp://127.0.0.1:7700";
  std::string enrol = "tcp://127.0.0.1:7701";
  std::string name = "Region";
  std::string zone = "Europe/Moscow";
  app::Days audit_days = app::kDefaultAuditDays;
};

// Runs until SIGINT, SIGTERM or a failed store. An error: the process could not start.
Result<app::StopCause> run_hub(const HubOptions& options);

}  // namespace opora::hub
