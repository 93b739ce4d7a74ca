// What the two daemons' main() share: waiting for the end, the first users, regular small jobs,
// health routes.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "sync/journal/rocks_store.h"
#include "sync/search/search_index.h"
#include "web/app/context.h"
#include "web/app/data_folder.h"
#include "web/app/disk_room.h"
#include "web/app/metrics_page.h"
#include "web/app/store_opening.h"
#include "web/server/server.h"

namespace opora::app {

// Blocks SIGINT and SIGTERM for the whole process: call first in main(), before any thread.
void block_stop_signals();
// Why the process ends.
enum class StopCause { kSignal, kStoreFailed };
// Returns when SIGINT or SIGTERM came or stop_now() was called.
StopCause wait_for_stop();
// The same, of a process that has turns of its own: true when it came within so many milliseconds.
bool stop_comes_within(int ms);
// From any thread: the store failed, the process must end (and be started again by its supervisor).
void stop_now();

// Tells systemd, when it started us (Type=notify, watchdog).
void notify_ready();
void notify_stopping();

// Calls `job` every `every_ms` on a thread of its own until destroyed.
class Ticker {
 public:
  Ticker(int every_ms, std::function<void()> job);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void loop(int every_ms);
  std::function<void()> job_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

// Creates the users of first-users.json (see `opora init-admin`) that do not exist yet, then
// removes the file. Waits for the sync. kCorrupt when the file does not read.
Status create_first_users(const DataFolder& folder, sync::Engine& engine);

// A data folder with its keys, its store and the search index beside it, projections of the present
// version (built anew at need, with progress in the log).
struct OpenedData {
  DataFolder folder;
  std::unique_ptr<DiskRoom> room;
  protocol::SiteKey site_key;
  protocol::LinkKeyPair link_keys;
  OpenedStore opened;
  sync::RocksStore* store;  // the opened one
  std::unique_ptr<sync::SearchIndex> search;
};
// `self`: the hub; a site's number is in its folder.
Result<OpenedData> open_data(const std::string& path, const StoreSettings& settings,
                             std::optional<SiteNo> self, const Clock& clock, Random& random);

struct WebSettings {
  std::string listen;
  std::string tls_cert;
  std::string tls_key;
};
// Before anything is opened: a daemon that cannot serve says so first. Errors as of web::Server.
Status check_web(const WebSettings& settings);
Result<std::unique_ptr<web::Server>> start_server(const WebSettings& settings, web::Router router);

// All routes of api.h and the UI's files.
void add_common_routes(web::Router& router, const Context& context);

// What /metrics reads; all of it outlives the routes.
struct HealthSources {
  const sync::RocksStore& store;
  std::function<const web::Server*()> server;  // null while it starts
  std::function<void(MetricsPage&)> more;      // the daemon's own
};
// GET /livez, /readyz and /metrics.
void add_health_routes(web::Router& router, const Context& context, HealthSources sources);

}  // namespace opora::app
