#include "node/telephony/ami/connection.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

namespace opora::telephony::ami {

namespace {

// How late a stop or a ping may be.
constexpr int kSliceMs = 100;

TimeMs steady() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return TimeMs{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

}  // namespace

Connection::Connection(const web::Remote& pbx, SessionTimes times)
    : pbx_(pbx), session_({pbx.user, pbx.password}, times) {}

Connection::~Connection() { stop(); }

void Connection::start(Watcher& watcher) {
  watcher_ = &watcher;
  thread_ = std::thread([this] { run(); });
}

void Connection::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  pbx_.stop();
  if (thread_.joinable()) thread_.join();
}

bool Connection::pause(std::int64_t ms) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, std::chrono::milliseconds(ms), [&] { return stopping_; });
}

void Connection::run() {
  do {
    const Status ended = listen();
    spdlog::warn("the PBX is not heard: {}", ended.error().message);
    if (std::exchange(told_, false)) watcher_->hears(false);
  } while (pause(std::exchange(retry_ms_, std::min(retry_ms_ * 2, kLastRetryMs))));
}

// Until it ends: always with an error.
Status Connection::listen() {
  OPORA_TRY(pbx_.open());
  session_.connected(steady());
  again_ = false;
  PacketReader reader;
  while (pause(0)) {
    if (again_) return Error{Code::kUnavailable, "", "not all of it was taken"};
    const auto bytes = pbx_.next(kSliceMs);
    if (!bytes.ok()) return bytes.error();
    if (*bytes) OPORA_TRY(reader.feed(**bytes));
    OPORA_TRY(take(reader));
    OPORA_TRY(act(session_.look(steady())));
  }
  return Error{Code::kUnavailable, "", "stopping"};
}

Status Connection::take(PacketReader& reader) {
  if (reader.greeted()) OPORA_TRY(act(session_.greeted(steady())));
  while (reader.has_packet()) OPORA_TRY(act(session_.hear(reader.take(), steady())));
  return ok_status();
}

Status Connection::act(Session::Turn turn) {
  if (turn.over) return *turn.over;
  if (!turn.send.empty()) OPORA_TRY(pbx_.send(turn.send));
  if (turn.all) {
    watcher_->reconcile(*turn.all);
    retry_ms_ = kFirstRetryMs;
    if (!std::exchange(told_, true)) watcher_->hears(true);
    spdlog::info("the PBX's queues are heard");
  }
  for (const Packet& each : turn.events) watcher_->hear(each);
  return ok_status();
}

}  // namespace opora::telephony::ami
