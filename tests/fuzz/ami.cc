// What comes over an AMI connection, cut anywhere: nothing crashes, limits hold, each call that
// ends was told before, and ends once.
#include <set>

#include "node/telephony/ami/observer.h"
#include "protocol/base/check.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::telephony::ami;

namespace {

class Heard {
 public:
  void take(const AllTold& all) {
    for (const Told& each : all)
      if (const auto* call = std::get_if<ToldCall>(&each)) take(*call);
  }

 private:
  void take(const ToldCall& call) {
    OPORA_CHECK(!call.call_id.empty());
    OPORA_CHECK(call.phone.size() <= 32);
    if (call.step == protocol::CallStep::kQueued) open_.insert(call.call_id);
    OPORA_CHECK(open_.contains(call.call_id));
    if (call.step == protocol::CallStep::kEnded) open_.erase(call.call_id);
  }
  std::set<std::string> open_;
};

Settings settings() {
  Settings out;
  out.queues = {{"regd", DeskNo{1}, "desk"}};
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  PacketReader reader;
  Session session({"user", "secret"});
  session.connected(TimeMs{0});
  Observer observer(settings());
  Heard heard;
  TimeMs now{1'700'000'000'000};
  const std::size_t step = bytes.empty() ? 1 : static_cast<unsigned char>(bytes[0]) % 97 + 1;
  for (std::size_t from = 0; from < bytes.size(); from += step) {
    if (!reader.feed(std::string_view(bytes).substr(from, step)).ok()) break;
    if (reader.greeted()) session.greeted(TimeMs{0});
    while (reader.has_packet()) {
      const Packet packet = reader.take();
      OPORA_CHECK(packet.fields.size() <= kMaxFields);
      auto turn = session.hear(packet, TimeMs{0});
      if (turn.over) return 0;
      now = now + 1'000;
      if (turn.all) heard.take(observer.reconcile(*turn.all, now));
      for (const Packet& each : turn.events) heard.take(observer.hear(each, now));
      // Also what a session would not let through.
      heard.take(observer.hear(packet, now));
    }
  }
  return 0;
}
