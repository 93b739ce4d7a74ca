#include "tests/sim/region/hostile.h"

#include <limits>
#include <utility>

#include "protocol/codec/link_codec.h"
#include "protocol/codec/record_codec.h"
#include "protocol/domain/state.h"
#include "sync/core/session_types.h"
#include "tests/sim/region/clock.h"

namespace opora::sim {

using protocol::StreamKind;

namespace {

constexpr std::uint64_t kWho = 900;
constexpr std::int64_t kAttackEveryMs = 400;

}  // namespace

HostileSite::HostileSite(Sim& sim, Network& network, SiteNo site, Victims victims)
    : sim_(sim), network_(network), site_(site), victims_(std::move(victims)) {}

HostileSite::~HostileSite() { end(); }

bool HostileSite::begin() {
  if (over_ || std::exchange(begun_, true)) return false;
  network_.attach_site(site_, kWho, this);
  network_.dial(kWho);
  return true;
}

void HostileSite::end() {
  if (!std::exchange(over_, true) && begun_) network_.detach_site(kWho);
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
  const protocol::StreamEnd anywhere{StreamPos{sim_.dice.next() % 1'000}, ChainHash{}};
  hello.sends = {{StreamKind::kJournal, anywhere}, {StreamKind::kJournalKeys, anywhere}};
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
  for (const auto& state : hello->receives) cursors_[state.stream] = state.end;
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

// A batch that follows what the hub has of ours, with this entry in it.
protocol::Batch HostileSite::batch(StreamKind stream, Bytes entry) {
  protocol::StreamEnd& cursor = cursors_[stream];
  const ChainHash after = sync::chain_next(stream, cursor.chain, entry);
  const protocol::StreamEnd at{StreamPos{cursor.pos.v + 1}, after};
  protocol::Batch out{stream, at.pos, cursor.chain, after, {std::move(entry)}};
  cursor = at;
  return out;
}

protocol::Batch HostileSite::batch(Bytes record) {
  return batch(StreamKind::kJournal, std::move(record));
}

Bytes HostileSite::record(SiteNo origin, const AggregateId& aggregate, OwnerTerm term,
                          const protocol::Facts& facts) {
  protocol::Envelope env;
  env.origin = origin;
  env.incarnation.b.fill(9);
  const protocol::StreamEnd& cursor = cursors_[StreamKind::kJournal];
  env.n = StreamPos{cursor.pos.v + 1};
  env.prev = cursor.chain;
  env.hlt = Hlt{static_cast<std::uint64_t>(kStart.v) << 16};
  env.term = term;
  env.seq = OwnerSeq{1};
  env.type = protocol::type_of(facts);
  env.schema_version = protocol::kFactsSchemaVersion;
  env.command.b.fill(9);
  env.aggregate = aggregate;
  return protocol::encode_record(env, protocol::encode_facts(facts), "");
}

// What is another's to say, in our own name.
Bytes HostileSite::forged_event() {
  constexpr SiteNo kOther{1};
  constexpr OwnerTerm kFirst{1};
  AggregateId id;
  id.b.fill(0x66);
  const auto ticket = victims_.ticket();
  const auto user = victims_.user();
  switch (sim_.dice.next() % 9) {
    case 0: {
      protocol::UserChanged mallory;  // with every right, at another site
      mallory.login = "mallory";
      mallory.roles = 0xff;
      mallory.sites = {kOther, site_};
      return record(site_, id, kFirst, mallory);
    }
    case 1: return record(site_, id, kFirst, protocol::RubricatorPublished{9, {}});
    case 2: {
      protocol::SiteChanged stolen;
      stolen.site = kOther;
      stolen.name = "mine";
      stolen.zone = "Europe/Moscow";
      stolen.link_key = Bytes(32, 'x');
      return record(site_, protocol::site_aggregate(kOther), kFirst, stolen);
    }
    case 3:
      return record(site_, ticket.value_or(id), OwnerTerm{0xffff'ffff},
                    protocol::TicketOwnerChanged{site_, kOther, StreamPos{1}});
    case 4: {
      protocol::CallObserved call;
      call.source = "trunk";
      call.call_id = "call1";
      call.seq = 1;
      call.at = kStart;
      return record(site_, protocol::call_aggregate(kOther, call.source, call.call_id), kFirst,
                    call);
    }
    case 5: {
      protocol::AgentStateChanged agent;
      agent.agent = "agent1";
      agent.at = kStart;
      return record(site_, protocol::agent_aggregate(kOther, agent.agent), kFirst, agent);
    }
    case 6:
      if (const auto victim = sim_.dice.percent(50) ? user : ticket)
        return record(site_, *victim, kFirst, protocol::Erased{"whoever asked"});
      break;
    case 7: {
      protocol::TicketOpened opened;
      opened.site = kOther;
      opened.received_at = kStart;
      opened.topic = "appointment";
      return record(site_, id, kFirst, opened);
    }
    default: break;
  }
  // Of a term that nobody has said: kept, counted, without effect.
  if (ticket)
    return record(site_, *ticket, OwnerTerm{0xffff'ffff}, protocol::TicketAssigned{2, ""});
  return "no record";
}

bool HostileSite::harmless(protocol::EventType type) {
  return type == protocol::EventType::kTicketAssigned;
}

void HostileSite::attack() {
  if (sim_.dice.percent(50)) return say(batch(forged_event()));
  attack_the_link();
}

void HostileSite::attack_the_link() {
  const auto anywhere = StreamPos{sim_.dice.next() % protocol::kMaxPosition + 1};
  protocol::UserChanged mallory;
  mallory.login = "mallory";
  switch (sim_.dice.next() % 16) {
    case 0: return say(batch("no record"));
    case 1: return say(batch(record(SiteNo{1}, {}, OwnerTerm{1}, mallory)));
    case 2: return say(batch(record(kHubSite, {}, OwnerTerm{0xffff'ffff}, mallory)));
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
    case 10:  // beyond the last position that there is
      return say(
          protocol::Batch{StreamKind::kJournal, StreamPos{std::uint64_t{1} << 63}, {}, {}, {"x"}});
    case 11:  // a wrong key of another one's ticket: the hub must not answer with the right one
      if (const auto ticket = victims_.ticket())
        return say(batch(StreamKind::kJournalKeys, Bytes(ticket->view()) + Bytes(32, 'k')));
      break;
    case 12:
    case 13:  // a file that is not ours to have
      if (const auto file = victims_.file()) return say(protocol::FileAsk{*file, 0});
      break;
    case 14:  // a chunk that nobody asked for, and a claim
      if (const auto file = victims_.file()) {
        say(protocol::FileChunk{*file, 0, "x"});
        return say(protocol::FileNote{protocol::FileNoteKind::kHeld, {*file}});
      }
      break;
    default: {  // a frame with some bits turned over
      Bytes bytes = protocol::encode_frame({session_, hub_session_, batch("no record")});
      for (int i = 0; i < 4; ++i)
        bytes[sim_.dice.next() % bytes.size()] ^= static_cast<char>(sim_.dice.next());
      return say_bytes(std::move(bytes));
    }
  }
}

}  // namespace opora::sim
