// A region comes back: how many sites catch up at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/codec/link_codec.h"
#include "sync/exchange/hub_exchange.h"
#include "tests/unit/replicator/region.h"

namespace opora::sync::testing {
namespace {

class Admission : public ::testing::Test, public HubTransport, public PeerDirectory {
 protected:
  static LinkKey key_of(std::uint32_t site) {
    LinkKey key;
    key.b.fill(static_cast<std::uint8_t>(site));
    return key;
  }
  static Route route_of(std::uint32_t site) { return KeyWriter().u32(site).take(); }

  // A site links that has this many records more than the hub.
  void arrives(std::uint32_t site, std::uint64_t behind) {
    protocol::Hello hello;
    hello.site = SiteNo{site};
    hello.window = kSessionWindow;
    hello.sends = {{StreamKind::kJournal, {StreamPos{behind}, ChainHash{}}}};
    hello.incarnations.emplace_back().id.b.fill(1);
    hear(site, std::move(hello), {});
    pings(site, behind);
  }
  // Its next sign of life.
  void pings(std::uint32_t site, std::uint64_t behind) {
    protocol::Ping ping;
    ping.pending = behind;
    ping.window = kSessionWindow;
    hear(site, std::move(ping), sessions_.at(site));
  }
  void hear(std::uint32_t site, protocol::Message message, protocol::SessionId to) {
    const protocol::Frame frame{protocol::SessionId{site}, to, std::move(message)};
    hub_.frame(route_of(site), key_of(site), protocol::encode_frame(frame));
    hub_.tick();
  }
  void a_second_passes() {
    now_ = now_ + kPingEveryMs;
    hub_.tick();
  }
  // Sites that may have a full window under way, as the hub last said.
  std::vector<std::uint32_t> admitted() const {
    std::vector<std::uint32_t> out;
    for (const auto& [site, window] : windows_) {
      if (window == kSessionWindow) out.push_back(site);
    }
    return out;
  }

  bool send(const Route& route, const Bytes& bytes) override {
    const std::uint32_t site = KeyReader(route).u32();
    const auto frame = protocol::decode_frame(bytes);
    sessions_[site] = frame->from;
    if (const auto* hello = std::get_if<protocol::Hello>(&frame->message))
      windows_[site] = hello->window;
    if (const auto* ping = std::get_if<protocol::Ping>(&frame->message))
      windows_[site] = ping->window;
    return true;
  }
  Status end_all() override { return ok_status(); }
  std::optional<SiteNo> site_of(const LinkKey& key) const override { return SiteNo{key.b[0]}; }

  MonoMs now_{1'000};
  MemoryStreams streams_;
  Witness witness_;
  SystemClock clock_;
  SystemRandom random_;
  std::map<std::uint32_t, std::uint32_t> windows_;
  std::map<std::uint32_t, protocol::SessionId> sessions_;
  HubExchange hub_{"hub 1.0", LinkPorts{streams_, streams_, witness_, clock_, random_}, *this,
                   LoopHost{[this] { return now_; }, [](const std::function<void()>& f) { f(); }},
                   *this};
};

TEST_F(Admission, OfManySitesThatAreBehindEightGetAFullWindow) {
  for (std::uint32_t site = 1; site <= 50; ++site) arrives(site, 5'000);
  a_second_passes();
  a_second_passes();
  EXPECT_EQ(admitted().size(), kMaxCatchUps);
  for (const auto& [site, window] : windows_) EXPECT_GE(window, kWaitingWindow) << site;
}

TEST_F(Admission, WhoIsThroughMakesRoomForTheNext) {
  for (std::uint32_t site = 1; site <= 20; ++site) arrives(site, 5'000);
  a_second_passes();
  a_second_passes();
  const auto first = admitted();
  ASSERT_EQ(first.size(), kMaxCatchUps);
  for (std::uint32_t site = 1; site <= 20; ++site) pings(site, site == first[0] ? 0 : 5'000);
  a_second_passes();
  for (std::uint32_t site = 1; site <= 20; ++site) pings(site, site == first[0] ? 0 : 5'000);
  a_second_passes();
  const auto second = admitted();
  EXPECT_EQ(second.size(), kMaxCatchUps + 1) << "who is level has a full window anyway";
  EXPECT_THAT(second, ::testing::IsSupersetOf(first)) << "who has begun stays";
}

TEST_F(Admission, ALiveSiteIsNotHeldBackByThoseThatCatchUp) {
  for (std::uint32_t site = 1; site <= 20; ++site) arrives(site, 5'000);
  arrives(21, 3);
  a_second_passes();
  a_second_passes();
  EXPECT_THAT(admitted(), ::testing::Contains(21u));
}

}  // namespace
}  // namespace opora::sync::testing
