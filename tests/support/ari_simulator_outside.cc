// What happens outside of the ARI simulator's PBX: callers, telephones, calls of others.
#include "tests/support/ari_simulator.h"

namespace opora::testing {

std::string AriSimulator::new_channel(const std::string& endpoint, const std::string& state) {
  std::string id = "pbx-" + std::to_string(++came_);
  Channel& channel = channels_[id];
  channel.endpoint = endpoint;
  channel.state = state;
  return id;
}

std::string AriSimulator::comes(const std::string& line, const std::string& number) {
  return comes_by("PJSIP/trunk", line, number, {});
}

std::string AriSimulator::leaves_by(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  const std::string id = ringing_at(endpoint);
  if (id.empty()) return "";
  const Channel& channel = channels_.at(id);
  std::string out = id;
  for (const std::string& each :
       {channel.caller, channel.headers.journey, channel.headers.site, channel.headers.waited,
        channel.headers.told, channel.headers.priority, channel.headers.skills})
    out += " " + (each.empty() ? "-" : each);
  return out;
}

std::string AriSimulator::fate(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  const auto found = channels_.find(channel);
  if (found != channels_.end()) return found->second.state;
  const auto gone = gone_.find(channel);
  return "gone " + std::to_string(gone == gone_.end() ? kNormalClearing : gone->second);
}

std::string AriSimulator::comes_by(const std::string& trunk, const std::string& line,
                                   const std::string& number, const Headers& headers) {
  const std::lock_guard lock(mutex_);
  std::string id = new_channel(trunk, "Ring");
  Channel& channel = channels_.at(id);
  channel.caller = number;
  channel.exten = line;
  channel.incoming = true;
  channel.args = {"in", line};
  if (!headers.journey.empty())
    channel.args.insert(channel.args.end(), {headers.journey, headers.site, headers.waited,
                                             headers.told, headers.priority, headers.skills});
  channel.in_app = listens_;  // nobody listens: Stasis fails, and the dialplan goes on
  if (channel.in_app) tell_start(id);
  else outside(id, Turn::kAnswered);
  return id;
}

void AriSimulator::end(const std::string& id, int cause) {
  const auto found = channels_.find(id);
  if (found == channels_.end()) return;
  const bool incoming = found->second.incoming;
  if (found->second.in_app) tell("StasisEnd", id);
  if (!incoming) tell("ChannelDestroyed", id, R"("cause":)" + std::to_string(cause) + ",");
  channels_.erase(id);
  if (incoming) gone_[id] = cause;
  if (incoming) outside(id, Turn::kEnded, cause);
}

void AriSimulator::hangs_up(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  end(channel, kNormalClearing);
}

void AriSimulator::presses(const std::string& channel, char digit) {
  const std::lock_guard lock(mutex_);
  tell("ChannelDtmfReceived", channel,
       R"("duration_ms":100,"digit":")" + std::string(1, digit) + R"(",)");
}

void AriSimulator::ends_at(const std::string& endpoint, int cause) {
  const std::lock_guard lock(mutex_);
  endpoints_.insert(endpoint);
  ends_at_[endpoint] = cause;
}

void AriSimulator::registers(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  endpoints_.insert(endpoint);
}

std::string AriSimulator::ringing_at(const std::string& endpoint) const {
  for (const auto& [id, channel] : channels_)
    if (channel.endpoint == endpoint && channel.state == "Ringing") return id;
  return "";
}

void AriSimulator::has_somebody_at(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  endpoints_.insert(endpoint);
  somebody_at_.insert(endpoint);
}

bool AriSimulator::rings(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  return !ringing_at(endpoint).empty();
}

void AriSimulator::answers(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  const std::string id = ringing_at(endpoint);
  if (!id.empty()) pick_up(id);
}

void AriSimulator::pick_up(const std::string& id) {
  Channel& channel = channels_.at(id);
  channel.state = "Up";
  channel.in_app = true;
  tell("ChannelStateChange", id);
  tell_start(id);
}

void AriSimulator::tell_start(const std::string& id) {
  std::string args;
  for (const std::string& each : channels_.at(id).args)
    args += (args.empty() ? "\"" : ",\"") + each + "\"";
  tell("StasisStart", id, R"("args":[)" + args + "],");
}

// As recorded: the phone that rang goes with the cause of a call that is over, and then a channel
// of which nothing was known has its arguments.
std::string AriSimulator::picks_up(const std::string& ringing, const std::string& from) {
  const std::lock_guard lock(mutex_);
  const std::string first = ringing_at(ringing);
  if (first.empty()) return "";
  std::string id = new_channel(from, "Up");
  Channel& channel = channels_.at(id);
  channel.args = channels_.at(first).args;
  end(first, kNormalClearing);
  channel.in_app = true;
  tell_start(id);
  return id;
}

std::string AriSimulator::stranger(const std::string& number) {
  const std::lock_guard lock(mutex_);
  std::string id = new_channel("PJSIP/director", "Up");
  Channel& channel = channels_.at(id);
  channel.caller = number;
  channel.left = true;
  return id;
}

void AriSimulator::refuses(const std::string& endpoint, int cause) {
  const std::lock_guard lock(mutex_);
  if (const std::string id = ringing_at(endpoint); !id.empty()) end(id, cause);
}

void AriSimulator::puts_down(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, channel] : channels_)
    if (channel.endpoint == endpoint && channel.state == "Up") return end(id, kNormalClearing);
}

}  // namespace opora::testing
