// An enrolled site that means harm: its key is good, everything that it says is not. It connects,
// says Hello as it should, and then sends what no daemon of ours would; when the hub ends the
// session it comes again. The hub must keep nothing of it but what it set aside, and the others
// must not feel it.
#pragma once

#include "protocol/codec/link_messages.h"
#include "tests/sim/region/network.h"

namespace opora::sim {

class HostileSite final : public Network::SiteEnd {
 public:
  HostileSite(Sim& sim, Network& network, SiteNo site);
  ~HostileSite() override;

  void begin();
  // Leaves for good.
  void end();
  SiteNo site() const { return site_; }

 private:
  void on_connected() override;
  void on_disconnected() override;
  void on_failed() override;
  void on_frame(const Bytes& frame) override;

  void dial_soon();
  void attack_soon();
  void attack();
  void say(protocol::Message message);
  void say_bytes(Bytes frame);
  protocol::Batch batch(Bytes record);
  Bytes forged(SiteNo origin, OwnerTerm term);

  Sim& sim_;
  Network& network_;
  SiteNo site_;
  bool over_ = false;
  std::uint64_t connection_ = 0;  // counts; a planned attack of an earlier one is off
  protocol::SessionId session_;
  protocol::SessionId hub_session_;
  protocol::StreamEnd cursor_;  // of our journal, as the hub says it
};

}  // namespace opora::sim
