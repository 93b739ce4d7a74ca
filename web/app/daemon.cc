#include "web/app/daemon.h"

#include <signal.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>

#include <spdlog/spdlog.h>

#include "protocol/domain/decide.h"
#include "sync/projection/rebuild.h"
#include "web/server/json_reader.h"
#include "web/server/problem.h"

namespace opora::app {

namespace {

std::atomic<bool> store_failed{false};

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

struct FirstUser {
  AggregateId id;
  protocol::ChangeUser command;
};

Result<std::vector<FirstUser>> read_first_users(const std::string& text) {
  auto document = web::JsonDocument::parse(text);
  if (!document.ok()) return Error{Code::kCorrupt, "first-users.json", document.error().message};
  web::JsonReader in = document->read();
  std::vector<FirstUser> out;
  in.array("users", {1, 10}, [&](web::JsonReader& row) {
    FirstUser user;
    user.command.facts.login = row.line("login", {1, 64});
    user.command.facts.roles = static_cast<std::uint32_t>(row.integer("roles", {1, 0xffff}));
    user.command.personal[protocol::PersonalField::kName] = row.line("name", {1, 200});
    if (auto hash = row.optional_line("password_hash", {1, 128})) {
      user.command.personal[protocol::PersonalField::kPasswordHash] = *hash;
    }
    if (auto hash = row.optional_line("token_hash", {64, 64})) {
      user.command.personal[protocol::PersonalField::kTokenHash] = *hash;
    }
    out.push_back(std::move(user));
  });
  const Status status = in.finish();
  if (!status.ok()) return Error{Code::kCorrupt, "first-users.json", status.error().path};
  return out;
}

Result<sync::Answer> create_user(sync::Decision& decision, FirstUser user) {
  bool exists = false;
  decision.rows().scan_prefix(sync::Table::kIndex,
                              protocol::keys::user_by_login(user.command.facts.login),
                              [&](std::string_view, std::string_view) { return !(exists = true); });
  if (exists) return sync::Answer{};
  const protocol::DecideContext context = decision.context();
  const AggregateId id = id_from("user", {context.command.view(), user.command.facts.login});
  if (context.site == kHubSite) user.command.facts.sites = {kHubSite};
  auto drafts = protocol::decide(user.command, id, nullptr, context);
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  return sync::Answer{};
}

}  // namespace

void block_stop_signals() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

StopCause wait_for_stop() {
  const sigset_t set = stop_signals();
  int signal = 0;
  ::sigwait(&set, &signal);
  return store_failed ? StopCause::kStoreFailed : StopCause::kSignal;
}

bool stop_comes_within(int ms) {
  const sigset_t set = stop_signals();
  const timespec time{ms / 1'000, (ms % 1'000) * 1'000'000L};
  return ::sigtimedwait(&set, nullptr, &time) > 0;
}

void stop_now() {
  store_failed = true;
  ::kill(::getpid(), SIGTERM);
}

void notify_ready() { sd_notify(0, "READY=1"); }
void notify_stopping() { sd_notify(0, "STOPPING=1"); }

Ticker::Ticker(int every_ms, std::function<void()> job)
    : job_(std::move(job)), thread_([this, every_ms] { loop(every_ms); }) {}

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

void Ticker::loop(int every_ms) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::milliseconds(every_ms), [&] { return stopping_; })) {
    lock.unlock();
    job_();
    lock.lock();
  }
}

Status create_first_users(const DataFolder& folder, sync::Engine& engine) {
  const auto text = folder.first_users();
  if (!text) return ok_status();
  auto users = read_first_users(*text);
  if (!users.ok()) return users.error();
  for (FirstUser& user : *users) {
    std::promise<Result<sync::Answer>> answered;
    sync::Command command;
    command.decide = [user](sync::Decision& decision) { return create_user(decision, user); };
    command.done = [&](Result<sync::Answer> answer) { answered.set_value(std::move(answer)); };
    engine.submit(std::move(command));
    auto answer = answered.get_future().get();
    if (!answer.ok()) return answer.error();
  }
  folder.remove_first_users();
  return ok_status();
}

namespace {

Status check_projection(sync::Store& store, const protocol::SiteKey& site_key) {
  const sync::Vault vault(site_key);
  const auto built = sync::ensure_projection(store, vault, [](std::uint64_t records) {
    spdlog::info("rebuilding projections: {} records", records);
  });
  if (!built.ok()) return built.error();
  for (const auto& ref : built->unreadable) {
    spdlog::error("record {} of site {} does not decode and was left out", ref.n.v, ref.origin.v);
  }
  return ok_status();
}

}  // namespace

Result<OpenedData> open_data(const std::string& path, const StoreSettings& settings,
                             std::optional<SiteNo> self, const Clock& clock, Random& random) {
  auto folder = DataFolder::open(path);
  if (!folder.ok()) return folder.error();
  auto room = std::make_unique<DiskRoom>(path);
  auto site_key = folder->site_key(random);
  if (!site_key.ok()) return site_key.error();
  auto link_keys = folder->link_keys();
  if (!link_keys.ok()) return link_keys.error();
  const auto identity = folder->identity();
  if (!identity.ok()) return identity.error();
  if (*identity) self = (*identity)->site;
  auto opened = open_store(*folder, *site_key, settings, self, clock.now(), random);
  if (!opened.ok()) return opened.error();
  OPORA_TRY(check_projection(*opened->store, *site_key));
  auto search = sync::SearchIndex::open({folder->search().string()});
  if (!search.ok()) return search.error();
  if (opened->journal_changed) OPORA_TRY((*search)->clear());
  auto* store = opened->store.get();
  return OpenedData{std::move(*folder), std::move(room), *site_key,         *link_keys,
                    std::move(*opened), store,           std::move(*search)};
}

namespace {

web::ServerOptions server_options(const WebSettings& settings) {
  web::ServerOptions options;
  options.listen = settings.listen;
  options.tls_cert_file = settings.tls_cert;
  options.tls_key_file = settings.tls_key;
  return options;
}

}  // namespace

Status check_web(const WebSettings& settings) {
  return web::check_server_options(server_options(settings));
}

Result<std::unique_ptr<web::Server>> start_server(const WebSettings& settings, web::Router router) {
  web::ServerOptions options = server_options(settings);
  options.log = [](std::string_view text) { spdlog::warn("http: {}", text); };
  return web::Server::start(std::move(options), std::move(router));
}

}  // namespace opora::app
