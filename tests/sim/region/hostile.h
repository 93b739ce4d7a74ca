// An enrolled site that means harm: its key is good, what it says is not. It connects, says Hello
// as it should, and then sends what no daemon of ours would: frames and hashes that lie, and a
// journal, chained as it should be, of events that a site has no right to. When the hub ends the
// session it comes again. The hub must keep nothing of it but what it set aside and late actions
// without effect, and the others must not feel it.
#pragma once

#include <functional>
#include <map>

#include "protocol/codec/link_messages.h"
#include "protocol/domain/events.h"
#include "tests/sim/region/network.h"

namespace opora::sim {

class HostileSite final : public Network::SiteEnd {
 public:
  // Aggregates of others, which it knows the ids of; nothing when there is none yet.
  struct Victims {
    std::function<std::optional<AggregateId>()> ticket;
    std::function<std::optional<AggregateId>()> user;
    std::function<std::optional<protocol::FileId>()> file;
  };
  HostileSite(Sim& sim, Network& network, SiteNo site, Victims victims);
  ~HostileSite() override;

  // False: it has begun already, or left.
  bool begin();
  // Leaves for good.
  void end();
  SiteNo site() const { return site_; }
  // What the hub may keep of such a site.
  static bool harmless(protocol::EventType type);

 private:
  void on_connected() override;
  void on_disconnected() override;
  void on_failed() override;
  void on_frame(const Bytes& frame) override;

  void dial_soon();
  void attack_soon();
  void attack();
  void attack_the_link();
  void say(protocol::Message message);
  void say_bytes(Bytes frame);
  protocol::Batch batch(Bytes record);
  protocol::Batch batch(protocol::StreamKind stream, Bytes entry);
  // A record of ours that decodes and follows our journal.
  Bytes record(SiteNo origin, const AggregateId& aggregate, OwnerTerm term,
               const protocol::Facts& facts);
  Bytes forged_event();

  Sim& sim_;
  Network& network_;
  SiteNo site_;
  Victims victims_;
  bool begun_ = false;
  bool over_ = false;
  std::uint64_t connection_ = 0;  // counts; a planned attack of an earlier one is off
  protocol::SessionId session_;
  protocol::SessionId hub_session_;
  // Of our journal and its keys, as the hub says them and as we go on from there.
  std::map<protocol::StreamKind, protocol::StreamEnd> cursors_;
};

}  // namespace opora::sim
