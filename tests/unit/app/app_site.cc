#include "tests/unit/app/app_site.h"

#include <future>

#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/base/password.h"
#include "sync/journal/memory_store.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/user_form.h"
#include "web/server/limits.h"
#include "web/server/target.h"

namespace opora::app {

using protocol::PersonalField;
using protocol::UserState;

namespace {

AggregateId id_of_login(const std::string& login) { return id_from("test-user", {login}); }

protocol::ChangeUser user_from(const Person& person, std::vector<SiteNo> sites) {
  protocol::ChangeUser out;
  out.facts.login = person.login;
  out.facts.roles = person.roles.v;
  out.facts.sites = std::move(sites);
  out.personal[PersonalField::kName] = "Имя " + person.login;
  if (!person.password.empty())
    out.personal[PersonalField::kPasswordHash] = hash_password(person.password).value();
  return out;
}

std::unique_ptr<sync::Engine> start_engine(sync::Store& store, const Clock& clock, Random& random,
                                           sync::EngineObserver& observer) {
  sync::EngineSettings settings{AppSite::kSite, {}, [](TimeMs) { return std::int16_t{180}; }};
  auto core = sync::EngineCore::open(store, std::move(settings), clock, random, observer);
  return std::make_unique<sync::Engine>(std::move(core.value()), clock, [] {});
}

}  // namespace

std::string Answer::member(const std::string& name) const {
  const std::string start = "\"" + name + "\":";
  const auto at = body.find(start);
  if (at == std::string::npos) return {};
  const auto from = at + start.size();
  if (body[from] != '"') return body.substr(from, body.find_first_of(",}]", from) - from);
  return body.substr(from + 1, body.find('"', from + 1) - from - 1);
}

std::size_t Answer::count(const std::string& name) const {
  const std::string start = "\"" + name + "\":";
  std::size_t out = 0;
  for (auto at = body.find(start); at != std::string::npos; at = body.find(start, at + 1)) ++out;
  return out;
}

std::string Answer::code() const { return member("code"); }

void AppSite::Observer::on_committed(const Committed& committed) {
  for (const auto& touched : committed.touched) {
    known_.changed(touched.kind);
    live_.changed(touched.kind);
  }
}

AppSite::AppSite(Days lease)
    : engine_(start_engine(store_, clock_, random_, observer_)),
      sessions_(*store_.snapshot()),
      context_(make_context(lease)) {
  add_session_routes(router_, context_);
  add_contact_routes(router_, context_);
  add_ticket_routes(router_, context_);
  add_saved_filter_routes(router_, context_);
  add_ticket_report_routes(router_, context_);
  add_similar_route(router_, context_);
  add_notice_routes(router_, context_);
  add_user_routes(router_, context_);
  add_audit_route(router_, context_);
}

AppSite::~AppSite() { engine_->stop(); }

Context AppSite::make_context(Days lease) {
  return {store_,
          *engine_,
          clock_,
          random_,
          protocol::Place::kNode,
          kSite,
          "Больница",
          Zone::find("Europe/Moscow").value(),
          "test",
          sessions_,
          login_guard_,
          live_,
          worker_,
          [] { return StreamPos{0}; },
          [](const std::string&, std::size_t) { return std::vector<AggregateId>{}; },
          [](SiteNo) { return std::optional<TimeMs>{}; },
          [](const sync::Reader&, const AggregateId&) { return std::vector<SiteNo>{}; },
          known_users_,
          read_memory_,
          {lease, [this] {
             const TimeMs heard{heard_.load()};
             return heard.v == 0 ? std::nullopt : std::optional(heard);
           }}};
}

sync::Answer AppSite::run(sync::Command command) {
  std::promise<Result<sync::Answer>> answered;
  command.done = [&](Result<sync::Answer> answer) { answered.set_value(std::move(answer)); };
  engine_->submit(std::move(command));
  return answered.get_future().get().value();
}

AggregateId AppSite::make_local(const Person& person) {
  const AggregateId id = id_of_login(person.login + "@here");
  run(testing::changing_user(id, user_from(person, {})));
  return id;
}

AggregateId AppSite::make_regional(const Person& person) {
  const AggregateId id = id_of_login(person.login);
  change_regional(id, user_from(person, {kSite}));
  return id;
}

AggregateId AppSite::make_regional_program(const std::string& login, const std::string& token) {
  auto user = user_from({login, protocol::roles_of({protocol::Role::kProgram}), ""}, {kSite});
  user.personal[PersonalField::kTokenHash] = token_hash(token);
  change_regional(id_of_login(login), user);
  return id_of_login(login);
}

void AppSite::change_regional(const AggregateId& id, protocol::ChangeUser user) {
  hub_.must(testing::changing_user(id, std::move(user)));
  deliver(sync::Stream::kPrivate);
}

protocol::ChangeUser AppSite::unchanged(const AggregateId& id) {
  const auto entity = sync::read_entity(*store_.snapshot(), protocol::Kind::kUser, id);
  return unchanged_user(*entity.as<UserState>());
}

void AppSite::learn(sync::Command command) {
  hub_.must(std::move(command));
  deliver(sync::Stream::kCommon);
}

void AppSite::learn_rubricator() {
  learn(testing::publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
}

void AppSite::deliver(sync::Stream stream) {
  deliver_entries(stream);
  deliver_entries(sync::keys_of(stream));
}

void AppSite::deliver_entries(sync::Stream stream) {
  const auto source =
      sync::carries_keys(stream) ? sync::Stream::kJournalKeys : sync::Stream::kJournal;
  auto entries = testing::as_stream(hub_.outgoing(source), stream);
  if (entries.empty()) return;
  std::promise<bool> done;
  sync::ReceivedBatch batch;
  batch.stream = stream;
  batch.peer = kHubSite;
  batch.entries = std::move(entries);
  batch.done = [&](const Result<sync::StreamHead>& head) { done.set_value(head.ok()); };
  engine_->submit(std::move(batch));
  ASSERT_TRUE(done.get_future().get());
}

Answer AppSite::send(web::Request request) {
  auto target = web::parse_target(request.target, web::Limits{}.query_params).value();
  request.path = std::move(target.path);
  request.query = std::move(target.query);
  request.peer = {"127.0.0.1", true};
  const auto match = router_.match(request.method, request.path);
  if (match.route == nullptr) return {404, "", {}};
  std::promise<web::Response> answered;
  match.route->handler(request, match.params, web::Respond([&](web::Response response) {
                         answered.set_value(std::move(response));
                       }));
  web::Response response = answered.get_future().get();
  Answer out{response.status, response.body, {}};
  for (const auto& [name, value] : response.headers) out.headers[name] = value;
  return out;
}

Answer AppSite::sign_in(const std::string& login, const std::string& password) {
  web::Request request;
  request.method = web::Method::kPost;
  request.target = "/api/v1/session";
  request.body = R"({"login":")" + login + R"(","password":")" + password + R"("})";
  return send(std::move(request));
}

Browser AppSite::browser(const Person& person) {
  const Answer answer = sign_in(person.login, person.password);
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto header = answer.headers.find("Set-Cookie");
  const std::string cookie = header == answer.headers.end() ? "" : header->second;
  return {cookie.substr(0, cookie.find(';')), answer.member("csrf_token"), ""};
}

namespace {

void sign(web::Request& request, const Browser& who) {
  if (!who.cookie.empty()) request.headers.add("Cookie", who.cookie);
  if (!who.csrf.empty()) request.headers.add("X-CSRF-Token", who.csrf);
  if (!who.token.empty()) request.headers.add("Authorization", "Bearer " + who.token);
}

}  // namespace

Answer AppSite::get(const Browser& who, const std::string& target) {
  web::Request request;
  request.target = target;
  sign(request, who);
  return send(std::move(request));
}

Answer AppSite::change(const Browser& who, web::Method method, const std::string& target,
                       const std::string& body) {
  web::Request request;
  request.method = method;
  request.target = target;
  request.body = body;
  sign(request, who);
  request.headers.add("Idempotency-Key", "key-" + std::to_string(++keys_));
  return send(std::move(request));
}

}  // namespace opora::app
