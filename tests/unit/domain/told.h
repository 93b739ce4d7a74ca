// Words for events in tests of the fold: told(facts) is an event at site 17; `.at`, `.place` and
// `.by` say when, in which place of the owner's order and from which site.
#pragma once

#include "protocol/domain/fold.h"

namespace opora::protocol {

inline constexpr TimeMs kNine{1'763'715'600'000};  // 2025-11-21T09:00:00Z
inline const AggregateId kSubject = AggregateId::from("the test subject").value_or(AggregateId{});

class Told {
 public:
  explicit Told(Facts facts) {
    event_.env.origin = SiteNo{17};
    event_.env.n = StreamPos{1};
    event_.env.hlt = Hlt{static_cast<std::uint64_t>(kNine.v) << 16};
    event_.env.type = type_of(facts);
    event_.env.aggregate = kSubject;
    event_.env.term = OwnerTerm{1};
    event_.facts = std::move(facts);
  }
  // The n-th thing that the site did, a second after the one before.
  Told& at(std::uint64_t n) {
    event_.env.n = StreamPos{n};
    event_.env.hlt =
        Hlt{static_cast<std::uint64_t>(kNine.v + static_cast<std::int64_t>(n) * 1'000) << 16};
    return *this;
  }
  Told& place(std::uint32_t seq, std::uint32_t term = 1) {
    event_.env.seq = OwnerSeq{seq};
    event_.env.term = OwnerTerm{term};
    return *this;
  }
  Told& by(std::uint32_t site) {
    event_.env.origin = SiteNo{site};
    return *this;
  }
  Told& saying(PersonalField field, std::string text) {
    event_.personal[field] = std::move(text);
    event_.sealed = true;
    return *this;
  }
  operator Event() const { return event_; }  // NOLINT(google-explicit-constructor)

 private:
  Event event_;
};

inline Told told(Facts facts) { return Told(std::move(facts)); }

inline Entity subject(Kind kind) {
  Entity entity;
  entity.kind = kind;
  entity.id = kSubject;
  return entity;
}

}  // namespace opora::protocol
