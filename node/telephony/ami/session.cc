#include "node/telephony/ami/session.h"

#include <utility>

namespace opora::telephony::ami {

namespace {

constexpr std::string_view kQueues = "opora-queues";
constexpr std::string_view kChannels = "opora-channels";
constexpr std::string_view kPing = "opora-ping";
constexpr int kLists = 2;

// That a PBX is up is said by its answers.
bool is_event(const Packet& packet) {
  const std::string_view event = packet.get("Event");
  return !event.empty() && event != "FullyBooted";
}

Session::Turn over(const char* why) {
  Session::Turn out;
  out.over = Error{Code::kUnavailable, "", why};
  return out;
}

}  // namespace

Session::Session(Login login, SessionTimes times) : login_(std::move(login)), times_(times) {}

void Session::connected(TimeMs now) {
  state_ = State::kGreets;
  late_at_ = now + times_.answer_within_ms;
  pinged_ = false;
  all_ = {};
  lists_ = 0;
  waiting_.clear();
}

Session::Turn Session::greeted(TimeMs now) {
  if (state_ != State::kGreets) return {};
  state_ = State::kSignsIn;
  late_at_ = now + times_.answer_within_ms;
  // Of queues and channels, which is all that is looked at: VarSet and CEL would flood.
  return {action("Login", {{"Username", login_.user},
                           {"Secret", login_.password},
                           {"Events", "call,agent"},
                           {"ActionID", "opora-login"}})};
}

Session::Turn Session::ask(TimeMs now) {
  state_ = State::kAsks;
  late_at_ = now + times_.answer_within_ms;
  return {action("QueueStatus", {{"ActionID", std::string(kQueues)}}) +
          action("CoreShowChannels", {{"ActionID", std::string(kChannels)}})};
}

Session::Turn Session::hear(Packet packet, TimeMs now) {
  const std::string_view answer = packet.get("Response");
  const std::string_view id = packet.get("ActionID");
  switch (state_) {
    case State::kGreets: return over("it speaks before its version");
    case State::kSignsIn:
      if (answer == "Success") return ask(now);
      return answer.empty() ? Turn{} : over("it does not let us in");
    case State::kAsks:
      if (answer == "Error") return over("it refuses to say what it has");
      if (id == kQueues || id == kChannels) {
        Turn out = listed(std::move(packet));
        return lists_ == kLists && !out.over ? whole(now) : out;
      }
      if (!is_event(packet)) return {};
      if (waiting_.size() == kMaxListed) return over("too many events");
      waiting_.push_back(std::move(packet));
      return {};
    case State::kHears:
      if (id == kPing) pinged_ = false;
      if (!is_event(packet) || !id.empty()) return {};
      Turn out;
      out.events.push_back(std::move(packet));
      return out;
  }
  return {};
}

Session::Turn Session::listed(Packet packet) {
  const std::string_view event = packet.get("Event");
  if (event == "QueueStatusComplete" || event == "CoreShowChannelsComplete") {
    ++lists_;
    return {};
  }
  std::vector<Packet>* list = nullptr;
  if (event == "QueueMember") list = &all_.members;
  if (event == "QueueEntry") list = &all_.entries;
  if (event == "CoreShowChannel") list = &all_.channels;
  if (list == nullptr) return {};
  if (list->size() == kMaxListed) return over("a list that is too long");
  list->push_back(std::move(packet));
  return {};
}

Session::Turn Session::whole(TimeMs now) {
  state_ = State::kHears;
  ping_at_ = now + times_.ping_every_ms;
  Turn out;
  out.all = std::exchange(all_, {});
  out.events = std::exchange(waiting_, {});
  return out;
}

Session::Turn Session::look(TimeMs now) {
  if (state_ != State::kHears) return now >= late_at_ ? over("it does not answer") : Turn{};
  if (pinged_) return now >= late_at_ ? over("it is silent") : Turn{};
  if (now < ping_at_) return {};
  pinged_ = true;
  ping_at_ = now + times_.ping_every_ms;
  late_at_ = now + times_.answer_within_ms;
  return {action("Ping", {{"ActionID", std::string(kPing)}})};
}

}  // namespace opora::telephony::ami
