#include "hub/hub.h"

#include <unistd.h>

#include <spdlog/spdlog.h>

#include "hub/api.h"
#include "hub/erasure_state.h"
#include "hub/metrics.h"
#include "hub/owners.h"
#include "sync/feed/marks.h"
#include "sync/feed/store_files.h"
#include "sync/replicator/hub_replicator.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/erasures.h"
#include "web/app/known_users.h"
#include "web/app/login_guard.h"
#include "web/app/recording_sweep.h"
#include "web/app/text_index.h"
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
              app::TextIndex* text_index, app::Purger* purger) {
    purger_ = purger;
    text_index_ = text_index;
    directory_ = directory;
    region_ = region;
    replicator_ = replicator;
  }

  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef& ref) override {
    outbox_.on_event(txn, event, ref);
    app::Purger::mark(txn, event);
    if (const auto* site = std::get_if<protocol::SiteChanged>(&event.facts))
      changed_sites_.insert(site->site);
  }
  void on_key(sync::Transaction& txn, const AggregateId& aggregate) override {
    outbox_.on_key(txn, aggregate);
  }
  void on_key_refused(sync::Transaction& txn, SiteNo peer, const AggregateId& aggregate) override {
    outbox_.return_key(txn, aggregate, peer);
  }
  void on_received(sync::Transaction& txn, sync::Decision& decision,
                   const protocol::Event& event) override {
    answer_ticket_event(outbox_, txn, decision, event);
  }

  void on_folded() override { folded_ = {outbox_.take_grown(), std::exchange(changed_sites_, {})}; }
  void on_committed(const Committed& committed) override {
    for (const auto& touched : committed.touched) known_users_.changed(touched.kind);
  }
  void on_answered(const Committed& committed) override {
    for (const auto& touched : committed.touched) live_.changed(touched.kind);
    if (app::TextIndex* index = text_index_.load()) index->changed(committed.touched);
    if (app::Purger* purger = purger_.load()) purger->changed(committed.touched);
    const Folded folded = std::exchange(folded_, {});
    sync::HubReplicator* replicator = replicator_.load();
    if (replicator == nullptr) return;
    for (const SiteNo site : folded.grown) notify(*replicator, site);
    for (const SiteNo site : folded.changed) {
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

  app::KnownUsers& known_users() { return known_users_; }

 private:
  static void notify(sync::HubReplicator& replicator, SiteNo site) {
    const bool common = site == kHubSite;
    replicator.notify_appended(
        common ? sync::StreamKind::kCommonKeys : sync::StreamKind::kPrivateKeys, site);
    replicator.notify_appended(common ? sync::StreamKind::kCommon : sync::StreamKind::kPrivate,
                               site);
  }

  app::Live& live_;
  app::KnownUsers known_users_;
  std::atomic<app::TextIndex*> text_index_{nullptr};
  std::atomic<app::Purger*> purger_{nullptr};
  Outbox outbox_;
  std::set<SiteNo> changed_sites_;
  // Of the group that is committed; what the next one does gathers above.
  struct Folded {
    std::set<SiteNo> grown;
    std::set<SiteNo> changed;
  };
  Folded folded_;
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

// The running region. Members are in the order of dependency.
class Running {
 public:
  Running(const app::OpenedData& data, const app::Zone& zone, const HubOptions& options,
          const protocol::LinkContext& link_context, std::unique_ptr<sync::EngineCore> core,
          sync::JournalGuard& guard, const Clock& clock, Random& random, app::Live& live,
          Observer& observer)
      : data_(data),
        options_(options),
        guard_(guard),
        live_(live),
        observer_(observer),
        engine_(std::move(core), clock, app::stop_now),
        streams_(*data.store, engine_, send_rights()),
        files_(
            *data.store, engine_, may_read_ticket,
            [room = data.room.get()] { return !room->low(); },
            [&live] { live.changed(protocol::Kind::kTicket); }),
        region_(*data.store, streams_, clock, live),
        directory_(*data.store, engine_, clock),
        lease_watch_(*data.store, region_, clock),
        text_index_(*data.search, *data.store, engine_.vault()),
        sessions_(*data.store->snapshot()),
        erasure_list_(options.backup.folder),
        purger_(*data.store, worker_, engine_, erasure_list_),
        context_(make_context(zone, clock, random)),
        replicator_(link_context, {options.link, options.enrol, data.link_keys, OPORA_VERSION},
                    sync::LinkPorts{streams_, streams_, region_, clock, random, &files_},
                    directory_, directory_) {}

  Status start() {
    OPORA_TRY(app::create_first_users(data_.folder, engine_));
    app::BackupSettings backup = options_.backup;
    backup.verified = [this](const app::BackupNote& note) { mark_safe(note); };
    auto backups = app::Backups::start(*data_.store, context_.clock, kHubSite, std::move(backup),
                                       erasure_list_);
    if (!backups.ok()) return backups.error();
    backups_ = std::move(*backups);
    web::Router router;
    app::add_backup_routes(router, context_, *backups_);
    app::add_common_routes(router, context_);
    add_site_routes(router, context_, region_,
                    {data_.link_keys.public_key, [this](SiteNo site) { replicator_.renew(site); }});
    add_sync_route(router, context_, region_);
    add_ticket_decisions(router, context_);
    app::add_health_routes(
        router, context_,
        {*data_.store, [this] { return server_.get(); },
         [this](app::MetricsPage& page) { add_metrics(page, context_, region_); }});
    OPORA_TRY(replicator_.start());
    observer_.attach(&directory_, &replicator_, &region_, &text_index_, &purger_);
    purger_.resume();
    engine_.read_unread();
    auto server = app::start_server(options_.web, std::move(router));
    if (!server.ok()) return server.error();
    server_ = std::move(*server);
    live_.start([this] { return sync_message(context_, region_); },
                [this](const app::LivePass& pass) { return app::still_good(context_, pass); });
    saver_.emplace(kSaveEveryMs, [this] {
      region_.save(engine_);
      data_.room->look();
      guard_.tend({}, {});
      region_.announce_behind();
    });
    sweep_ticker_.emplace(static_cast<int>(app::kSweepEveryMs), [this] {
      if (region_.clock_confirmed())
        static_cast<void>(app::sweep_recordings(*data_.store, engine_, context_.clock.now()));
    });
    lease_ticker_.emplace(LeaseWatch::kEveryMs, [this] { lease_watch_.look(engine_); });
    spdlog::info("hub at {}", server_->url());
    return data_.folder.write_run_file(run_file(*server_, replicator_));
  }

  void stop() {
    data_.folder.remove_run_file();
    lease_ticker_.reset();
    sweep_ticker_.reset();
    saver_.reset();
    if (server_) server_->stop();
    observer_.attach(nullptr, nullptr, nullptr, nullptr, nullptr);
    replicator_.stop();
    region_.save(engine_);
    live_.stop();
    engine_.stop();
  }

 private:
  app::Context make_context(const app::Zone& zone, const Clock& clock, Random& random) {
    return {*data_.store,
            engine_,
            clock,
            random,
            protocol::Place::kHub,
            kHubSite,
            options_.name,
            zone,
            OPORA_VERSION,
            sessions_,
            login_guard_,
            live_,
            worker_,
            [] { return StreamPos{~std::uint64_t{0}}; },
            [this](const std::string& query, std::size_t limit) {
              return text_index_.search(query, limit);
            },
            [this](SiteNo site) { return region_.data_through(site); },
            [this](const sync::Reader& rows, const AggregateId& id) {
              return hub::erasure_pending(rows, streams_, id);
            },
            observer_.known_users(),
            read_memory_,
            // All who work here are users of the hub itself.
            {app::kDefaultLease, [] { return std::nullopt; }},
            options_.audit_days,
            data_.room.get()};
  }

  // What is in a verified backup is safe: its sites need not keep it for this hub.
  void mark_safe(const app::BackupNote& note) {
    sync::Command command;
    command.decide = [note](sync::Decision& decision) {
      for (const auto& head : note.heads) {
        if (head.origin == kHubSite) continue;
        const auto row = sync::safe_row(sync::StreamKind::kJournal, head.origin, head.n);
        decision.put_meta(row.first, *row.second);
      }
      return Result<sync::Answer>(sync::Answer{});
    };
    command.done = [](const Result<sync::Answer>&) {};
    engine_.submit(std::move(command));
  }

  const app::OpenedData& data_;
  const HubOptions& options_;
  sync::JournalGuard& guard_;
  app::Live& live_;
  Observer& observer_;
  sync::Engine engine_;
  sync::StoreStreams streams_;
  sync::StoreFiles files_;
  Region region_;
  Directory directory_;
  LeaseWatch lease_watch_;
  app::TextIndex text_index_;
  app::Sessions sessions_;
  app::LoginGuard login_guard_;
  app::ReadMemory read_memory_;
  app::ErasureList erasure_list_;
  app::Worker worker_;
  app::Purger purger_;
  app::Context context_;
  sync::HubReplicator replicator_;
  std::unique_ptr<app::Backups> backups_;
  std::unique_ptr<web::Server> server_;
  std::optional<app::Ticker> saver_;
  std::optional<app::Ticker> lease_ticker_;
  std::optional<app::Ticker> sweep_ticker_;
};

}  // namespace

Result<app::StopCause> run_hub(const HubOptions& options) {
  OPORA_TRY(app::check_web(options.web));
  const SystemClock clock;
  SystemRandom random;
  auto zone = app::Zone::find(options.zone);
  if (!zone.ok()) return zone.error();
  auto data = app::open_data(options.data, options.store, kHubSite, clock, random);
  if (!data.ok()) return data.error();
  const protocol::LinkContext link_context;
  app::Live live;
  Observer observer(live);
  const sync::EngineSettings settings{kHubSite, data->site_key,
                                      [zone = *zone](TimeMs at) { return zone.offset_min(at); }};
  auto guard = app::start_guard(data->opened, data->folder, options.store, kHubSite, {});
  if (!guard.ok()) return guard.error();
  auto core = sync::EngineCore::open((*guard)->store(), settings, clock, random, observer);
  if (!core.ok()) return core.error();
  observer.attach(**core);
  Running running(*data, *zone, options, link_context, std::move(*core), **guard, clock, random,
                  live, observer);
  const Status started = running.start();
  if (!started.ok()) {
    running.stop();
    return started.error();
  }
  app::notify_ready();
  const app::StopCause cause = app::wait_for_stop();
  app::notify_stopping();
  running.stop();
  return cause;
}

}  // namespace opora::hub
