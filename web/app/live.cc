#include "web/app/live.h"

#include <algorithm>
#include <chrono>

#include "web/server/json_writer.h"

namespace opora::app {

using protocol::Kind;

std::string_view topic_of(Kind kind) {
  switch (kind) {
    case Kind::kCall:
    case Kind::kCallBack: return "calls";
    case Kind::kContact: return "contacts";
    case Kind::kTicket: return "tickets";
    case Kind::kProblem: return "problems";
    case Kind::kUser:
    case Kind::kOverrule: return "users";
    case Kind::kSite: return "sites";
    case Kind::kRubricator:
    case Kind::kProductionYear:
    case Kind::kCalendar:
    case Kind::kQueue:
    case Kind::kCompetence:
    case Kind::kTemplate:
    case Kind::kFacilityNotice: return "catalogues";
    case Kind::kAgent: return "agents";
    case Kind::kErasure: return "tickets";
    case Kind::kRecording: return "recordings";
    case Kind::kRead: return {};
  }
  return {};
}

Live::Live() = default;
Live::~Live() { stop(); }

void Live::start(SyncMessage sync_message, StillGood still_good) {
  sync_message_ = std::move(sync_message);
  still_good_ = std::move(still_good);
  thread_ = std::thread([this] { loop(); });
}

void Live::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Live::add(const web::WsSession& session, LivePass pass) {
  {
    const std::lock_guard lock(mutex_);
    guests_.push_back({session, std::move(pass)});
    link_changed_ = true;
    // What was true when the request was let in may have changed before the session stood here.
    recheck_ = true;
    wake_.notify_one();
  }
  session.send(std::string(R"({"type":"hello","seq":0})"));
}

void Live::remove(const web::WsSession& session) {
  const std::lock_guard lock(mutex_);
  std::erase_if(guests_, [&](const Guest& guest) { return guest.session == session; });
}

std::size_t Live::sessions() const {
  const std::lock_guard lock(mutex_);
  return guests_.size();
}

std::set<AggregateId> Live::listeners() const {
  const std::lock_guard lock(mutex_);
  std::set<AggregateId> out;
  for (const Guest& each : guests_) out.insert(each.pass.user);
  return out;
}

void Live::changed(Kind kind) {
  if (kind == Kind::kUser || kind == Kind::kOverrule) recheck();
  if (const auto topic = topic_of(kind); !topic.empty()) changed(std::string(topic));
}

void Live::changed(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  if (topics_.insert(topic).second) wake_.notify_one();
}

void Live::link_changed() {
  const std::lock_guard lock(mutex_);
  link_changed_ = true;
  wake_.notify_one();
}

void Live::recheck() {
  const std::lock_guard lock(mutex_);
  recheck_ = true;
  wake_.notify_one();
}

std::vector<Live::Guest> Live::guests() {
  const std::lock_guard lock(mutex_);
  return guests_;
}

void Live::push(const std::string& text) {
  const auto shared = std::make_shared<const std::string>(text);
  for (const Guest& guest : guests()) guest.session.send(shared);
}

void Live::push_topics(const std::set<std::string>& topics) {
  web::JsonWriter out;
  out.object([&] {
    out.field("type", "changed");
    out.array("topics", [&] {
      for (const std::string& topic : topics) out.value(topic);
    });
  });
  push(out.take());
}

// The server tells remove() of each closed one; until then it hears nothing, its outbox is shut.
void Live::close_refused() {
  for (const Guest& guest : guests()) {
    if (!still_good_(guest.pass)) guest.session.close(kSignedOut, "signed out");
  }
}

bool Live::wait_for(News& news, std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  wake_.wait_until(lock, until,
                   [&] { return stopping_ || link_changed_ || recheck_ || !topics_.empty(); });
  news.topics.swap(topics_);
  news.sync = std::exchange(link_changed_, false);
  news.recheck = std::exchange(recheck_, false);
  return !stopping_;
}

void Live::loop() {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  auto next_sync = steady_clock::now();
  auto next_recheck = next_sync + milliseconds(kRecheckMs);
  for (News news; wait_for(news, next_sync); news = {}) {
    const auto now = steady_clock::now();
    if (news.recheck || now >= next_recheck) {
      close_refused();
      next_recheck = now + milliseconds(kRecheckMs);
    }
    if (!news.topics.empty()) push_topics(news.topics);
    if (news.sync || now >= next_sync) {
      push(sync_message_());
      next_sync = now + milliseconds(kSyncIntervalMs);
    }
    std::this_thread::sleep_for(milliseconds(kPushIntervalMs));
  }
}

}  // namespace opora::app
