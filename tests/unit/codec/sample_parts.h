// What samples of events are made of: ids and moments, the same on every run.
#pragma once

#include "tests/unit/codec/samples.h"

namespace opora::protocol {

inline constexpr TimeMs kAt{1'795'152'667'250};  // 2026-11-20T05:31:07.250Z
inline constexpr std::int16_t kMoscow = 180;

template <class Id>
Id id(std::uint8_t seed) {
  CountingRandom random(seed);
  return random.id<Id>();
}

inline Envelope envelope(EventType type, std::uint32_t seq) {
  Envelope env;
  env.origin = SiteNo(17);
  env.incarnation = id<IncarnationId>(0x10);
  env.n = StreamPos(4198);
  env.command = id<CommandId>(0x20);
  env.prev = id<ChainHash>(0x30);
  env.hlt = Hlt{static_cast<std::uint64_t>(kAt.v) << 16 | 3};
  env.actor = id<AggregateId>(0x50);
  env.type = type;
  env.schema_version = 1;
  env.aggregate = id<AggregateId>(0x60);
  env.term = OwnerTerm(1);
  env.seq = OwnerSeq(seq);
  return env;
}

inline DueTimes due_times() {
  DueTimes out;
  out.at = kAt;
  out.queue = "line-2";
  out.queue_version = 3;
  out.calendar_version = 5;
  out.production_version = 4;
  out.registration_due = kAt + 600'000;
  out.reaction_warn = kAt + 900'000;
  out.reaction_due = kAt + 1'200'000;
  out.completion_warn = kAt + 10'800'000;
  out.completion_due = kAt + 14'400'000;
  return out;
}

inline const Personal kText{{PersonalField::kText, "Перезвонить после 15:00"}};

inline const Personal kCaller{{PersonalField::kPhone, "+7 912 345-67-89"},
                              {PersonalField::kApplicant, "Иванова Мария Петровна"},
                              {PersonalField::kSummary, "Не может записаться к врачу"}};

// Of a ticket's life: with deadlines (A14), of house calls (H1) and the waiting list (H2).
std::vector<Sample> life_samples();
// Of telling the applicant (A15).
std::vector<Sample> telling_samples();
std::vector<Sample> call_back_samples();
// Of recordings of calls (O6).
std::vector<Sample> recording_samples();

}  // namespace opora::protocol
