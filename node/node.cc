#include "node/node.h"

#include <unistd.h>

#include <algorithm>

#include <spdlog/spdlog.h>

#include "node/api_call_queue.h"
#include "node/call_back_watch.h"
#include "node/due_watch.h"
#include "node/erasure_state.h"
#include "node/mail/postman.h"
#include "node/mail/smtp_relay.h"
#include "node/metrics.h"
#include "node/sync_page.h"
#include "protocol/domain/ticket_times.h"
#include "protocol/link/enrol_code.h"
#include "sync/feed/store_files.h"
#include "sync/projection/reads_ticket.h"
#include "sync/replicator/enrol_client.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/erasures.h"
#include "web/app/known_users.h"
#include "web/app/login_guard.h"
#include "web/app/text_index.h"
#include "web/server/json_writer.h"

namespace opora::node {

namespace {

constexpr int kEnrolTimeoutMs = 60'000;  // an administrator stands by and watches
constexpr int kSaveEveryMs = 2'000;      // how stale the "pending" figure may be right after a kill

// Tells the live stream and the replicator what a group changed.
class Observer final : public sync::EngineObserver {
 public:
  Observer(app::Live& live, app::Timetables& timetables) : live_(live), timetables_(timetables) {}
  void attach(sync::NodeReplicator* replicator, app::TextIndex* text_index, app::Purger* purger,
              DueWatch* due_watch, CallDesk* calls) {
    calls_ = calls;
    due_watch_ = due_watch;
    purger_ = purger;
    replicator_ = replicator;
    text_index_ = text_index;
  }

  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef&) override {
    app::Purger::mark(txn, event);
    timetables_.changed(event.env.type);
  }
  // Who takes a ticket on says what its deadlines are at his place; once more when a part of its
  // history comes behind that (a hub of an older version could not read it).
  void on_received(sync::Transaction&, sync::Decision& decision,
                   const protocol::Event& event) override {
    if (protocol::kind_of(event.env.type) != protocol::Kind::kTicket) return;
    protocol::DecideContext at = timetables_.context(decision);
    at.region_heard = at.now;
    const auto& ticket = decision.load(protocol::Kind::kTicket, event.env.aggregate);
    decision.emit(protocol::decide_times(ticket, at));
  }
  void on_committed(const Committed& committed) override {
    for (const auto& touched : committed.touched) known_users_.changed(touched.kind);
  }
  void on_answered(const Committed& committed) override {
    for (const auto& touched : committed.touched) live_.changed(touched.kind);
    if (app::TextIndex* index = text_index_.load()) index->changed(committed.touched);
    if (app::Purger* purger = purger_.load()) purger->changed(committed.touched);
    DueWatch* due_watch = due_watch_.load();
    const bool other_times =
        std::any_of(committed.touched.begin(), committed.touched.end(),
                    [](const auto& touched) { return app::is_of_timetables(touched.kind); });
    if (other_times && due_watch != nullptr) due_watch->catalogues_changed();
    CallDesk* calls = calls_.load();
    if (other_times && calls != nullptr) calls->catalogues_changed();
    if (committed.journal_end == told_) return;
    told_ = committed.journal_end;
    live_.changed("sync");
    if (sync::NodeReplicator* replicator = replicator_.load()) {
      replicator->notify_appended(sync::StreamKind::kJournalKeys);
      replicator->notify_appended(sync::StreamKind::kJournal);
    }
  }
  void on_recalled() override {
    spdlog::warn("all that this site had lost is here again: restarting to put it into place");
    app::stop_now();
  }
  void on_set_aside(sync::Stream stream, SiteNo, StreamPos pos,
                    const std::string& reason) override {
    spdlog::error("set aside: {} {}: {}", protocol::stream_name(stream), pos.v, reason);
  }

  app::KnownUsers& known_users() { return known_users_; }

 private:
  app::Live& live_;
  app::Timetables& timetables_;
  app::KnownUsers known_users_;
  std::atomic<DueWatch*> due_watch_{nullptr};
  std::atomic<CallDesk*> calls_{nullptr};
  std::atomic<app::TextIndex*> text_index_{nullptr};
  std::atomic<app::Purger*> purger_{nullptr};
  std::atomic<sync::NodeReplicator*> replicator_{nullptr};
  StreamPos told_;
};

Result<app::Identity> learn_identity(const app::OpenedData& data, const NodeOptions& options,
                                     const protocol::LinkContext& link) {
  auto known = data.folder.identity();
  if (!known.ok()) return known.error();
  if (*known) return **known;
  if (options.enrolment_code.empty()) {
    return invalid("enrolment-code", "this node is not enrolled yet: ask the region for a code");
  }
  auto code = protocol::parse_enrol_code(options.enrolment_code);
  if (!code.ok()) return invalid("enrolment-code", code.error().message);
  spdlog::info("enrolling at {}", options.hub_enrol);
  auto enrolled =
      sync::enrol(link, options.hub_enrol, *code, data.link_keys, OPORA_VERSION, kEnrolTimeoutMs);
  if (!enrolled.ok()) return enrolled.error();
  const app::Identity identity{enrolled->site, enrolled->name, enrolled->zone, code->hub_key};
  OPORA_TRY(data.folder.save_identity(identity));
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

// What must be there before anything runs.
struct Ground {
  app::OpenedData data;
  app::Identity identity;
  app::Zone zone;
};

Result<Ground> prepare(const NodeOptions& options, const protocol::LinkContext& link,
                       const Clock& clock, Random& random) {
  auto data = app::open_data(options.data, options.store, std::nullopt, clock, random);
  if (!data.ok()) return data.error();
  auto identity = learn_identity(*data, options, link);
  if (!identity.ok()) return identity.error();
  auto zone = app::Zone::find(identity->zone);
  if (!zone.ok()) return zone.error();
  return Ground{std::move(*data), std::move(*identity), *zone};
}

// What letters are sent through; null: none is configured.
Result<std::unique_ptr<Relay>> prepare_relay(const MailSettings& settings) {
  if (settings.configured()) return connect_relay(settings);
  spdlog::info("no mail relay is configured: applicants are to be phoned");
  return std::unique_ptr<Relay>();
}

std::optional<app::TellingStanding> standing_of(const Mailroom& mailroom, const sync::Reader& rows,
                                                const protocol::Entity& ticket,
                                                const protocol::Telling& telling) {
  const Mailroom::Standing standing = mailroom.standing(rows, ticket, telling);
  return app::TellingStanding{name_of(standing.step), standing.tries, standing.next};
}

// The running site. Members are in the order of dependency.
class Running {
 public:
  Running(const Ground& ground, const NodeOptions& options,
          const protocol::LinkContext& link_context, std::unique_ptr<sync::EngineCore> core,
          sync::JournalGuard& guard, const Clock& clock, Random& random, app::Live& live,
          Observer& observer, app::Timetables& timetables, std::unique_ptr<Relay> relay)
      : ground_(ground),
        options_(options),
        guard_(guard),
        live_(live),
        observer_(observer),
        timetables_(timetables),
        engine_(std::move(core), clock, app::stop_now),
        streams_(*ground.data.store, engine_),
        files_(
            *ground.data.store, engine_, sync::reads_ticket,
            [room = ground.data.room.get()] { return !room->low(); },
            [&live] {
              live.changed(protocol::Kind::kTicket);
              live.changed("sync");
            }),
        link_(*ground.data.store, streams_, clock, live),
        forms_(ground.identity.site),
        text_index_(*ground.data.search, *ground.data.store, engine_.vault()),
        sessions_(*ground.data.store->snapshot()),
        erasure_list_(options.backup.folder),
        purger_(*ground.data.store, worker_, engine_, erasure_list_),
        context_(make_context(clock, random)),
        due_watch_(*ground.data.store, clock,
                   {ground.identity.site, [this] { return link_.clock_confirmed(); },
                    [this] { return context_.lease.heard(); }, [this] { return link_.silence(); }},
                   timetables),
        call_back_watch_(*ground_.data.store, clock, ground_.identity.site),
        postman_(
            *ground.data.store, engine_, clock, random,
            {ground.identity.site, ground.identity.name, ground.zone, options.mail,
             [this] { return link_.clock_confirmed(); }, [this] { return context_.lease.heard(); },
             [&timetables](sync::Decision& decision) { return timetables.context(decision); }},
            std::move(relay)),
        replicator_(link_context,
                    {options.hub, ground.identity.hub_key, ground.data.link_keys,
                     ground.identity.site, OPORA_VERSION},
                    sync::LinkPorts{streams_, streams_, link_, clock, random, &files_}) {}

  Status start() {
    OPORA_TRY(app::create_first_users(ground_.data.folder, engine_));
    discard_unfinished_uploads(context_);
    auto backups = app::Backups::start(*ground_.data.store, context_.clock, ground_.identity.site,
                                       options_.backup, erasure_list_);
    if (!backups.ok()) return backups.error();
    backups_ = std::move(*backups);
    OPORA_TRY(open_calls());
    open_recordings();
    OPORA_TRY(open_monitor());
    web::Router router;
    app::add_backup_routes(router, context_, *backups_);
    app::add_common_routes(router, context_);
    add_telephony_routes(router, context_, options_.intake, calls_.get());
    add_call_back_routes(router, context_, calls_.get());
    add_contact_intake(router, context_, timetables_);
    add_ticket_actions(router, context_, timetables_, options_.intake);
    add_waiting_list_route(router, context_, options_.intake);
    add_part_intake(router, context_, timetables_);
    add_take_next(router, context_, timetables_);
    add_attachment_intake(router, context_, file_worker_, options_.attachments);
    add_own_agent_state(router, context_, {calls_.get(), monitor_.get()});
    add_call_queue_routes(router, context_, {calls_.get(), monitor_.get()});
    add_untold_route(router, context_, postman_.mailroom());
    add_sync_route(router, context_, {link_, streams_, forms_, guard_, postman_.mailroom()});
    app::add_health_routes(router, context_,
                           {*ground_.data.store, [this] { return server_.get(); },
                            [this](app::MetricsPage& page) {
                              add_metrics(page, context_, link_);
                              add_call_metrics(page, context_, {calls_.get(), monitor_.get()});
                              postman_.add_metrics(page);
                            }});
    auto server = app::start_server(options_.web, std::move(router));
    if (!server.ok()) return server.error();
    server_ = std::move(*server);
    live_.start(SyncMessage(*ground_.data.store, ground_.identity.site, link_, forms_),
                [this](const app::LivePass& pass) { return app::still_good(context_, pass); });
    OPORA_TRY(replicator_.start());
    observer_.attach(&replicator_, &text_index_, &purger_, &due_watch_, calls_.get());
    due_ticker_.emplace(DueWatch::kEveryMs, [this] { due_watch_.look(engine_); });
    // What is sent must be written down: with a full disk it would be sent again and again.
    mail_ticker_.emplace(Postman::kEveryMs, [this] {
      if (!ground_.data.room->low()) postman_.turn();
    });
    if (calls_) calls_->start();
    call_back_ticker_.emplace(CallBackWatch::kEveryMs, [this] { call_back_watch_.look(engine_); });
    keeper_ticker_.emplace(RecordingKeeper::kEveryMs, [this] { keeper_->turn(); });
    if (monitor_) monitor_->start();
    purger_.resume();
    engine_.read_unread();
    saver_.emplace(kSaveEveryMs, [this] {
      link_.save(engine_);
      ground_.data.room->look();
      guard_.tend(link_.acked(), streams_.acked(sync::StreamKind::kJournalKeys, kHubSite));
    });
    spdlog::info("site {} at {}", ground_.identity.site.v, server_->url());
    return ground_.data.folder.write_run_file(run_file(*server_, ground_.identity.site));
  }

  void stop() {
    ground_.data.folder.remove_run_file();
    saver_.reset();
    due_ticker_.reset();
    call_back_ticker_.reset();
    if (calls_) calls_->stop();
    if (keeper_) keeper_->stop();
    keeper_ticker_.reset();
    if (monitor_) monitor_->stop();
    postman_.stop();
    mail_ticker_.reset();
    if (server_) server_->stop();
    observer_.attach(nullptr, nullptr, nullptr, nullptr, nullptr);
    replicator_.stop();
    live_.stop();
    engine_.stop();
  }

 private:
  Status open_calls() {
    if (!options_.calls.configured()) return ok_status();
    std::uint64_t start = 0;
    context_.random.fill(&start, sizeof start);
    auto calls = CallDesk::open(
        options_.calls, {*ground_.data.store, engine_, live_, context_.clock, ground_.zone,
                         options_.intake.phantom_ms, [this] { live_.changed("call_queue"); }, start,
                         context_.random, ground_.identity.site});
    if (!calls.ok()) return calls.error();
    calls_ = std::move(*calls);
    call_back_watch_.attach(calls_.get());
    return ok_status();
  }

  // Also where nothing is recorded any more: what is kept has its end.
  void open_recordings() {
    telephony::RecordingSource* source = calls_ ? &calls_->recordings() : nullptr;
    keeper_ = std::make_unique<RecordingKeeper>(
        RecordingKeeper::Ports{*ground_.data.store, engine_, context_.clock, context_.random,
                               ground_.identity.site, source,
                               [this] { return link_.clock_confirmed(); },
                               [this] { return !ground_.data.room->low(); }},
        options_.recordings);
  }

  Status open_monitor() {
    if (!options_.monitor.configured()) return ok_status();
    if (calls_) return invalid("ami", "call-plan drives a telephone system already");
    auto monitor = CallMonitor::open(
        options_.monitor, {*ground_.data.store, engine_, context_.clock, ground_.identity.site,
                           options_.intake.phantom_ms, [this] { live_.changed("call_queue"); }});
    if (!monitor.ok()) return monitor.error();
    monitor_ = std::move(*monitor);
    return ok_status();
  }

  app::Context make_context(const Clock& clock, Random& random) {
    return {*ground_.data.store,
            engine_,
            clock,
            random,
            protocol::Place::kNode,
            ground_.identity.site,
            ground_.identity.name,
            ground_.zone,
            OPORA_VERSION,
            sessions_,
            login_guard_,
            live_,
            worker_,
            [this] { return link_.acked(); },
            [this](const std::string& query, std::size_t limit) {
              return text_index_.search(query, limit);
            },
            [this](SiteNo) { return std::optional(engine_.settled_before()); },
            [this](const sync::Reader& rows, const AggregateId& id) {
              return node::erasure_pending(rows, ground_.identity.site, link_.acked(), id);
            },
            observer_.known_users(),
            read_memory_,
            {options_.credential_lease, [this] { return link_.last_success(); }},
            options_.audit_days,
            ground_.data.room.get(),
            [this](const sync::Reader& rows, const protocol::Entity& ticket,
                   const protocol::Telling& telling) {
              return standing_of(postman_.mailroom(), rows, ticket, telling);
            }};
  }

  const Ground& ground_;
  const NodeOptions& options_;
  sync::JournalGuard& guard_;
  app::Live& live_;
  Observer& observer_;
  app::Timetables& timetables_;
  sync::Engine engine_;
  sync::StoreStreams streams_;
  sync::StoreFiles files_;
  LinkState link_;
  WaitingForms forms_;
  app::TextIndex text_index_;
  app::Sessions sessions_;
  app::LoginGuard login_guard_;
  app::ReadMemory read_memory_;
  app::ErasureList erasure_list_;
  app::Worker worker_;
  app::Worker file_worker_;  // of its own: a picture at the limits keeps no one from signing in
  app::Purger purger_;
  app::Context context_;
  DueWatch due_watch_;
  CallBackWatch call_back_watch_;
  Postman postman_;
  sync::NodeReplicator replicator_;
  std::unique_ptr<CallDesk> calls_;
  std::unique_ptr<RecordingKeeper> keeper_;
  std::unique_ptr<CallMonitor> monitor_;
  std::unique_ptr<app::Backups> backups_;
  std::unique_ptr<web::Server> server_;
  std::optional<app::Ticker> saver_;
  std::optional<app::Ticker> due_ticker_;
  std::optional<app::Ticker> call_back_ticker_;
  std::optional<app::Ticker> keeper_ticker_;
  std::optional<app::Ticker> mail_ticker_;
};

}  // namespace

Result<app::StopCause> run_node(const NodeOptions& options) {
  OPORA_TRY(app::check_web(options.web));
  OPORA_TRY(check_mail(options.mail));
  const SystemClock clock;
  SystemRandom random;
  const protocol::LinkContext link_context;
  auto ground = prepare(options, link_context, clock, random);
  if (!ground.ok()) return ground.error();
  auto relay = prepare_relay(options.mail);
  if (!relay.ok()) return relay.error();
  app::Live live;
  app::Timetables timetables(ground->zone);
  Observer observer(live, timetables);
  const sync::EngineSettings settings{
      ground->identity.site, ground->data.site_key,
      [zone = ground->zone](TimeMs at) { return zone.offset_min(at); }};
  auto guard =
      app::start_guard(ground->data.opened, ground->data.folder, options.store,
                       ground->identity.site, saved_acked(*ground->data.store->snapshot()));
  if (!guard.ok()) return guard.error();
  auto core = sync::EngineCore::open((*guard)->store(), settings, clock, random, observer);
  if (!core.ok()) return core.error();
  Running running(*ground, options, link_context, std::move(*core), **guard, clock, random, live,
                  observer, timetables, std::move(*relay));
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

}  // namespace opora::node
