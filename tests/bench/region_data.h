// Made-up data of a region, put through the engine as the daemons would: what the benches load
// stores with. Values; one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sync/engine/engine_core.h"

namespace opora::bench {

inline constexpr SiteNo kSite{1};
inline constexpr const char* kZone = "Europe/Moscow";
inline constexpr std::int16_t kZoneOffsetMin = 180;
inline constexpr const char* kTopic = "appointment";

[[noreturn]] void fail(const char* what, const Error& error);
// Gives up when the result is an error.
template <class T>
T must(Result<T> result, const char* what) {
  if (!result.ok()) fail(what, result.error());
  return std::move(result).value();
}

// A clock that is moved by hand: years of work are loaded in a minute.
class StepClock final : public Clock {
 public:
  explicit StepClock(TimeMs now) : now_(now) {}
  TimeMs now() const override { return now_; }
  void step(std::int64_t ms) { now_ = now_ + ms; }

 private:
  TimeMs now_;
};

// The journal of a process that is not here: makes its records as the link would bring them.
class Origin {
 public:
  explicit Origin(SiteNo site) : site_(site) { incarnation_.b[0] = 1; }
  SiteNo site() const { return site_; }
  // `seq`: the place in the owner's order, for what is not the first of its aggregate.
  sync::Entry next(protocol::Facts facts, const AggregateId& aggregate, TimeMs at,
                   OwnerSeq seq = OwnerSeq{1});

 private:
  SiteNo site_;
  IncarnationId incarnation_;
  sync::StreamHead head_;
  HybridClock clock_;
};

// Applies the entries to their end.
void receive(sync::EngineCore& core, sync::Stream stream, SiteNo peer,
             std::vector<sync::Entry> entries);
// One group of commands; gives up when one of them is refused.
void run(sync::EngineCore& core, std::vector<sync::Command> commands);
// What a site has before its first contact: the region's rubricator.
void receive_rubricator(sync::EngineCore& core, TimeMs at);

// The same, made by the hub itself.
void publish_rubricator(sync::EngineCore& hub);

// Settings of an engine over this store.
sync::EngineSettings settings(SiteNo site, const protocol::SiteKey& key);

// A contact as an operator types it, different for each number; every twentieth opens a ticket.
protocol::RegisterContact contact(std::uint32_t number);
// The command that registers it, under a key of its own.
sync::Command registering(protocol::RegisterContact contact, Random& random);

}  // namespace opora::bench
