// Who is left alone by a node that is dead, of all that an Asterisk has.
#include "node/guard/callers.h"

#include <gtest/gtest.h>

namespace opora::guard {
namespace {

using telephony::ari::Bridge;
using telephony::ari::Channel;

Channel in_dialplan(const char* id, const char* dialplan) {
  Channel out;
  out.id = id;
  out.dialplan = dialplan;
  return out;
}

const std::vector<Channel> kChannels{
    in_dialplan("menu", "Stasis(opora,in,100)"),
    in_dialplan("waits", "Stasis(opora,in,100)"),
    in_dialplan("held", "Stasis(opora,in)"),
    in_dialplan("talks", "Stasis(opora,in,100)"),
    in_dialplan("deserted", "Stasis(opora,in,100)"),
    in_dialplan("opora-1-1", "Stasis(opora,leg,opora-1-1)"),
    in_dialplan("opora-2-0", "Stasis(opora,leg,opora-2-0)"),
    in_dialplan("opora-3-1", "AppDial2((Outgoing Line))"),
    in_dialplan("own", "Queue(desk,,,,300)"),
    in_dialplan("another's", "Stasis(opora2,in,100)"),
    in_dialplan("inside", "Stasis(opora,inside,100)"),
    in_dialplan("nothing", "()"),
};
const std::vector<Bridge> kBridges{
    {"opora-q-1", "holding", {"waits", "other"}},
    {"opora-h-1", "holding", {"held"}},
    {"opora-t-1", "mixing", {"talks", "opora-1-1"}},
    {"opora-t-2", "mixing", {"deserted"}},
};

TEST(LeftAlone, AreCallersWhoHearNobody) {
  EXPECT_EQ(left_alone(kChannels, kBridges, "opora"),
            (Channels{"menu", "waits", "held", "deserted"}));
  EXPECT_EQ(left_alone(kChannels, kBridges, "opora2"), Channels{"another's"});
  EXPECT_EQ(left_alone({}, kBridges, "opora"), Channels{});
}

TEST(LeftAlone, EachIsHandedOverOnceAsLongAsTheNodeIsSilent) {
  HandedOver handed_over;
  EXPECT_EQ(handed_over.of({"a", "b"}), (Channels{"a", "b"}));
  handed_over.done("a");
  EXPECT_EQ(handed_over.of({"a", "b"}), Channels{"b"});
  handed_over.node_is_back();
  EXPECT_EQ(handed_over.of({"a", "b"}), (Channels{"a", "b"}));
}

}  // namespace
}  // namespace opora::guard
