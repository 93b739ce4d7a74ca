#include "tests/sim/region/hostile.h"

#include <limits>
#include <utility>

#include "protocol/codec/link_codec.h"
#include "protocol/codec/record_codec.h"
#include "sync/core/session_types.h"

namespace opora::sim {

using protocol::StreamKind;

namespace {

constexpr std::uint64_t kWho = 900;
constexpr std::int64_t kAttackEveryMs = 400;

}  // namespace

HostileSite::HostileSite(Sim& sim, Network& network, SiteNo site)
    : sim_(sim), network_(network), site_(site) {}

HostileSite::~HostileSite() { end(); }

void HostileSite::begin() {
  network_.attach_site(site_, kWho, this);
  network_.dial(kWho);
}

void HostileSite::end() {
  if (!std::exchange(over_, true)) network_.detach_site(kWho);
}

void HostileSite::dial_soon() {
  ++connection_;
  if (over_) return;
  network_.close(kWho);
  sim_.timeline.after(sim_.dice.between(20, 1'000), [this] {
    if (!over_) network_.dial(kWho);
  });
}

void HostileSite::on_disconnected() { dial_soon(); }
void HostileSite::on_failed() { dial_soon(); }

void HostileSite::on_connected() {
  ++connection_;
  session_.v = sim_.dice.next() | 1;
  hub_session_ = {};
  protocol::Hello hello;
  hello.site = sim_.dice.percent(10) ? SiteNo{1} : site_;  // another one's name
  hello.software = "sim";
  hello.window = std::numeric_limits<std::uint32_t>::max();
  hello.now = Hlt{static_cast<std::uint64_t>(sim_.timeline.wall_ms()) << 17};  // of the far future
  hello.incarnations.emplace_back().id.b.fill(9);
  hello.sends = {{StreamKind::kJournal, {StreamPos{sim_.dice.next() % 1'000}, ChainHash{}}}};
  for (const StreamKind stream : {StreamKind::kCommon, StreamKind::kPrivate})
    hello.receives.push_back({stream, {}});
  say(std::move(hello));
}

void HostileSite::on_frame(const Bytes& bytes) {
  const auto frame = protocol::decode_frame(bytes);
  if (!frame.ok()) return;
  if (std::holds_alternative<protocol::Bye>(frame->message)) return dial_soon();
  const auto* hello = std::get_if<protocol::Hello>(&frame->message);
  if (hello == nullptr) return;
  hub_session_ = frame->from;
  for (const auto& state : hello->receives) {
    if (state.stream == StreamKind::kJournal) cursor_ = state.end;
  }
  attack_soon();
}

void HostileSite::attack_soon() {
  sim_.timeline.after(sim_.dice.between(0, kAttackEveryMs), [this, now = connection_] {
    if (over_ || now != connection_) return;
    sim_.story.fault("hostile frame");
    attack();
    attack_soon();
  });
}

void HostileSite::say(protocol::Message message) {
  say_bytes(protocol::encode_frame({session_, hub_session_, std::move(message)}));
}

void HostileSite::say_bytes(Bytes frame) { network_.send_up(kWho, std::move(frame)); }

// A batch that follows what the hub has of our journal, with this record in it.
protocol::Batch HostileSite::batch(Bytes record) {
  const ChainHash after = sync::chain_next(StreamKind::kJournal, cursor_.chain, record);
  const protocol::StreamEnd at{StreamPos{cursor_.pos.v + 1}, after};
  protocol::Batch out{StreamKind::kJournal, at.pos, cursor_.chain, after, {std::move(record)}};
  cursor_ = at;
  return out;
}

// A record that decodes, and is not ours to write.
Bytes HostileSite::forged(SiteNo origin, OwnerTerm term) {
  protocol::Envelope env;
  env.origin = origin;
  env.incarnation.b.fill(9);
  env.n = StreamPos{cursor_.pos.v + 1};
  env.prev = cursor_.chain;
  env.hlt = Hlt{static_cast<std::uint64_t>(kStart.v) << 16};
  env.term = term;
  env.seq = OwnerSeq{1};
  protocol::UserChanged user;  // with every right
  user.login = "mallory";
  user.roles = 0xff;
  user.sites = {SiteNo{1}, site_};
  env.type = protocol::EventType::kUserChanged;
  env.schema_version = protocol::kFactsSchemaVersion;
  env.aggregate.b.fill(0x66);
  return protocol::encode_record(env, protocol::encode_facts(user), "");
}

void HostileSite::attack() {
  const auto anywhere = StreamPos{sim_.dice.next() % protocol::kMaxPosition + 1};
  switch (sim_.dice.next() % 11) {
    case 0: return say(batch("no record"));
    case 1: return say(batch(forged(SiteNo{1}, OwnerTerm{1})));
    case 2: return say(batch(forged(kHubSite, OwnerTerm{0xffff'ffff})));
    case 3: {  // hashes that lie
      auto lie = batch("no record");
      lie.after.b[0] ^= 1;
      return say(std::move(lie));
    }
    case 4:  // far away
      return say(protocol::Batch{StreamKind::kJournal, anywhere, {}, {}, {"x"}});
    case 5:  // a stream that only the hub sends
      return say(protocol::Batch{StreamKind::kPrivate, StreamPos{1}, {}, {}, {"x"}});
    case 6:  // of what was never sent
      return say(protocol::Ack{
          {{StreamKind::kCommon, anywhere, anywhere, protocol::StopReason::kNone}}, 0xffff'ffff});
    case 7: return say(protocol::Nack{StreamKind::kCommon, anywhere, protocol::NackReason::kGap});
    case 8: {
      protocol::Ping ping;
      ping.through = ping.now = Hlt{std::numeric_limits<std::uint64_t>::max()};
      ping.pending = std::numeric_limits<std::uint64_t>::max();
      ping.sends = {{StreamKind::kJournal, anywhere, anywhere, protocol::StopReason::kNone}};
      return say(std::move(ping));
    }
    case 9: return say_bytes(Bytes(protocol::kMaxFrameBytes + 1, '\x17'));
    default: {  // a frame with some bits turned over
      Bytes bytes = protocol::encode_frame({session_, hub_session_, batch("no record")});
      for (int i = 0; i < 4; ++i)
        bytes[sim_.dice.next() % bytes.size()] ^= static_cast<char>(sim_.dice.next());
      return say_bytes(std::move(bytes));
    }
  }
}

}  // namespace opora::sim
