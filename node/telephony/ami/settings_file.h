// How a site whose Asterisk keeps its own queues is watched over AMI, as people write it: one JSON
// object (README.md of node/telephony has its fields, deploy/examples/asterisk/monitor.json is
// one). The password is not in it. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/ids.h"
#include "protocol/domain/events.h"
#include "web/client/remote.h"

namespace opora::telephony::ami {

inline constexpr std::size_t kMaxSettingsBytes = std::size_t{128} * 1024;
inline constexpr std::size_t kMaxQueues = 64;
inline constexpr std::size_t kMaxNamed = 500;

struct QueueSettings {
  std::string name;  // in queues.conf
  DeskNo desk;
  std::string line;  // as reports name it
};

struct Settings {
  web::Remote remote;  // without the password
  std::vector<QueueSettings> queues;
  std::string pattern = "PJSIP/{agent}";       // of a member's interface
  std::map<std::string, std::string> members;  // interface → agent, where the pattern is not it
  std::map<std::string, protocol::BreakReason> breaks;  // by the PBX's reason of a pause

  const QueueSettings* queue(std::string_view name) const;
  // Empty: an interface that is nobody's.
  std::string agent_at(std::string_view interface) const;
};

// kInvalid with the path of the field; kTooLarge.
Result<Settings> read_settings(std::string_view json);

}  // namespace opora::telephony::ami
