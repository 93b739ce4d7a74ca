#include "node/guard/callers.h"

namespace opora::guard {

namespace ari = telephony::ari;

namespace {

Channels in_talks(const std::vector<ari::Bridge>& bridges) {
  Channels out;
  for (const ari::Bridge& each : bridges)
    if (each.type == "mixing" && each.channels.size() > 1)
      out.insert(each.channels.begin(), each.channels.end());
  return out;
}

}  // namespace

Channels left_alone(const std::vector<ari::Channel>& channels,
                    const std::vector<ari::Bridge>& bridges, std::string_view app) {
  const Channels talking = in_talks(bridges);
  Channels out;
  for (const ari::Channel& each : channels)
    if (ari::came_into(each, app) && !talking.contains(each.id)) out.insert(each.id);
  return out;
}

}  // namespace opora::guard
