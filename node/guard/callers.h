// Whom a node that is dead leaves without anybody: callers who came in, are still in its hands and
// hear no person. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "node/telephony/ari/message.h"

namespace opora::guard {

using Channels = std::set<std::string>;  // their ids

// Those of `channels` who came into the application `app` and are in no bridge in which people
// talk: in a menu, in a queue, rung for, on hold. Nobody can take them off hold any more.
Channels left_alone(const std::vector<telephony::ari::Channel>& channels,
                    const std::vector<telephony::ari::Bridge>& bridges, std::string_view app);

// Each caller is handed over once as long as the node is silent. A list of the PBX that was made
// before its last word took effect names him once more.
class HandedOver {
 public:
  Channels of(Channels waiting) {
    std::erase_if(done_, [&](const std::string& each) { return !waiting.contains(each); });
    for (const std::string& each : done_) waiting.erase(each);
    return waiting;
  }
  void done(const std::string& channel) { done_.insert(channel); }
  void node_is_back() { done_.clear(); }

 private:
  Channels done_;
};

}  // namespace opora::guard
