#include "tests/unit/codec/sample_parts.h"

namespace opora::protocol {

std::vector<Sample> telling_samples() {
  const TellTimes tell{kAt + 2'700'000, kAt + 3'600'000};
  return {
      {"ticket_paused_telling", envelope(EventType::kTicketPaused, 4),
       TicketPaused{WaitReason::kFiles, {}, due_times(), tell}, kText},
      {"ticket_closed_telling", envelope(EventType::kTicketClosed, 3),
       TicketClosed{TicketStatus::kDone, RejectReason::kNone, kAt, kAt + 300'000'000, {}, tell},
       kText},
      {"ticket_target_changed",
       envelope(EventType::kTicketTargetChanged, 5),
       TicketTargetChanged{id<AggregateId>(0x71), Hlt{0x19a'8c2d'3f00'0001},
                           TicketStatus::kRejected, RejectReason::kNotReproducible, kAt,
                           kAt + 300'000'000, tell},
       {}},
      {"ticket_call_tried", envelope(EventType::kTicketCallTried, 6),
       TicketCallTried{OwnerTerm(1), OwnerSeq(3), CallTry::kAskedLater, kAt, kAt + 7'200'000, tell},
       kText},
      {"ticket_telling_due",
       envelope(EventType::kTicketTellingDue, 7),
       TicketTellingDue{OwnerTerm(1), OwnerSeq(3), Threshold::kMissed, kAt, kAt + 900'000},
       {}},
      {"ticket_applicant_told_timed",
       envelope(EventType::kTicketApplicantTold, 4),
       TicketApplicantTold{OwnerTerm(1), OwnerSeq(3), TellWhat::kDone, ToldHow::kToPhone,
                           ToldWhom::kNobody, TellTrouble::kNoAddress, tell},
       {}},
  };
}

}  // namespace opora::protocol
