// What every API handler of a daemon works with. Built once in main(), lives longer than the
// server; handlers keep a reference. Reads go to snapshots on the I/O thread, changes go to the
// engine, slow work (passwords, workbooks) to `worker`.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "protocol/base/hash.h"
#include "protocol/domain/access.h"
#include "sync/engine/engine.h"
#include "web/app/lease.h"
#include "web/app/live.h"
#include "web/app/read_audit.h"
#include "web/app/sessions.h"
#include "web/app/worker.h"
#include "web/app/zones.h"

namespace opora::app {

class DiskRoom;
class KnownUsers;
class LoginGuard;

// How far the region has this site's journal: receipts are ✓✓ up to here (node), always (hub).
using AckedPosition = std::function<StreamPos()>;
// Full-text search: ids of tickets, best first. Empty when the index is not there.
using TextSearch =
    std::function<std::vector<AggregateId>(const std::string& query, std::size_t limit)>;
// data_through of a site's figures: up to when everything that happened there is known here.
// Nothing: never heard of.
using DataThrough = std::function<std::optional<TimeMs>(SiteNo)>;
// Where an erasure that happened here still has to arrive, as far as it is known; the hub is site
// 0.
using ErasurePending =
    std::function<std::vector<SiteNo>(const sync::Reader& rows, const AggregateId&)>;

// How a letter to the applicant stands at the site that answers for the ticket (A15).
struct TellingStanding {
  std::string_view waits_for;  // "sending", "no_relay", "region", "relay", "next_try"
  std::uint32_t tries = 0;
  std::optional<TimeMs> next;
};
using TellingStandings = std::function<std::optional<TellingStanding>(
    const sync::Reader& rows, const protocol::Entity& ticket, const protocol::Telling& telling)>;

struct Context {
  sync::Store& store;
  sync::Engine& engine;
  const Clock& clock;
  Random& random;
  protocol::Place place;
  SiteNo site;
  std::string site_name;
  Zone zone;
  std::string version;
  Sessions& sessions;
  LoginGuard& login_guard;
  Live& live;
  Worker& worker;
  AckedPosition acked;
  TextSearch search;
  DataThrough data_through;
  ErasurePending erasure_pending;
  KnownUsers& known_users;
  ReadMemory& read_memory;
  CredentialLease lease;  // on users of other places
  Days audit_days = kDefaultAuditDays;
  const DiskRoom* disk_room = nullptr;  // null: nobody looks
  TellingStandings telling_standing{};  // empty: no letters are sent here
};

// Desks and names of a site as they are known now: from the directory, else one desk with the
// site's own name.
struct SiteInfo {
  SiteNo no;
  std::string name;
  std::string zone;
  std::vector<protocol::Desk> desks;
  // False at the hub alone, of a site that was declared and has never been heard of.
  bool enrolled = true;
  std::string support_code{};  // V2, as it is kept; empty: none yet
};
SiteInfo site_info(const Context& context, const sync::Reader& rows, SiteNo site);
// Every site that reports (all but the hub); at a node: its own.
std::vector<SiteInfo> reporting_sites(const Context& context, const sync::Reader& rows);

}  // namespace opora::app
