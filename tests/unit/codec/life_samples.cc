#include "protocol/domain/files.h"
#include "tests/unit/codec/sample_parts.h"

namespace opora::protocol {
namespace {

DueTimes silent_times() {
  DueTimes out = due_times();
  out.silence_at = kAt + 86'400'000;
  return out;
}

TicketAttached ticket_attached() {
  TicketAttached f;
  f.chunks = {chunk_hash("the first chunk"), chunk_hash("the rest")};
  f.hash = file_hash(f.chunks);
  f.bytes = kFileChunkBytes + 1'000;
  f.kind = FileKind::kPng;
  return f;
}

// What was added to events that were there before: whose line it is, who is told later.
std::vector<Sample> patience_samples() {
  return {
      {"ticket_due_reached_region",
       envelope(EventType::kTicketDueReached, 3),
       TicketDueReached{
           DueClock::kSilence, Threshold::kMissed, kAt, LinkThen::kThere, {}, kAt + 900'000},
       {}},
      {"ticket_assigned_line", envelope(EventType::kTicketAssigned, 2),
       TicketAssigned{2, "petrov", silent_times(), 3}, kText},
      {"ticket_started_line",
       envelope(EventType::kTicketStarted, 3),
       TicketStarted{"petrov", silent_times(), 1},
       {}},
  };
}

std::vector<Sample> timed_samples() {
  return {
      {"ticket_assigned_timed", envelope(EventType::kTicketAssigned, 2),
       TicketAssigned{3, "petrov", due_times()}, kText},
      {"ticket_closed_timed", envelope(EventType::kTicketClosed, 3),
       TicketClosed{TicketStatus::kDone, RejectReason::kNone, kAt, kAt + 300'000'000}, kText},
      {"ticket_started",
       envelope(EventType::kTicketStarted, 3),
       TicketStarted{"petrov", due_times()},
       {}},
      {"ticket_paused", envelope(EventType::kTicketPaused, 4),
       TicketPaused{WaitReason::kRemoteSession, kAt + 3'600'000, due_times()}, kText},
      {"ticket_resumed", envelope(EventType::kTicketResumed, 5), TicketResumed{due_times()}, kText},
      {"ticket_reclassified", envelope(EventType::kTicketReclassified, 6),
       TicketReclassified{Urgency::kCritical, "booking-first", 8, "Информационные системы",
                          due_times()},
       kText},
      {"ticket_reopened", envelope(EventType::kTicketReopened, 7), TicketReopened{due_times()},
       kText},
      {"ticket_finished", envelope(EventType::kTicketFinished, 8), TicketFinished{kAt}, {}},
      {"ticket_retimed", envelope(EventType::kTicketRetimed, 2), TicketRetimed{due_times()}, {}},
      {"ticket_due_reached",
       envelope(EventType::kTicketDueReached, 3),
       TicketDueReached{DueClock::kReaction, Threshold::kMissed, kAt},
       {}},
      {"ticket_due_reached_cut",
       envelope(EventType::kTicketDueReached, 3),
       TicketDueReached{DueClock::kCompletion, Threshold::kMissed, kAt, LinkThen::kCutOff,
                        kAt + -7'200'000},
       {}},
      {"ticket_merged", envelope(EventType::kTicketMerged, 4),
       TicketMerged{id<AggregateId>(0x71), Hlt{0x19a'8c2d'3f00'0001}, kAt, kAt + 300'000'000},
       kText},
      {"ticket_unmerged", envelope(EventType::kTicketUnmerged, 5), TicketUnmerged{due_times()},
       kText},
      {"ticket_part_of",
       envelope(EventType::kTicketPartOf, 2),
       TicketPartOf{id<AggregateId>(0x71), kAt, due_times()},
       {}},
      {"ticket_item_changed", envelope(EventType::kTicketItemChanged, 6),
       TicketItemChanged{3, ItemChange::kAdded}, kText},
      {"ticket_of_problem",
       envelope(EventType::kTicketOfProblem, 7),
       TicketOfProblem{id<AggregateId>(0x72)},
       {}},
      {"problem_called_back",
       envelope(EventType::kProblemCalledBack, 0),
       ProblemCalledBack{id<AggregateId>(0x70), CallOutcome::kNoAnswer},
       {}},
      {"ticket_attached",
       envelope(EventType::kTicketAttached, 0),
       ticket_attached(),
       {{PersonalField::kFileName, "Снимок экрана.png"},
        {PersonalField::kFileKey, std::string(64, 'a')}}},
      {"ticket_applicant_told",
       envelope(EventType::kTicketApplicantTold, 4),
       TicketApplicantTold{OwnerTerm(1), OwnerSeq(3), TellWhat::kAsked, ToldHow::kToPhone,
                           ToldWhom::kOfficer, TellTrouble::kRefused},
       {{PersonalField::kSentTo, "it@clinic.example"}}},
  };
}

// Of house calls (H1), the waiting list (H2) and notices of facilities (T11).
std::vector<Sample> kind_samples() {
  const Slot slot{Speciality::kCardiologist, SiteNo(31), kAt + 86'400'000};
  return {
      {"ticket_visit_told",
       envelope(EventType::kTicketVisitTold, 3),
       TicketVisitTold{VisitStep::kConfirmed, SiteNo(31), due_times()},
       {{PersonalField::kName, "Сидорова, регистратура"}, {PersonalField::kText, "До 16:00"}}},
      {"ticket_waits_for",
       envelope(EventType::kTicketWaitsFor, 2),
       TicketWaitsFor{Speciality::kCardiologist, SiteNo(31)},
       {{PersonalField::kDoctor, "Петров П. П."}}},
      {"ticket_list_called",
       envelope(EventType::kTicketListCalled, 3),
       TicketListCalled{ListStep::kClaimed, "ivanova", kAt, kAt + 900'000, slot},
       {}},
      {"ticket_list_called_again", envelope(EventType::kTicketListCalled, 4),
       TicketListCalled{ListStep::kAgain, "ivanova", kAt, kAt + 7'200'000, {}}, kText},
      {"ticket_closed_result", envelope(EventType::kTicketClosed, 5),
       TicketClosed{TicketStatus::kDone, RejectReason::kNone, kAt, kAt + 300'000'000,
                    TicketResult::kHospitalised},
       kText},
      {"facility_notice_changed",
       envelope(EventType::kFacilityNoticeChanged, 2),
       FacilityNoticeChanged{SiteNo(17), LocalDay{20'777}, LocalDay{20'790}, true},
       {{PersonalField::kText, "Терапевт Иванова в отпуске"}}},
  };
}

}  // namespace

std::vector<Sample> life_samples() {
  std::vector<Sample> out = timed_samples();
  for (auto& more : {patience_samples(), kind_samples()})
    out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace opora::protocol
