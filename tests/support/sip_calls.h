// Calls that come to the simulated PBX over SIP: its side of RFC 3261, without sockets and clocks.
// One thread. A caller's channel is the PBX's; what he says goes to it (Pbx), and what it does with
// the channel goes to him.
//
//   INVITE ──▶ kAsked ──answered──▶ kAnswered ──ACK──▶ kTalking ──hung up by the PBX──▶ kEnding
//                │ hung up, CANCEL: an error         BYE │                              BYE │ 200
//                └─────▶ kRefused ──ACK──▶ (gone)        └────────▶ kOver ──────▶ (gone) ◀──┘
//
// - 100 at once, 180 when the channel is rung, 200 with a description of no sound when it is
//   answered (by the node, or by the PBX's own queue).
// - Whom the PBX hangs up on before an answer gets a status by the cause (Q.850), afterwards a BYE
//   with the cause as its Reason. CANCEL is 487. Digits are INFO (application/dtmf-relay).
// - A request that comes again is answered again and done once. What waits for an ACK or a 200 is
//   sent again after 0.5 s, 1 s, 2 s, 4 s, 4 s…, and given up after 32 s (17.2.1, 13.3.1.4).
//
// Limits: those of sip_message.h; kMaxSipCalls at once (503 beyond).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "tests/support/sip_message.h"

namespace opora::testing {

inline constexpr std::size_t kMaxSipCalls = 1'000;

// Whoever has the channels. Nothing that it is asked for is asked again.
class SipPbx {
 public:
  virtual ~SipPbx() = default;
  // The channel's id.
  virtual std::string comes(const std::string& line, const std::string& number) = 0;
  virtual void hangs_up(const std::string& channel) = 0;
  virtual void presses(const std::string& channel, char digit) = 0;
};

// Where a datagram came from: an IPv4 address and port of loopback, in the network's order.
struct SipPeer {
  std::uint32_t address = 0;
  std::uint16_t port = 0;
};

class SipCalls {
 public:
  using Send = std::function<void(const SipPeer& to, const std::string& datagram)>;
  SipCalls(SipPbx& pbx, std::string contact, Send send)
      : pbx_(pbx), contact_(std::move(contact)), send_(std::move(send)) {}

  // `now_ms` never goes back.
  void take(const SipPeer& from, std::string_view datagram, std::int64_t now_ms);
  // What was cut off at the limit: answered, and not looked at.
  void take_too_large(const SipPeer& from, std::string_view begin);
  void passes(std::int64_t now_ms);

  // What became of a channel.
  void rings(const std::string& channel, std::int64_t now_ms);
  void answered(const std::string& channel, std::int64_t now_ms);
  void ended(const std::string& channel, int cause, std::int64_t now_ms);

  std::size_t calls() const { return calls_.size(); }

 private:
  enum class State : std::uint8_t { kAsked, kAnswered, kTalking, kRefused, kEnding, kOver };
  struct Call {
    SipPeer peer;
    SipMessage invite;
    std::string channel;
    State state = State::kAsked;
    bool gone = false;       // the PBX has no channel any more
    int cause = 0;           // with which it went
    std::string said;        // sent again for an INVITE that comes again, and when due
    std::int64_t due = 0;    // 0: never
    std::int64_t pause = 0;  // until the time after that
    std::int64_t until = 0;  // then it is given up
  };
  using Calls = std::map<std::string, Call>;

  void invite(const SipPeer& from, const SipMessage& request);
  void in_call(Call& call, const SipMessage& request, std::int64_t now_ms);
  void acknowledged(Calls::iterator found, std::int64_t now_ms);
  void info(Call& call, const SipMessage& request);
  void answer(Call& call, int status, std::int64_t now_ms);
  void bye(Call& call, std::int64_t now_ms);
  void over(Call& call, std::int64_t now_ms);
  void hang_up(Call& call);
  void say(Call& call, std::string text, std::int64_t now_ms);
  void reply(const Call& call, const SipMessage& request, int status);
  std::string tag_of(const Call& call) const { return "pbx" + call.channel; }
  Call* call_at(const std::string& channel);

  SipPbx& pbx_;
  const std::string contact_;
  const Send send_;
  Calls calls_;  // by Call-ID
};

}  // namespace opora::testing
