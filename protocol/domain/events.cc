#include "protocol/domain/events.h"

#include <array>

#include "protocol/base/check.h"

namespace opora::protocol {

EventType type_of(const Facts& facts) {
  static constexpr std::array kTypes = {
      EventType{},
      EventType::kCallObserved,
      EventType::kContactRegistered,
      EventType::kTicketOpened,
      EventType::kTicketAssigned,
      EventType::kTicketCommented,
      EventType::kTicketClosed,
      EventType::kProblemOpened,
      EventType::kProblemAffected,
      EventType::kProblemClosed,
      EventType::kUserChanged,
      EventType::kSiteChanged,
      EventType::kRubricatorPublished,
      EventType::kAgentStateChanged,
      EventType::kErased,
      EventType::kUserOverruled,
      EventType::kRecordsRead,
      EventType::kTicketOffered,
      EventType::kTicketOfferCancelled,
      EventType::kTicketOfferAnswered,
      EventType::kTicketOwnerChanged,
      EventType::kProductionYearPublished,
      EventType::kCalendarChanged,
      EventType::kQueueChanged,
      EventType::kTicketStarted,
      EventType::kTicketPaused,
      EventType::kTicketResumed,
      EventType::kTicketReclassified,
      EventType::kTicketReopened,
      EventType::kTicketFinished,
      EventType::kTicketRetimed,
      EventType::kTicketDueReached,
      EventType::kTicketAttached,
      EventType::kTicketApplicantTold,
      EventType::kCompetenceChanged,
      EventType::kTemplateChanged,
      EventType::kTicketMerged,
      EventType::kTicketUnmerged,
      EventType::kTicketPartOf,
      EventType::kTicketItemChanged,
      EventType::kProblemCalledBack,
      EventType::kTicketOfProblem,
      EventType::kTicketVisitTold,
      EventType::kTicketWaitsFor,
      EventType::kTicketListCalled,
      EventType::kFacilityNoticeChanged,
      EventType::kTicketTargetChanged,
      EventType::kTicketCallTried,
      EventType::kTicketTellingDue,
      EventType::kCallBackOpened,
      EventType::kCallBackAsked,
      EventType::kCallBackClaimed,
      EventType::kCallBackTried,
      EventType::kCallBackMet,
      EventType::kCallBackRouted,
      EventType::kRecordingKept,
      EventType::kRecordingErased,
      EventType::kRecordingMissed,
  };
  static_assert(kTypes.size() == std::variant_size_v<Facts>);
  OPORA_CHECK(facts.index() != 0);
  return kTypes[facts.index()];
}

}  // namespace opora::protocol
