// Session: one connection to an Asterisk's AMI, decided purely: what was heard and when → what to
// say, and what is heard by whoever watches. It only asks; no action of its changes anything.
//
//   kGreets ──its version──▶ kSignsIn ──Success──▶ kAsks ──both lists whole──▶ kHears
//      └──late, another word────────┴──Error, late───┴───late, too much──▶ over ◀──no Pong──┘
//
// What the PBX has is asked for at the beginning (QueueStatus, CoreShowChannels); events that come
// meanwhile wait behind it, so that a watcher first hears what is, then what happens. Silence is
// told from quiet by a Ping of our own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/telephony/ami/packet.h"
#include "protocol/base/clock.h"

namespace opora::telephony::ami {

// What the PBX has, in its own packets.
struct Snapshot {
  std::vector<Packet> members;   // QueueMember
  std::vector<Packet> entries;   // QueueEntry: who waits
  std::vector<Packet> channels;  // CoreShowChannel
};

struct SessionTimes {
  std::int64_t answer_within_ms = 5'000;
  std::int64_t ping_every_ms = 3'000;
};
// Of a list, and of events that wait behind it: many times what a hospital has.
inline constexpr std::size_t kMaxListed = 5'000;

class Session {
 public:
  struct Login {
    std::string user;
    std::string password;
  };
  struct Turn {
    std::string send{};
    std::optional<Snapshot> all{};  // before `events`
    std::vector<Packet> events{};
    std::optional<Error> over{};  // connect anew; says nothing of what was heard
  };
  explicit Session(Login login, SessionTimes times = {});

  // Times of a clock that only goes forward.
  void connected(TimeMs now);
  Turn greeted(TimeMs now);
  Turn hear(Packet packet, TimeMs now);
  // Every turn: what is late.
  Turn look(TimeMs now);
  bool hears() const { return state_ == State::kHears; }

 private:
  enum class State { kGreets, kSignsIn, kAsks, kHears };
  Turn ask(TimeMs now);
  Turn listed(Packet packet);
  Turn whole(TimeMs now);

  const Login login_;
  const SessionTimes times_;
  State state_ = State::kGreets;
  TimeMs late_at_{};  // when what is waited for is overdue
  TimeMs ping_at_{};
  bool pinged_ = false;
  Snapshot all_;
  int lists_ = 0;  // that are whole
  std::vector<Packet> waiting_;
};

}  // namespace opora::telephony::ami
