// Names within the call queue of one site. Plain values.
#pragma once

#include "protocol/base/ids.h"

namespace opora::telephony {

// A call of this site, from 1, never used twice. The adapter makes the PBX's ids from it.
using CallNo = StrongInt<struct CallNoTag, std::uint64_t>;
// One party's channel within a call. 0 is the person: the caller, or whom an agent calls.
using LegNo = StrongInt<struct LegNoTag, std::uint16_t>;
inline constexpr LegNo kPerson{0};
// A user with an agent name; 0 is nobody. The plan knows the name.
using AgentNo = StrongInt<struct AgentNoTag, std::uint32_t>;
// A queue of callers, from 1; 0 is none. Not a queue of tickets.
using QueueNo = StrongInt<struct CallQueueNoTag, std::uint16_t>;
// A menu, from 1.
using MenuNo = StrongInt<struct MenuNoTag, std::uint16_t>;
// A group of agents that is called up in one action (N3), from 1.
using GroupNo = StrongInt<struct GroupNoTag, std::uint16_t>;
// A bit a skill: what a call asks for, what an agent can (A3).
using Skills = StrongInt<struct SkillsTag, std::uint32_t>;
inline bool covers(Skills has, Skills asked) { return (asked.v & ~has.v) == 0; }
// How well an agent serves a queue: 1 is the queue's own, higher ranks are called in as it waits.
using Rank = StrongInt<struct RankTag, std::uint8_t>;
// A2b: 0 is usual, 9 goes before everything else.
using Priority = StrongInt<struct PriorityTag, std::uint8_t>;
inline constexpr std::uint8_t kMaxPriority = 9;

// More calls at once than any one site has lines; the one above goes to the PBX's own queue.
inline constexpr std::size_t kMaxCalls = 1'000;
// The largest site is the regional centre with 55 operators a shift; all its users fit.
inline constexpr std::size_t kMaxAgents = 500;
inline constexpr std::size_t kMaxQueues = 64;
inline constexpr std::size_t kMaxLines = 64;
inline constexpr std::size_t kMaxMenus = 64;
// The person, two agents, a specialist, the region, a supervisor: of one call at once.
inline constexpr std::size_t kMaxLegs = 6;
// What one agent talked at a stretch is a part; a call that is passed on more often is not recorded
// any further.
inline constexpr std::uint16_t kMaxParts = 32;
// The PBX ends a part by itself after so long; the next one goes on. Bounds a file.
inline constexpr std::int64_t kMaxTapeSeconds = 30 * 60;
// Menus may lead back to each other; a caller who has heard so many prompts is put through.
inline constexpr std::uint8_t kMaxMenuSteps = 12;

}  // namespace opora::telephony
