#include "tests/support/ami_simulator.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "protocol/base/check.h"

namespace opora::testing {

namespace {

std::string field_of(const std::string& packet, const std::string& name) {
  const std::string begins = name + ": ";
  for (std::size_t from = 0; from < packet.size();) {
    const std::size_t end = std::min(packet.find("\r\n", from), packet.size());
    if (packet.compare(from, begins.size(), begins) == 0)
      return packet.substr(from + begins.size(), end - from - begins.size());
    from = end + 2;
  }
  return "";
}

void send_all(int fd, const std::string& text) {
  // Whoever is gone does not hear it.
  (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

}  // namespace

AmiSimulator::AmiSimulator() {
  OPORA_CHECK(::pipe(wake_) == 0);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto* address = reinterpret_cast<sockaddr*>(&at);
  OPORA_CHECK(::bind(listener_, address, size) == 0 && ::listen(listener_, 8) == 0);
  OPORA_CHECK(::getsockname(listener_, address, &size) == 0);
  port_ = ntohs(at.sin_port);
  thread_ = std::thread([this] { serve(); });
}

AmiSimulator::~AmiSimulator() {
  ::close(wake_[1]);
  thread_.join();
  ::close(wake_[0]);
  ::close(listener_);
  for (const auto& [fd, unread] : connections_) ::close(fd);
}

// ---- The wire

void AmiSimulator::serve() {
  while (true) {
    std::vector<pollfd> waits{{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [fd, unread] : connections_) waits.push_back({fd, POLLIN, 0});
    }
    ::poll(waits.data(), waits.size(), 20);
    if (waits[0].revents != 0) return;
    const std::lock_guard lock(mutex_);
    if (waits[1].revents != 0) accept_one();
    for (std::size_t i = 2; i < waits.size(); ++i)
      if (waits[i].revents != 0 && connections_.contains(waits[i].fd)) read_one(waits[i].fd);
  }
}

void AmiSimulator::accept_one() {
  const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  connections_[fd];
  send_all(fd, "Asterisk Call Manager/11.0.0\r\n");
}

void AmiSimulator::read_one(int fd) {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size <= 0) {
    ::close(fd);
    connections_.erase(fd);
    signed_in_.erase(fd);
    return;
  }
  std::string& unread = connections_.at(fd);
  unread.append(buffer.data(), static_cast<std::size_t>(size));
  for (std::size_t end = unread.find("\r\n\r\n"); end != std::string::npos;
       end = unread.find("\r\n\r\n")) {
    const std::string packet = unread.substr(0, end + 2);
    unread.erase(0, end + 4);
    if (!deaf_) act(fd, packet);
  }
}

void AmiSimulator::act(int fd, const std::string& packet) {
  const std::string action = field_of(packet, "Action");
  const std::string id = field_of(packet, "ActionID");
  const auto answer = [&](const std::string& response, const std::string& more) {
    send_all(fd, "Response: " + response + "\r\nActionID: " + id + "\r\n" + more + "\r\n");
  };
  actions_.push_back(action);
  if (action == "Login") {
    const bool is_known = field_of(packet, "Secret") == "secret";
    answer(is_known ? "Success" : "Error", is_known ? "Message: Authentication accepted\r\n"
                                                    : "Message: Authentication failed\r\n");
    if (!is_known) return;
    write(fd, "FullyBooted", {{"Status", "Fully Booted"}});
    return;
  }
  if (action == "Ping") return answer("Success", "Ping: Pong\r\n");
  answer("Success", "EventList: start\r\n");
  if (action == "QueueStatus") list_queues(fd, id);
  if (action == "CoreShowChannels") list_channels(fd, id);
  signed_in_[fd] = true;
}

void AmiSimulator::list_queues(int fd, const std::string& id) {
  for (const Member& each : members_) {
    Fields fields = about(each);
    fields.push_back({"Location", each.interface});
    fields.push_back({"ActionID", id});
    std::erase_if(fields, [](const auto& field) { return field.first == "Interface"; });
    write(fd, "QueueMember", fields);
  }
  for (const auto& [call, about] : calls_) {
    if (!about.agent.empty()) continue;
    write(fd, "QueueEntry",
          {{"Queue", about.queue},
           {"Channel", "PJSIP/trunk-" + call},
           {"Uniqueid", call},
           {"CallerIDNum", about.number},
           {"Wait", std::to_string(std::time(nullptr) - about.since)},
           {"ActionID", id}});
  }
  write(fd, "QueueStatusComplete", {{"ActionID", id}, {"EventList", "Complete"}});
}

void AmiSimulator::list_channels(int fd, const std::string& id) {
  for (const auto& [call, about] : calls_) {
    const std::string bridge = about.agent.empty() ? "" : "bridge-" + call;
    write(fd, "CoreShowChannel",
          {{"Channel", "PJSIP/trunk-" + call},
           {"Uniqueid", call},
           {"BridgeId", bridge},
           {"ActionID", id}});
    if (about.agent.empty()) continue;
    write(fd, "CoreShowChannel",
          {{"Channel", about.agent + "-" + call},
           {"Uniqueid", call + ".agent"},
           {"BridgeId", bridge},
           {"ActionID", id}});
  }
  write(fd, "CoreShowChannelsComplete", {{"ActionID", id}, {"EventList", "Complete"}});
}

void AmiSimulator::write(int fd, const std::string& event, const Fields& fields) {
  std::string out = "Event: " + event + "\r\n";
  for (const auto& [name, value] : fields) {
    out += name;
    out += ": " + value + "\r\n";
  }
  send_all(fd, out + "\r\n");
}

void AmiSimulator::say(const std::string& event, const Fields& fields) {
  if (deaf_) return;
  for (const auto& [fd, is_in] : signed_in_) write(fd, event, fields);
}

// ---- The inside

AmiSimulator::Fields AmiSimulator::about(const Member& member) {
  return {{"Queue", member.queue},
          {"MemberName", member.interface},
          {"Interface", member.interface},
          {"Status", std::to_string(member.status)},
          {"Paused", member.pause.empty() ? "0" : "1"},
          {"PausedReason", member.pause}};
}

void AmiSimulator::say_member(const std::string& event, const Member& member) {
  say(event, about(member));
}

void AmiSimulator::adds(const std::string& queue, const std::string& member) {
  const std::lock_guard lock(mutex_);
  members_.push_back({queue, member, "", 1});
  say_member("QueueMemberAdded", members_.back());
}

void AmiSimulator::removes(const std::string& queue, const std::string& member) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(members_, [&](const Member& each) {
    return each.queue == queue && each.interface == member;
  });
  if (found == members_.end()) return;
  say_member("QueueMemberRemoved", *found);
  members_.erase(found);
}

void AmiSimulator::pauses(const std::string& member, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  for (Member& each : members_) {
    if (each.interface != member) continue;
    each.pause = reason;
    say_member("QueueMemberPause", each);
  }
}

void AmiSimulator::resumes(const std::string& member) { pauses(member, ""); }

void AmiSimulator::loses_phone(const std::string& member) {
  const std::lock_guard lock(mutex_);
  for (Member& each : members_) {
    if (each.interface != member) continue;
    each.status = 5;
    say_member("QueueMemberStatus", each);
  }
}

// ---- The outside

AmiSimulator::Fields AmiSimulator::about(const std::string& id, const Call& call,
                                         const std::string& member) const {
  Fields out{{"Channel", "PJSIP/trunk-" + id},
             {"CallerIDNum", call.number},
             {"Uniqueid", id},
             {"Linkedid", id},
             {"Queue", call.queue}};
  if (!member.empty()) out.push_back({"Interface", member});
  return out;
}

std::string AmiSimulator::comes(const std::string& queue, const std::string& number) {
  const std::lock_guard lock(mutex_);
  std::string id = std::to_string(port_) + "." + std::to_string(++came_);
  const Call& call = calls_[id] = {queue, number, "", std::time(nullptr)};
  say("QueueCallerJoin", about(id, call, ""));
  return id;
}

void AmiSimulator::rings(const std::string& call, const std::string& member) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(call);
  if (found != calls_.end()) say("AgentCalled", about(call, found->second, member));
}

void AmiSimulator::answers(const std::string& call, const std::string& member) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(call);
  if (found == calls_.end()) return;
  found->second.agent = member;
  say("QueueCallerLeave", about(call, found->second, ""));
  Fields fields = about(call, found->second, member);
  fields.push_back({"RingTime", "1"});
  say("AgentConnect", fields);
}

void AmiSimulator::hangs_up(const std::string& call) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(call);
  if (found == calls_.end()) return;
  const Fields fields = about(call, found->second, found->second.agent);
  if (found->second.agent.empty()) {
    say("QueueCallerAbandon", fields);
    say("QueueCallerLeave", fields);
  } else {
    say("AgentComplete", fields);
  }
  say("Hangup", fields);
  calls_.erase(found);
}

// ---- Faults

void AmiSimulator::cut() {
  const std::lock_guard lock(mutex_);
  for (const auto& [fd, unread] : connections_) ::close(fd);
  connections_.clear();
  signed_in_.clear();
}

void AmiSimulator::deafen() {
  const std::lock_guard lock(mutex_);
  deaf_ = true;
}

bool AmiSimulator::heard() {
  const std::lock_guard lock(mutex_);
  return !signed_in_.empty() && !deaf_;
}

std::vector<std::string> AmiSimulator::actions() {
  const std::lock_guard lock(mutex_);
  return actions_;
}

}  // namespace opora::testing
