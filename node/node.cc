#include "node/node.h"

#include <unistd.h>

#include <spdlog/spdlog.h>

#include "node/sync_page.h"
#include "protocol/link/enrol_code.h"
#include "sync/journal/rocks_store.h"
#include "sync/projection/rebuild.h"
#include "sync/replicator/enrol_client.h"
#include "web/app/api.h"
#include "web/app/text_index.h"
#include "web/server/assets.h"
#include "web/server/json_writer.h"

namespace opora::node {

namespace {

constexpr int kEnrolTimeoutMs = 60'000;  // an administrator stands by and watches
constexpr int kSaveEveryMs = 2'000;      // how stale the "pending" figure may be right after a kill

// Tells the live stream and the replicator what a group changed.
class Observer final : public sync::EngineObserver {
 public:
  explicit Observer(app::Live& live) : live_(live) {}
  void attach(sync::NodeReplicator* replicator, app::TextIndex* text_index) {
    replicator_ = replicator;
    text_index_ = text_index;
  }

  void on_committed(const Committed& committed) override {
    for (const auto& touched : committed.touched) live_.changed(touched.kind);
    if (app::TextIndex* index = text_index_.load()) index->changed(committed.touched);
    if (committed.journal_end == told_) return;
    told_ = committed.journal_end;
    live_.changed("sync");
    if (sync::NodeReplicator* replicator = replicator_.load()) {
      replicator->notify_appended(sync::StreamKind::kJournalKeys);
      replicator->notify_appended(sync::StreamKind::kJournal);
    }
  }
  void on_set_aside(sync::Stream stream, SiteNo, StreamPos pos,
                    const std::string& reason) override {
    spdlog::error("set aside: {} {}: {}", protocol::stream_name(stream), pos.v, reason);
  }

 private:
  app::Live& live_;
  std::atomic<app::TextIndex*> text_index_{nullptr};
  std::atomic<sync::NodeReplicator*> replicator_{nullptr};
  StreamPos told_;
};

Result<app::Identity> learn_identity(const app::DataFolder& folder, const NodeOptions& options,
                                     const protocol::LinkContext& link,
                                     const protocol::LinkKeyPair& keys) {
  auto known = folder.identity();
  if (!known.ok()) return known.error();
  if (*known) return **known;
  if (options.enrolment_code.empty()) {
    return invalid("enrolment-code", "this node is not enrolled yet: ask the region for a code");
  }
  auto code = protocol::parse_enrol_code(options.enrolment_code);
  if (!code.ok()) return invalid("enrolment-code", code.error().message);
  spdlog::info("enrolling at {}", options.hub_enrol);
  auto enrolled = sync::enrol(link, options.hub_enrol, *code, keys, OPORA_VERSION, kEnrolTimeoutMs);
  if (!enrolled.ok()) return enrolled.error();
  const app::Identity identity{enrolled->site, enrolled->name, enrolled->zone, code->hub_key};
  OPORA_TRY(folder.save_identity(identity));
  return identity;
}

std::string run_file(const web::Server& server, SiteNo site) {
  web::JsonWriter out;
  out.object([&] {
    out.field("pid", static_cast<std::int64_t>(::getpid()));
    out.field("url", server.url());
    out.field("site", site);
  });
  return out.take();
}

void add_routes(web::Router& router, const app::Context& context, const LinkState& link,
                const IntakeSettings& intake) {
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
  add_telephony_routes(router, context, intake);
  add_contact_intake(router, context);
  add_ticket_actions(router, context);
  add_own_agent_state(router, context);
  add_sync_route(router, context, link);
  router.assets(web::embedded_assets());
}

}  // namespace

Result<app::StopCause> run_node(const NodeOptions& options) {
  SystemClock clock;
  SystemRandom random;
  auto folder = app::DataFolder::open(options.data);
  if (!folder.ok()) return folder.error();
  auto site_key = folder->site_key(random);
  if (!site_key.ok()) return site_key.error();
  auto keys = folder->link_keys();
  if (!keys.ok()) return keys.error();
  const protocol::LinkContext link_context;
  auto identity = learn_identity(*folder, options, link_context, *keys);
  if (!identity.ok()) return identity.error();
  auto zone = app::Zone::find(identity->zone);
  if (!zone.ok()) return zone.error();
  auto store = sync::RocksStore::open(folder->store());
  if (!store.ok()) return store.error();
  OPORA_TRY(sync::ensure_projection(**store, sync::Vault(*site_key)));

  OPORA_TRY(app::check_projection(**store, *site_key));

  app::Live live;
  Observer observer(live);
  const sync::EngineSettings settings{identity->site, *site_key,
                                      [zone = *zone](TimeMs at) { return zone.offset_min(at); }};
  auto core = sync::EngineCore::open(**store, settings, clock, random, observer);
  if (!core.ok()) return core.error();
  sync::Engine engine(std::move(*core), clock, app::stop_now);
  OPORA_TRY(app::create_first_users(*folder, engine));

  sync::StoreStreams streams(**store, engine);
  LinkState link(**store, streams, clock, live);
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
      protocol::Place::kNode,
      identity->site,
      identity->name,
      *zone,
      OPORA_VERSION,
      sessions,
      live,
      worker,
      [&] { return link.acked(); },
      [&](const std::string& query, std::size_t limit) { return text_index.search(query, limit); },
      [&](SiteNo) { return std::optional(engine.settled_before()); }};

  sync::NodeReplicator replicator(
      link_context, {options.hub, identity->hub_key, *keys, identity->site, OPORA_VERSION},
      sync::LinkPorts{streams, streams, link, clock, random});

  std::unique_ptr<web::Server> server;
  web::Router router;
  add_routes(router, context, link, options.intake);
  app::add_health_routes(
      router, context, [&] { return server.get(); }, [] { return std::string{}; });
  web::ServerOptions web_options;
  web_options.listen = options.listen;
  web_options.tls_cert_file = options.tls_cert;
  web_options.tls_key_file = options.tls_key;
  web_options.log = [](std::string_view text) { spdlog::warn("http: {}", text); };
  auto started = web::Server::start(std::move(web_options), std::move(router));
  if (!started.ok()) return started.error();
  server = std::move(*started);

  live.start(SyncMessage(**store, identity->site, link));
  OPORA_TRY(replicator.start());
  observer.attach(&replicator, &text_index);
  app::StopCause cause;
  {
    const app::Ticker saver(kSaveEveryMs, [&] { link.save(engine); });
    OPORA_TRY(folder->write_run_file(run_file(*server, identity->site)));
    spdlog::info("site {} at {}", identity->site.v, server->url());
    app::notify_ready();
    cause = app::wait_for_stop();
    app::notify_stopping();
    folder->remove_run_file();
  }
  server->stop();
  observer.attach(nullptr, nullptr);
  replicator.stop();
  live.stop();
  engine.stop();
  return cause;
}

}  // namespace opora::node
