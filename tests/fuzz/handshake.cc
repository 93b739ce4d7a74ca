// A Hello as a peer that means harm may say it, to sessions with a past: a site and the hub, young
// and long-lived, recalling, with a copy that went on, receiving everything again. Whatever it
// claims of histories, incarnations and ends: nothing crashes, nothing is concluded twice, what
// is concluded lies within what is here, and only the peer that the key names gets an answer.
#include <array>
#include <deque>

#include "protocol/base/check.h"
#include "protocol/codec/link_codec.h"
#include "protocol/codec/record_codec.h"
#include "sync/core/session.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::protocol;

namespace {

constexpr SiteNo kSite{17};
constexpr SessionId kOurs{7};
constexpr sync::Now kNow{sync::MonoMs{1}, TimeMs{1'700'000'000'000}};
constexpr int kMaxSteps = 500;  // a session that goes on longer talks to itself

IncarnationId opening(char name) { return *IncarnationId::from(Bytes(8, name)); }
const std::string kEntry = "entry";

constexpr std::uint64_t kLongest = 32;
ChainHash chain_at(std::uint64_t pos) {
  static const auto chains = [] {
    std::array<ChainHash, kLongest + 1> out{};
    for (std::uint64_t i = 0; i < kLongest; ++i) out[i + 1] = chain_of(out[i], kEntry);
    return out;
  }();
  return chains.at(pos);
}
StreamEnd end_at(std::uint64_t pos) { return {StreamPos{pos}, chain_at(pos)}; }

// Where every stream of this side ends.
struct Life {
  std::uint64_t end = 0;
  std::vector<Incarnation> openings{{opening('a'), StreamPos{1}}};
  std::optional<sync::Fork> fork{};
  bool recalls = false;
  bool afresh = false;
};

sync::Connected connected(sync::Role role, const Life& life) {
  const bool site = role == sync::Role::kSite;
  sync::Connected out;
  for (const StreamKind stream : site ? sync::streams_up() : sync::streams_down())
    out.sends.push_back({stream, end_at(life.end)});
  for (const StreamKind stream : site ? sync::streams_down() : sync::streams_up()) {
    if (stream != StreamKind::kRecall) out.receives.push_back({stream, end_at(life.end), {}});
  }
  out.incarnations = life.openings;
  out.history = life.openings;
  out.known_hub = opening('h');
  if (!site) out.fork = life.fork;
  if (site && life.recalls) {
    out.receives.push_back({StreamKind::kRecall, end_at(life.end / 2), {}});
    out.recall = end_at(life.end + 5);
  }
  if (site && life.afresh) out.afresh_until = {{StreamKind::kPrivate, StreamPos{life.end + 3}}};
  return out;
}

// Carries out what the session asks for, as a store with `life` would.
class World {
 public:
  World(sync::Role role, const Life& life)
      : life_(life),
        site_(role == sync::Role::kSite),
        session_({role, site_ ? kSite : kHubSite, site_ ? kHubSite : kSite, kOurs, "fuzz"}) {
    take(session_.step(connected(role, life), kNow));
  }

  void hear(const Frame& frame) {
    const bool hello = std::holds_alternative<Hello>(frame.message);
    take(session_.step(
        sync::Received{{SessionId{9}, hello && !site_ ? SessionId{} : kOurs, frame.message}},
        kNow));
    int steps = 0;
    while (!events_.empty() && ++steps < kMaxSteps) {
      auto event = std::move(events_.front());
      events_.pop_front();
      take(session_.step(std::move(event), kNow));
    }
    OPORA_CHECK(steps < kMaxSteps);
  }

  void check_after(const Hello& hello) const {
    const bool named = hello.site == (site_ ? kHubSite : kSite);
    const bool speaks = hello.version >= kLinkMinVersion && hello.min_version <= kLinkVersion;
    OPORA_CHECK(named && speaks ? ups_ <= 1 : ups_ == 0 && session_.closed());
    OPORA_CHECK(recalls_ <= 1 && afresh_ <= 1 && forks_ <= 1 && resends_ <= 1);
  }

 private:
  void take(sync::Actions actions) {
    for (sync::Action& action : actions.list) {
      OPORA_CHECK(!closed_);
      std::visit([&](auto& one) { carry_out(one); }, action);
    }
  }

  void carry_out(sync::Send& send) { OPORA_CHECK(decode_frame(encode_frame(send.frame)).ok()); }
  void carry_out(sync::QueryChain& ask) {
    const bool here = ask.pos.v <= life_.end;
    events_.emplace_back(sync::ChainAt{ask.stream, ask.pos,
                                       here ? std::optional(chain_at(ask.pos.v)) : std::nullopt});
  }
  void carry_out(sync::Fetch& fetch) {
    OPORA_CHECK(fetch.from.v >= 1 && fetch.from.v <= life_.end);
    sync::Fetched fetched{fetch.stream, fetch.from, chain_at(fetch.from.v - 1), {}};
    for (std::uint64_t pos = fetch.from.v; pos <= life_.end; ++pos)
      fetched.entries.push_back({StreamPos{pos}, chain_at(pos), kEntry});
    events_.emplace_back(std::move(fetched));
  }
  void carry_out(sync::BeginRecall& recall) {
    ++recalls_;
    OPORA_CHECK(site_ && recall.common.pos.v <= life_.end);
  }
  void carry_out(sync::NoteFork& note) {
    ++forks_;
    OPORA_CHECK(!site_ && (!note.fork || note.fork->common.v <= life_.end));
  }
  void carry_out(sync::StartAfresh&) {
    ++afresh_;
    OPORA_CHECK(site_);
  }
  void carry_out(sync::ResendKeys&) { ++resends_; }
  void carry_out(sync::PeerUp&) { ++ups_; }
  void carry_out(sync::Close&) { closed_ = true; }
  template <class Other>
  void carry_out(Other&) {}

  Life life_;
  bool site_;
  sync::Session session_;
  std::deque<sync::SessionEvent> events_;
  int ups_ = 0;
  int recalls_ = 0;
  int forks_ = 0;
  int afresh_ = 0;
  int resends_ = 0;
  bool closed_ = false;
};

std::vector<Life> lives() {
  Life young;
  Life old{20, {{opening('a'), StreamPos{1}}, {opening('b'), StreamPos{11}}}};
  Life copied = old;
  copied.fork = sync::Fork{opening('c'), StreamPos{15}, Verdict::kHeld};
  Life decided = old;
  decided.fork = sync::Fork{opening('c'), StreamPos{15}, Verdict::kAdopt};
  Life recalling = old;
  recalling.recalls = true;
  Life restarting = old;
  restarting.afresh = true;
  return {young, old, copied, decided, recalling, restarting};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto frame = decode_frame(fuzz::input_bytes(data, size));
  if (!frame.ok()) return 0;
  const auto* hello = std::get_if<Hello>(&frame->message);
  for (const sync::Role role : {sync::Role::kHub, sync::Role::kSite}) {
    for (const Life& life : lives()) {
      World world(role, life);
      world.hear(*frame);
      if (hello == nullptr) continue;
      // The hub concludes nothing before a word to its session.
      world.hear({SessionId{9}, kOurs, UnknownMessage{}});
      world.hear(*frame);
      world.check_after(*hello);
    }
  }
  return 0;
}
