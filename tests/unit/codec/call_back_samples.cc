#include "tests/unit/codec/sample_parts.h"

namespace opora::protocol {

std::vector<Sample> call_back_samples() {
  const AggregateId call = id<AggregateId>(0x70);
  const QueuePlace place{3, kAt + -240'000, 2, 5};
  return {
      {"call_back_opened",
       envelope(EventType::kCallBackOpened, 1),
       CallBackOpened{call, kAt, DeskNo(2), "Регистратура", 180, kAt + 60'000, 3, place},
       {{PersonalField::kPhone, "+79991234567"}}},
      {"call_back_opened_journey",
       envelope(EventType::kCallBackOpened, 1),
       CallBackOpened{call, kAt, DeskNo(2), "Регистратура", 180, kAt + 60'000, 3, place,
                      id<JourneyId>(0xa0)},
       {{PersonalField::kPhone, "+79991234567"}}},
      {"call_back_asked", envelope(EventType::kCallBackAsked, 0), CallBackAsked{call, kAt, {}}, {}},
      {"call_back_claimed",
       envelope(EventType::kCallBackClaimed, 2),
       CallBackClaimed{"ivanova", kAt, kAt + 600'000},
       {}},
      {"call_back_tried",
       envelope(EventType::kCallBackTried, 3),
       CallBackTried{CallBackResult::kBusy, "ivanova", kAt, kAt + 900'000, CallBackEnd::kNone},
       {}},
      {"call_back_met",
       envelope(EventType::kCallBackMet, 0),
       CallBackMet{call, CallBackEnd::kGotThrough},
       {}},
      {"call_back_routed",
       envelope(EventType::kCallBackRouted, 1),
       CallBackRouted{SiteNo(90), kAt + 1'800'000, StreamPos(1234)},
       {}},
      {"agent_state_no_answer",
       envelope(EventType::kAgentStateChanged, 0),
       AgentStateChanged{"104", AgentState::kBreak, BreakReason::kNoAnswer, kAt, DeskNo(2)},
       {}},
  };
}

}  // namespace opora::protocol
