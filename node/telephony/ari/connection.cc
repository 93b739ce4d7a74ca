#include "node/telephony/ari/connection.h"

#include <algorithm>
#include <chrono>

#include <spdlog/spdlog.h>

#include "web/server/json_writer.h"

namespace opora::telephony::ari {

namespace {

constexpr std::string_view kBeat = "opora-beat";
// How late a stop, a beat or a look may be.
constexpr int kSliceMs = 100;
constexpr int kNotFound = 404;

web::HttpClient::Method method_of(Request::Method method) {
  switch (method) {
    case Request::Method::kGet: return web::HttpClient::Method::kGet;
    case Request::Method::kPost: return web::HttpClient::Method::kPost;
    case Request::Method::kDelete: return web::HttpClient::Method::kDelete;
  }
  return web::HttpClient::Method::kGet;
}

// "channels" of "/ari/channels/…".
std::string_view first_word(std::string_view target) {
  target.remove_prefix(std::min(target.size(), std::string_view("/ari/").size()));
  return target.substr(0, target.find_first_of("/?"));
}

CallNo call_of(const Event& event) {
  const auto* arrived = std::get_if<Arrived>(&event);
  return arrived == nullptr ? CallNo{} : arrived->call;
}

}  // namespace

Connection::Connection(web::Remote pbx, const Settings& settings, PulseTimes times)
    : pbx_(std::move(pbx)),
      app_(settings.app),
      events_(pbx_),
      looks_(pbx_),
      pulse_(times),
      requests_(pbx_),
      translator_(settings, [this] { return heard_->next_call(); }) {
  know_abilities(settings);
}

Connection::~Connection() { stop(); }

TimeMs Connection::steady() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return TimeMs{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

void Connection::start(CallEvents& heard) {
  heard_ = &heard;
  listener_ = std::thread([this] { listen(); });
  sender_ = std::thread([this] { send_all(); });
}

void Connection::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  events_.stop();
  looks_.stop();
  requests_.stop();
  if (listener_.joinable()) listener_.join();
  if (sender_.joinable()) sender_.join();
}

bool Connection::pause(std::int64_t ms) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, std::chrono::milliseconds(ms), [&] { return stopping_; });
}

void Connection::set_settings(Settings settings) {
  know_abilities(settings);
  const std::lock_guard lock(mutex_);
  translator_.set_settings(std::move(settings));
}

void Connection::know_abilities(const Settings& settings) {
  dials_out_ = !settings.trunk.empty();
  reaches_region_ = !settings.region.empty();
}

bool Connection::can(Ability what) const {
  switch (what) {
    case Ability::kDialsOut: return dials_out_;
    case Ability::kReachesRegion: return reaches_region_;
    default: return true;
  }
}

void Connection::set_number(CallNo call, const std::string& number) {
  const std::lock_guard lock(mutex_);
  translator_.set_number(call, number);
}

void Connection::carry_out(const Commands& commands) {
  Requests requests;
  {
    const std::lock_guard lock(mutex_);
    for (const Command& each : commands)
      for (Request& request : translator_.ask(each)) requests.push_back(std::move(request));
  }
  push(std::move(requests));
}

void Connection::push(Requests requests) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + requests.size() > kMaxRequests) {
      look_ = true;
      return;
    }
    for (Request& each : requests) waiting_.push_back(std::move(each));
  }
  wake_.notify_all();
}

void Connection::lease_begins() {
  const std::lock_guard lock(mutex_);
  lease_.begins(steady());
}

void Connection::lease_told() {
  const std::lock_guard lock(mutex_);
  if (lease_.told()) look_ = true;
}

// Under the lock.
void Connection::drop_those_of(const std::vector<std::string>& channels) {
  for (const std::string& channel : channels)
    std::erase_if(waiting_, [&](const Request& each) { return concerns(each, channel); });
}

void Connection::listen() {
  do {
    const Status connected = connect();
    if (!connected.ok()) {
      spdlog::warn("the PBX is away: {}", connected.error().message);
      continue;
    }
    spdlog::info("the PBX's events come");
    hear();
    hears_ = false;
    heard_->tell({LinkLost{}});
    spdlog::warn("the PBX's events have stopped");
  } while (pause(pulse_.failed()));
}

Status Connection::connect() {
  const std::string app = percent(app_);
  OPORA_TRY(events_.open("/ari/events?app=" + app));
  // ChannelVarset floods.
  const auto filtered =
      looks_.send(web::HttpClient::Method::kPut, "/ari/applications/" + app + "/eventFilter",
                  R"({"disallowed":[{"type":"ChannelVarset"},{"type":"ChannelDialplan"}]})");
  if (!filtered.ok()) return filtered.error();
  OPORA_TRY(look());
  pulse_.connected(steady());
  return ok_status();
}

Status Connection::look() {
  look_ = false;
  std::uint64_t doubts = 0;
  {
    const std::lock_guard lock(mutex_);
    doubts = lease_.doubts();
  }
  const auto reply = looks_.send(web::HttpClient::Method::kGet, "/ari/channels");
  if (!reply.ok()) return reply.error();
  if (reply->status != 200) return Error{Code::kUnavailable, "", "the list of channels"};
  const auto channels = read_channels(reply->body);
  if (!channels.ok()) return channels.error();
  Translator::Heard heard;
  {
    const std::lock_guard lock(mutex_);
    heard = translator_.reconcile(*channels);
    drop_those_of(heard.left);
    lease_.looked(doubts);
  }
  // Whoever is told of what was found finds the link up.
  hears_ = true;
  dispatch(std::move(heard));
  reap();
  return ok_status();
}

// What cannot be read now is read at the next look.
void Connection::reap() {
  const auto reply = looks_.send(web::HttpClient::Method::kGet, "/ari/bridges");
  if (!reply.ok() || reply->status != 200) return;
  const auto bridges = read_bridges(reply->body);
  if (!bridges.ok()) return;
  Requests requests;
  {
    const std::lock_guard lock(mutex_);
    requests = translator_.reap(*bridges);
  }
  push(std::move(requests));
}

void Connection::dispatch(Translator::Heard heard) {
  push(std::move(heard.requests));
  for (Event& each : heard.events) {
    Report report{std::move(each)};
    {
      const std::lock_guard lock(mutex_);
      if (const CallNo call = call_of(report.event); call.v != 0)
        report.numbers.emplace(call, translator_.caller_of(call));
      if (const auto* all = std::get_if<Reconciled>(&report.event))
        for (const SeenCall& seen : all->calls)
          report.numbers.emplace(seen.no, translator_.caller_of(seen.no));
    }
    heard_->tell(std::move(report));
  }
}

void Connection::beat() {
  web::JsonWriter body;
  body.object([&] { body.object("variables", [&] { body.field("seq", pulse_.sequence()); }); });
  Request request{Request::Method::kPost,
                  "/ari/events/user/" + std::string(kBeat) + "?application=" + percent(app_),
                  body.take(),
                  {}};
  request.is_heartbeat = true;
  {
    // Before all that waits: it measures the way, not the queue.
    const std::lock_guard lock(mutex_);
    waiting_.push_front(std::move(request));
  }
  wake_.notify_all();
}

void Connection::hear() {
  while (pause(0)) {
    auto text = events_.next(kSliceMs);
    if (!text.ok()) return;
    const TimeMs now = steady();
    if (pulse_.is_dead(now)) return;
    if (pulse_.beats(now)) beat();
    if (look_ && !look().ok()) return;
    if (!*text) continue;
    const auto message = read_message(**text);
    if (!message.ok()) {
      spdlog::warn("the PBX says what cannot be read: {}", message.error().path);
      continue;
    }
    if (message->kind == Kind::kUserevent && message->event_name == kBeat) {
      pulse_.echo(message->heartbeat);
      continue;
    }
    Translator::Heard heard;
    {
      const std::lock_guard lock(mutex_);
      heard = translator_.hear(*message);
    }
    if (heard.replaced) {
      spdlog::error("another node hears this PBX's events: two have one application");
      return;
    }
    dispatch(std::move(heard));
  }
}

bool Connection::may_send(const Request& request) {
  const std::lock_guard lock(mutex_);
  return request.is_heartbeat || lease_.holds(steady());
}

std::optional<Request> Connection::next_request() {
  std::unique_lock lock(mutex_);
  const auto is_next = [&] {
    return !waiting_.empty() && (waiting_.front().is_heartbeat || lease_.holds(steady()));
  };
  // Nobody wakes us when the lease holds again by a look.
  while (!stopping_ && !is_next()) {
    if (waiting_.empty()) wake_.wait(lock);
    else wake_.wait_for(lock, std::chrono::milliseconds(kSliceMs));
  }
  if (stopping_) return std::nullopt;
  Request request = std::move(waiting_.front());
  waiting_.pop_front();
  return request;
}

void Connection::send_all() {
  while (const auto request = next_request()) send(*request);
}

void Connection::send(const Request& request) {
  int status = 0;
  for (int tried = 0; tried < kTries; ++tried) {
    if (tried > 0 && !pause(kRetryMs)) return;
    if (tried > 0 && !may_send(request)) {
      look_ = true;
      return;
    }
    const auto reply = requests_.send(method_of(request.method), request.target, request.body);
    status = reply.ok() ? reply->status : 0;
    if (is_done(request, status)) return;
    // A phone that is not there is a 500 as well; it is not there a moment later either.
    const bool again = status == 0 || (status >= 500 && !request.dials);
    if (!again) break;
  }
  // That a part runs no more is what was asked.
  if (!request.checks || status != kNotFound)
    spdlog::warn("the PBX has not done {}: {}", first_word(request.target), status);
  std::optional<Event> event;
  {
    const std::lock_guard lock(mutex_);
    event = translator_.failed(request, status);
  }
  if (request.dials) push({Translator::stop_dialling(*request.dials)});
  if (event) heard_->tell({std::move(*event)});
  else if (status == 0 || status >= 500) look_ = true;
}

}  // namespace opora::telephony::ari
