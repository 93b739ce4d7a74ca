#include "node/guard/guard.h"

#include <spdlog/spdlog.h>

#include "node/telephony/ari/names.h"

namespace opora::guard {

namespace ari = telephony::ari;
using Method = web::HttpClient::Method;

Guard::Guard(ari::Access pbx, std::string beat_file)
    : access_(std::move(pbx)), beat_file_(std::move(beat_file)), pbx_(access_.remote) {}

Sight Guard::see(TimeMs now) {
  const Sight sight = watch_.see(read_beat_file(beat_file_), now);
  if (sight == said_ && begun_) return sight;
  begun_ = true;
  said_ = sight;
  next_ = now;
  switch (sight) {
    case Sight::kNothing: spdlog::warn("no node has said yet that it lives"); break;
    case Sight::kLives: spdlog::info("the node lives"); break;
    case Sight::kDead:
      spdlog::error("the node is silent: its callers go to the PBX's own queue");
      break;
  }
  if (sight == Sight::kLives) handed_over_.node_is_back();
  return sight;
}

void Guard::turn(TimeMs now) {
  const Sight sight = see(now);
  if (now < next_) return;
  if (sight != Sight::kDead) {
    next_ = now + kCheckEveryMs;
    return check();
  }
  next_ = now + kHandOverEveryMs;
  const auto went = hand_over(now);
  say(went.ok() ? ok_status() : Status(went.error()));
  if (went.ok() && *went > 0) spdlog::warn("{} callers went to the PBX's own queue", *went);
}

void Guard::check() {
  const auto waits = waiting();
  say(waits.ok() ? ok_status() : Status(waits.error()));
}

// Once for each time that it changes.
void Guard::say(const Status& reached) {
  if (reached.ok() == reached_) return;
  reached_ = reached.ok();
  if (reached_) spdlog::info("the PBX is there");
  else spdlog::error("the PBX cannot be asked: {}", reached.error().message);
}

Result<std::string> Guard::get(const char* target) {
  auto reply = pbx_.send(Method::kGet, target);
  if (!reply.ok()) return reply.error();
  if (reply->status == 200) return std::move(reply->body);
  return Error{Code::kUnavailable, "", "it answers " + std::to_string(reply->status)};
}

Result<Channels> Guard::waiting() {
  const auto all = get("/ari/channels");
  if (!all.ok()) return all.error();
  const auto bridged = get("/ari/bridges");
  if (!bridged.ok()) return bridged.error();
  const auto channels = ari::read_channels(*all);
  if (!channels.ok()) return channels.error();
  const auto bridges = ari::read_bridges(*bridged);
  if (!bridges.ok()) return bridges.error();
  return left_alone(*channels, *bridges, access_.app);
}

Result<std::size_t> Guard::hand_over(TimeMs now) {
  const auto waits = waiting();
  if (!waits.ok()) return waits.error();
  std::size_t went = 0;
  Status refused = ok_status();
  for (const std::string& each : handed_over_.of(*waits)) {
    if (see(now) != Sight::kDead) break;
    const auto reply =
        pbx_.send(Method::kPost, ari::to_own_queue(each, access_.fallback_context).target);
    if (!reply.ok()) return reply.error();
    // Whoever has hung up, or has gone already, is not there. One who cannot be moved is tried
    // again the next time, and keeps nobody behind him.
    if (reply->status != 204 && reply->status != 404 && reply->status != 409) {
      refused = Error{Code::kUnavailable, "", "it answers " + std::to_string(reply->status)};
      continue;
    }
    handed_over_.done(each);
    if (reply->status == 204) ++went;
  }
  if (went == 0 && !refused.ok()) return refused.error();
  return went;
}

}  // namespace opora::guard
