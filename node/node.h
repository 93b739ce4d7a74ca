// Node: a site's process, wired. Owned by main(); construction order is dependency order,
// destruction the reverse.
#pragma once

#include <memory>
#include <string>

#include "node/api.h"
#include "node/call_desk.h"
#include "node/call_monitor.h"
#include "node/link_state.h"
#include "node/recordings/recording_keeper.h"
#include "sync/replicator/node_replicator.h"
#include "web/app/backups.h"
#include "web/app/daemon.h"
#include "web/app/read_audit.h"

namespace opora::node {

struct NodeOptions {
  std::string data;
  app::BackupSettings backup;
  app::StoreSettings store{"", app::AfterDamage::kGoOn};
  app::WebSettings web{"127.0.0.1:8081", "", ""};
  std::string hub = "tcp://127.0.0.1:7700";
  std::string hub_enrol = "tcp://127.0.0.1:7701";
  std::string enrolment_code;  // needed once
  IntakeSettings intake;
  CallSettings calls;
  MonitorSettings monitor;
  AttachmentSettings attachments;
  RecordingSettings recordings;
  app::Days credential_lease = app::kDefaultLease;
  app::Days audit_days = app::kDefaultAuditDays;
  MailSettings mail;
};

// Runs until SIGINT, SIGTERM or a failed store. An error: the process could not start.
Result<app::StopCause> run_node(const NodeOptions& options);

}  // namespace opora::node
