#include "web/app/live.h"

#include <algorithm>
#include <chrono>

#include "web/server/json_writer.h"

namespace opora::app {

using protocol::Kind;

std::string_view topic_of(Kind kind) {
  switch (kind) {
    case Kind::kCall: return "calls";
    case Kind::kContact: return "contacts";
    case Kind::kTicket: return "tickets";
    case Kind::kProblem: return "problems";
    case Kind::kUser: return "users";
    case Kind::kSite: return "sites";
    case Kind::kRubricator: return "catalogues";
    case Kind::kAgent: return "agents";
    case Kind::kErasure: return "tickets";
  }
  return {};
}

Live::Live() = default;
Live::~Live() { stop(); }

void Live::start(std::function<std::string()> sync_message) {
  sync_message_ = std::move(sync_message);
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

void Live::add(const web::WsSession& session) {
  {
    const std::lock_guard lock(mutex_);
    sessions_.push_back(session);
    link_changed_ = true;
    wake_.notify_one();
  }
  session.send(std::string(R"({"type":"hello","seq":0})"));
}

void Live::remove(const web::WsSession& session) {
  const std::lock_guard lock(mutex_);
  std::erase(sessions_, session);
}

void Live::changed(Kind kind) { changed(std::string(topic_of(kind))); }

void Live::changed(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  if (topics_.insert(topic).second) wake_.notify_one();
}

void Live::link_changed() {
  const std::lock_guard lock(mutex_);
  link_changed_ = true;
  wake_.notify_one();
}

void Live::push(const std::string& text) {
  const auto shared = std::make_shared<const std::string>(text);
  std::vector<web::WsSession> sessions;
  {
    const std::lock_guard lock(mutex_);
    sessions = sessions_;
  }
  for (const web::WsSession& session : sessions) session.send(shared);
}

void Live::loop() {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  auto next_sync = steady_clock::now();
  while (true) {
    std::set<std::string> topics;
    bool sync = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_until(lock, next_sync,
                       [&] { return stopping_ || link_changed_ || !topics_.empty(); });
      if (stopping_) return;
      topics.swap(topics_);
      sync = link_changed_ || steady_clock::now() >= next_sync;
      link_changed_ = false;
    }
    if (!topics.empty()) {
      web::JsonWriter out;
      out.object([&] {
        out.field("type", "changed");
        out.array("topics", [&] {
          for (const std::string& topic : topics) out.value(topic);
        });
      });
      push(out.take());
    }
    if (sync) {
      push(sync_message_());
      next_sync = steady_clock::now() + milliseconds(kSyncIntervalMs);
    }
    std::this_thread::sleep_for(milliseconds(kPushIntervalMs));
  }
}

}  // namespace opora::app
