#include "node/telephony/ami/settings_file.h"

#include <algorithm>
#include <array>

#include "web/server/json_reader.h"

namespace opora::telephony::ami {

namespace {

using protocol::BreakReason;
using web::JsonReader;

constexpr web::LineRule kWord{1, 64};
constexpr web::LineRule kInterface{3, 128};
constexpr std::string_view kAgentHere = "{agent}";
constexpr std::uint16_t kPort = 5'038;
constexpr std::array<web::EnumName<BreakReason>, 4> kReasons{{
    {"rest", BreakReason::kRest},
    {"supervisor_work", BreakReason::kSupervisorWork},
    {"outgoing", BreakReason::kOutgoing},
    {"other", BreakReason::kOther},
}};

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void read_remote(JsonReader& in, web::Remote& to) {
  to.host = in.line("host", {1, 253});
  to.port = static_cast<std::uint16_t>(in.optional_integer("port", {1, 65'535}).value_or(kPort));
  to.user = in.line("user", kWord);
  const bool trusted = in.optional_boolean("trusted_network").value_or(false);
  if (!is_loopback(to.host) && !trusted)
    in.fail("host",
            "AMI is not encrypted: another machine needs trusted_network, for a network of its "
            "own or a tunnel");
}

void read_queue(JsonReader& in, Settings& to) {
  QueueSettings queue;
  queue.name = in.line("queue", kWord);
  queue.desk = DeskNo{static_cast<std::uint16_t>(in.integer("desk", {1, 99}))};
  queue.line = in.optional_line("line", kWord).value_or(queue.name);
  if (to.queue(queue.name) != nullptr) in.fail("queue", "twice");
  to.queues.push_back(std::move(queue));
}

void read_member(JsonReader& in, Settings& to) {
  const std::string agent = in.line("agent", kWord);
  const std::string interface = in.line("member", kInterface);
  if (!to.members.emplace(interface, agent).second) in.fail("member", "twice");
}

void read_break(JsonReader& in, Settings& to) {
  const std::string reason = in.line("reason", kWord);
  const BreakReason means = in.required_enum<BreakReason>("means", kReasons);
  if (!to.breaks.emplace(reason, means).second) in.fail("reason", "twice");
}

}  // namespace

const QueueSettings* Settings::queue(std::string_view name) const {
  const auto found =
      std::ranges::find_if(queues, [&](const QueueSettings& each) { return each.name == name; });
  return found == queues.end() ? nullptr : &*found;
}

std::string Settings::agent_at(std::string_view interface) const {
  const auto named = members.find(std::string(interface));
  if (named != members.end()) return named->second;
  const std::size_t at = pattern.find(kAgentHere);
  if (at == std::string::npos) return {};
  const std::string_view before = std::string_view(pattern).substr(0, at);
  const std::string_view after = std::string_view(pattern).substr(at + kAgentHere.size());
  if (!interface.starts_with(before) || !interface.ends_with(after) ||
      interface.size() <= before.size() + after.size() ||
      interface.size() > before.size() + after.size() + kWord.max_chars)
    return {};
  return std::string(
      interface.substr(before.size(), interface.size() - before.size() - after.size()));
}

Result<Settings> read_settings(std::string_view json) {
  if (json.size() > kMaxSettingsBytes) return Error{Code::kTooLarge, "", "settings of an Asterisk"};
  auto document = web::JsonDocument::parse(json);
  if (!document.ok()) return document.error();
  Settings out;
  JsonReader in = document->read();
  read_remote(in, out.remote);
  in.array("queues", {1, kMaxQueues}, [&](JsonReader& each) { read_queue(each, out); });
  out.pattern = in.optional_line("member", kInterface).value_or(out.pattern);
  if (out.pattern.find(kAgentHere) == std::string::npos) in.fail("member", "has no {agent}");
  if (in.has("members"))
    in.array("members", {0, kMaxNamed}, [&](JsonReader& each) { read_member(each, out); });
  if (in.has("breaks"))
    in.array("breaks", {0, kMaxNamed}, [&](JsonReader& each) { read_break(each, out); });
  OPORA_TRY(in.finish());
  return out;
}

}  // namespace opora::telephony::ami
