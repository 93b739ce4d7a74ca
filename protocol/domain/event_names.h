// The names of events (texts.h).
#pragma once

#include "protocol/domain/events.h"
#include "protocol/domain/names.h"

namespace opora::protocol {

template <>
struct Names<EventType> {
  static constexpr std::array kTable = {
      Named{EventType::kCallObserved, "call_observed"},
      Named{EventType::kContactRegistered, "contact_registered"},
      Named{EventType::kTicketOpened, "ticket_opened"},
      Named{EventType::kTicketAssigned, "ticket_assigned"},
      Named{EventType::kTicketCommented, "ticket_commented"},
      Named{EventType::kTicketAttached, "ticket_attached"},
      Named{EventType::kTicketClosed, "ticket_closed"},
      Named{EventType::kTicketOffered, "ticket_offered"},
      Named{EventType::kTicketOfferCancelled, "ticket_offer_cancelled"},
      Named{EventType::kTicketOfferAnswered, "ticket_offer_answered"},
      Named{EventType::kTicketOwnerChanged, "ticket_owner_changed"},
      Named{EventType::kTicketStarted, "ticket_started"},
      Named{EventType::kTicketPaused, "ticket_paused"},
      Named{EventType::kTicketResumed, "ticket_resumed"},
      Named{EventType::kTicketReclassified, "ticket_reclassified"},
      Named{EventType::kTicketReopened, "ticket_reopened"},
      Named{EventType::kTicketFinished, "ticket_finished"},
      Named{EventType::kTicketRetimed, "ticket_retimed"},
      Named{EventType::kTicketDueReached, "ticket_due_reached"},
      Named{EventType::kTicketApplicantTold, "ticket_applicant_told"},
      Named{EventType::kTicketMerged, "ticket_merged"},
      Named{EventType::kTicketUnmerged, "ticket_unmerged"},
      Named{EventType::kTicketPartOf, "ticket_part_of"},
      Named{EventType::kTicketItemChanged, "ticket_item_changed"},
      Named{EventType::kTicketOfProblem, "ticket_of_problem"},
      Named{EventType::kTicketVisitTold, "ticket_visit_told"},
      Named{EventType::kTicketWaitsFor, "ticket_waits_for"},
      Named{EventType::kTicketListCalled, "ticket_list_called"},
      Named{EventType::kTicketTargetChanged, "ticket_target_changed"},
      Named{EventType::kTicketCallTried, "ticket_call_tried"},
      Named{EventType::kTicketTellingDue, "ticket_telling_due"},
      Named{EventType::kProblemOpened, "problem_opened"},
      Named{EventType::kProblemAffected, "problem_affected"},
      Named{EventType::kProblemClosed, "problem_closed"},
      Named{EventType::kProblemCalledBack, "problem_called_back"},
      Named{EventType::kUserChanged, "user_changed"},
      Named{EventType::kUserOverruled, "user_overruled"},
      Named{EventType::kSiteChanged, "site_changed"},
      Named{EventType::kRubricatorPublished, "rubricator_published"},
      Named{EventType::kProductionYearPublished, "production_year_published"},
      Named{EventType::kCalendarChanged, "calendar_changed"},
      Named{EventType::kQueueChanged, "queue_changed"},
      Named{EventType::kCompetenceChanged, "competence_changed"},
      Named{EventType::kTemplateChanged, "template_changed"},
      Named{EventType::kFacilityNoticeChanged, "facility_notice_changed"},
      Named{EventType::kAgentStateChanged, "agent_state_changed"},
      Named{EventType::kErased, "erased"},
      Named{EventType::kRecordsRead, "records_read"},
      Named{EventType::kCallBackOpened, "call_back_opened"},
      Named{EventType::kCallBackAsked, "call_back_asked"},
      Named{EventType::kCallBackClaimed, "call_back_claimed"},
      Named{EventType::kCallBackTried, "call_back_tried"},
      Named{EventType::kCallBackMet, "call_back_met"},
      Named{EventType::kCallBackRouted, "call_back_routed"},
      Named{EventType::kRecordingKept, "recording_kept"},
      Named{EventType::kRecordingErased, "recording_erased"},
      Named{EventType::kRecordingMissed, "recording_missed"},
  };
};

}  // namespace opora::protocol
