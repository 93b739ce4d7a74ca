#include "hub/hub.h"

#include <unistd.h>

#include <spdlog/spdlog.h>

#include "hub/api.h"
#include "hub/outbox.h"
#include "sync/journal/rocks_store.h"
#include "sync/projection/rebuild.h"
#include "sync/replicator/hub_replicator.h"
#include "web/app/api.h"
#include "web/app/text_index.h"
#include "web/server/assets.h"
#include "web/server/json_writer.h"

namespace opora::hub {

namespace {

constexpr int kSaveEveryMs = 2'000;  // how old a site's "data through" may look right after a kill

// Routes events to sites, and tells the live stream, the directory and the replicator what a group
// changed.
class Observer final : public sync::EngineObserver {
 public:
  explicit Observer(app::Live& live) : live_(live) {}
  void attach(sync::EngineCore& core) { outbox_.attach(core); }
  void attach(Directory* directory, sync::HubReplicator* replicator, Region* region,
              app::TextIndex* text_index) {
    text_index_ = text_index;
    directory_ = directory;
    region_ = region;
    replicator_ = replicator;
  }

  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef& ref) override {
    outbox_.on_event(txn, event, ref);
    if (const auto* site = std::get_if<protocol::SiteChanged>(&event.facts))
      changed_sites_.insert(site->site);
  }
  void on_key(sync::Transaction& txn, const AggregateId& aggregate) override {
    outbox_.on_key(txn, aggregate);
  }

  void on_committed(const Committed& committed) override {
    for (const auto& touched : committed.touched) live_.changed(touched.kind);
    if (app::TextIndex* index = text_index_.load()) index->changed(committed.touched);
    const std::set<SiteNo> grown = outbox_.take_grown();
    const std::set<SiteNo> sites = std::exchange(changed_sites_, {});
    sync::HubReplicator* replicator = replicator_.load();
    if (replicator == nullptr) return;
    for (const SiteNo site : grown) notify(*replicator, site);
    for (const SiteNo site : sites) {
      if (const auto revoked = directory_.load()->reload(site)) replicator->revoke(*revoked);
    }
  }
  void on_set_aside(sync::Stream stream, SiteNo peer, StreamPos pos,
                    const std::string& reason) override {
    spdlog::error("set aside: site {} {} {}: {}", peer.v, protocol::stream_name(stream), pos.v,
                  reason);
    if (Region* region = region_.load()) {
      region->raise(
          peer, "set_aside",
          std::string(protocol::stream_name(stream)) + " " + std::to_string(pos.v) + ": " + reason);
    }
  }

 private:
  static void notify(sync::HubReplicator& replicator, SiteNo site) {
    const bool common = site == kHubSite;
    replicator.notify_appended(
        common ? sync::StreamKind::kCommonKeys : sync::StreamKind::kPrivateKeys, site);
    replicator.notify_appended(common ? sync::StreamKind::kCommon : sync::StreamKind::kPrivate,
                               site);
  }

  app::Live& live_;
  std::atomic<app::TextIndex*> text_index_{nullptr};
  Outbox outbox_;
  std::set<SiteNo> changed_sites_;
  std::atomic<Directory*> directory_{nullptr};
  std::atomic<Region*> region_{nullptr};
  std::atomic<sync::HubReplicator*> replicator_{nullptr};
};

std::string run_file(const web::Server& server, const sync::HubReplicator& replicator) {
  web::JsonWriter out;
  out.object([&] {
    out.field("pid", static_cast<std::int64_t>(::getpid()));
    out.field("url", server.url());
    out.field("link", replicator.link_endpoint());
    out.field("enrol", replicator.enrol_endpoint());
  });
  return out.take();
}

void add_routes(web::Router& router, const app::Context& context, const Region& region,
                const LinkKey& hub_key) {
  app::add_session_routes(router, context);
  app::add_live_route(router, context);
  app::add_call_routes(router, context);
  app::add_contact_routes(router, context);
  app::add_ticket_routes(router, context);
  app::add_problem_routes(router, context);
  app::add_catalogue_routes(router, context);
  app::add_user_routes(router, context);
  app::add_agent_routes(router, context);
  app::add_report_routes(router, context);
  app::add_erasure_routes(router, context);
  app::add_digest_route(router, context);
  add_site_routes(router, context, region, hub_key);
  add_sync_route(router, context, region);
  router.assets(web::embedded_assets());
}

}  // namespace

Result<app::StopCause> run_hub(const HubOptions& options) {
  SystemClock clock;
  SystemRandom random;
  auto folder = app::DataFolder::open(options.data);
  if (!folder.ok()) return folder.error();
  auto site_key = folder->site_key(random);
  if (!site_key.ok()) return site_key.error();
  auto keys = folder->link_keys();
  if (!keys.ok()) return keys.error();
  auto zone = app::Zone::find(options.zone);
  if (!zone.ok()) return zone.error();
  auto store = sync::RocksStore::open(folder->store());
  if (!store.ok()) return store.error();
  OPORA_TRY(sync::ensure_projection(**store, sync::Vault(*site_key)));

  OPORA_TRY(app::check_projection(**store, *site_key));

  app::Live live;
  Observer observer(live);
  const sync::EngineSettings settings{kHubSite, *site_key,
                                      [zone = *zone](TimeMs at) { return zone.offset_min(at); }};
  auto core = sync::EngineCore::open(**store, settings, clock, random, observer);
  if (!core.ok()) return core.error();
  observer.attach(**core);
  sync::Engine engine(std::move(*core), clock, app::stop_now);
  OPORA_TRY(app::create_first_users(*folder, engine));

  sync::StoreStreams streams(**store, engine);
  Region region(**store, streams, clock, live);
  Directory directory(**store, engine, clock);
  auto search = sync::SearchIndex::open({folder->search().string()});
  if (!search.ok()) return search.error();
  app::TextIndex text_index(**search, **store, engine.vault());
  app::Sessions sessions(*(*store)->snapshot());
  app::Worker worker;
  const app::Context context{
      **store,
      engine,
      clock,
      random,
      protocol::Place::kHub,
      kHubSite,
      options.name,
      *zone,
      OPORA_VERSION,
      sessions,
      live,
      worker,
      [] { return StreamPos{~std::uint64_t{0}}; },
      [&](const std::string& query, std::size_t limit) { return text_index.search(query, limit); },
      [&](SiteNo site) { return region.data_through(site); }};

  const protocol::LinkContext link_context;
  sync::HubReplicator replicator(link_context, {options.link, options.enrol, *keys, OPORA_VERSION},
                                 sync::LinkPorts{streams, streams, region, clock, random},
                                 directory, directory);

  std::unique_ptr<web::Server> server;
  web::Router router;
  add_routes(router, context, region, keys->public_key);
  app::add_health_routes(
      router, context, [&] { return server.get(); }, [] { return std::string{}; });
  web::ServerOptions web_options;
  web_options.listen = options.listen;
  web_options.tls_cert_file = options.tls_cert;
  web_options.tls_key_file = options.tls_key;
  web_options.log = [](std::string_view text) { spdlog::warn("http: {}", text); };
  OPORA_TRY(replicator.start());
  auto started = web::Server::start(std::move(web_options), std::move(router));
  if (!started.ok()) {
    replicator.stop();
    return started.error();
  }
  server = std::move(*started);
  live.start([&] { return sync_message(context, region); });
  observer.attach(&directory, &replicator, &region, &text_index);
  app::StopCause cause;
  {
    const app::Ticker saver(kSaveEveryMs, [&] { region.save(engine); });
    OPORA_TRY(folder->write_run_file(run_file(*server, replicator)));
    spdlog::info("hub at {}", server->url());
    app::notify_ready();
    cause = app::wait_for_stop();
    app::notify_stopping();
    folder->remove_run_file();
  }
  server->stop();
  observer.attach(nullptr, nullptr, nullptr, nullptr);
  replicator.stop();
  live.stop();
  engine.stop();
  return cause;
}

}  // namespace opora::hub
