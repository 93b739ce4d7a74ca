#include "web/app/timeline_words.h"

#include "protocol/domain/kind_texts.h"
#include "protocol/domain/ticket_times.h"
#include "web/app/names.h"

namespace opora::app {

namespace {

TimelineWords words_of(const protocol::TicketOpened& e) { return {"opened", e.line, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketAssigned& e) {
  return {"assigned", e.line, e.assignee, {}, {}};
}
TimelineWords words_of(const protocol::TicketCommented&) { return {"commented", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketAttached& e) {
  return {"attached", {}, {}, protocol::to_name(e.kind), {}};
}
TimelineWords words_of(const protocol::TicketClosed& e) {
  const bool rejected = e.status == protocol::TicketStatus::kRejected;
  return {rejected ? "rejected" : "completed", {}, {}, name_or_null(e.reason), {}};
}
TimelineWords words_of(const protocol::TicketStarted& e) {
  return {"started", {}, e.assignee, {}, {}};
}
TimelineWords words_of(const protocol::TicketPaused& e) {
  return {"waiting", {}, {}, name_or_null(e.reason), {}};
}
TimelineWords words_of(const protocol::TicketResumed&) { return {"resumed", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketReclassified& e) {
  return {"reclassified", {}, {}, protocol::to_name(e.urgency), {}};
}
TimelineWords words_of(const protocol::TicketReopened&) { return {"reopened", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketFinished&) { return {"closed", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketRetimed&) { return {"retimed", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketDueReached& e) {
  const bool missed = e.threshold == protocol::Threshold::kMissed;
  const char* type = missed ? "deadline_missed" : "deadline_near";
  if (!protocol::is_deadline(e.clock)) type = "reminded";  // V10
  return {type, {}, {}, protocol::to_name(e.clock), {}, e.link, e.cut_since};
}
TimelineWords words_of(const protocol::TicketApplicantTold&) { return {"told", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketCallTried& e) {
  const bool asked = e.result == protocol::CallTry::kAskedLater;
  return {"call_tried", {}, {}, asked ? "asked_later" : "no_answer", {}};
}
TimelineWords words_of(const protocol::TicketTellingDue& e) {
  const bool missed = e.threshold == protocol::Threshold::kMissed;
  return {missed ? "telling_missed" : "telling_near", {}, {}, {}, {}};
}
TimelineWords words_of(const protocol::TicketTargetChanged& e) {
  return {e.ended.v == 0 ? "target_reopened" : "target_ended", {}, {}, {}, {}};
}
TimelineWords words_of(const protocol::TicketOffered& e) { return {"offered", {}, {}, {}, e.to}; }
TimelineWords words_of(const protocol::TicketOfferCancelled&) {
  return {"offer_cancelled", {}, {}, {}, {}};
}
TimelineWords words_of(const protocol::TicketOfferAnswered& e) {
  const bool accepted = e.reply == protocol::OfferReply::kAccepted;
  return {accepted ? "offer_accepted" : "offer_declined", {}, {}, {}, {}};
}
TimelineWords words_of(const protocol::TicketOwnerChanged& e) {
  return {"owner_changed", {}, {}, name_or_null(e.cause), e.to};
}
TimelineWords words_of(const protocol::TicketMerged&) { return {"merged", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketUnmerged&) { return {"unmerged", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketPartOf&) { return {"part_of", {}, {}, {}, {}}; }
TimelineWords words_of(const protocol::TicketItemChanged& e) {
  return {"item", {}, {}, protocol::to_name(e.change), {}};
}
TimelineWords words_of(const protocol::TicketOfProblem& e) {
  return {e.problem.is_zero() ? "problem_unlinked" : "problem_linked", {}, {}, {}, {}};
}
TimelineWords words_of(const protocol::TicketVisitTold& e) {
  const bool passed = e.step == protocol::VisitStep::kPassed;
  const auto to = passed && e.clinic.v != 0 ? std::optional(e.clinic) : std::nullopt;
  return {passed ? "visit_passed" : "visit_confirmed", {}, {}, {}, to};
}
TimelineWords words_of(const protocol::TicketWaitsFor& e) {
  return {"waits_for", {}, {}, name_or_null(e.speciality), {}};
}
TimelineWords words_of(const protocol::TicketListCalled& e) {
  return {"list_called", {}, {}, protocol::to_name(e.step), {}};
}
template <class Other>
TimelineWords words_of(const Other&) {
  return {};
}

}  // namespace

TimelineWords timeline_words(const protocol::Facts& facts) {
  return std::visit([](const auto& said) { return words_of(said); }, facts);
}

}  // namespace opora::app
