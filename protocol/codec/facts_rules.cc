#include "protocol/codec/facts_rules.h"

#include "protocol/codec/facts_judge.h"
#include "protocol/domain/files.h"
#include "protocol/domain/recording.h"

namespace opora::protocol {
namespace {

void check(Judge&, const std::monostate&) {}

void check(Judge& j, const CallObserved& f) {
  j.text("source", f.source, 1, kMaxSource);
  j.text("call_id", f.call_id, 1, kMaxCallId);
  j.known(f.step, CallStep::kQueued, CallStep::kHandedOver);
  j.time("at", f.at);
  j.desk("desk", f.desk);
  j.text("line", f.line, 0, kMaxWord);
  j.text("agent", f.agent, 0, kMaxWord);
  j.known(f.direction, Direction::kIn, Direction::kOut);
  j.zone(f.zone_offset_min);
  j.site("from_site", f.from_site);
  j.require(f.from_site.v == 0 || !f.journey.is_zero(), "from_site", "a journey began there");
}

void check(Judge& j, const ContactRegistered& f) {
  j.known(f.channel, Channel::kPhone, Channel::kChat);
  j.known(f.direction, Direction::kIn, Direction::kOut);
  j.time("occurred_at", f.occurred_at);
  j.desk("desk", f.desk);
  j.text("topic", f.topic, 0, kMaxWord);
  j.site("facility", f.facility);
  j.known(f.outcome, Outcome::kSolved, Outcome::kTicket);
  j.known(f.refusal, Refusal::kNone, Refusal::kTechnical);
  j.zone(f.zone_offset_min);
  j.asking(f.asking);
}

void check(Judge& j, const TicketOpened& f) {
  j.site("site", f.site);
  j.text("topic", f.topic, 0, kMaxWord);
  j.known(f.urgency, Urgency::kLow, Urgency::kCritical);
  j.line(f.line);
  j.site("facility", f.facility);
  j.time("received_at", f.received_at);
  j.zone(f.zone_offset_min);
  j.desk("desk", f.desk);
  j.text("category", f.category, 0, kMaxName);
  j.times(f.times);
  j.asking(f.asking);
  j.known(f.telling, TellRule::kNobody, TellRule::kWhatFollows);
  j.known(f.language, Language::kOfRegion, Language::kEnglish);
  j.tell(f.tell);
}

void check(Judge& j, const TicketApplicantTold& f) {
  j.place(f.term, f.seq);
  j.known(f.what, TellWhat::kRegistered, TellWhat::kRejected);
  j.known(f.how, ToldHow::kMailed, ToldHow::kNotReached);
  j.known(f.whom, ToldWhom::kNobody, ToldWhom::kOfficer);
  j.known(f.why, TellTrouble::kNone, TellTrouble::kGivenUp);
  j.tell(f.tell);
}

void check(Judge& j, const TicketCallTried& f) {
  j.place(f.term, f.seq);
  j.known(f.result, CallTry::kNoAnswer, CallTry::kAskedLater);
  j.time("at", f.at);
  j.time_or_none("again", f.again);
  j.tell(f.tell);
}

void check(Judge& j, const TicketTellingDue& f) {
  j.place(f.term, f.seq);
  j.known(f.threshold, Threshold::kWarned, Threshold::kMissed);
  j.time("moment", f.moment);
  j.time_or_none("region_at", f.region_at);
}

void check(Judge& j, const TicketTargetChanged& f) {
  j.require(!f.into.is_zero(), "into", "missing");
  j.known(f.status, TicketStatus::kRegistered, TicketStatus::kMerged);
  const bool ended = f.status == TicketStatus::kDone || f.status == TicketStatus::kRejected ||
                     f.status == TicketStatus::kClosed;
  j.require(f.ended.v == 0 || ended, "status", "not an end");
  j.known(f.reason, RejectReason::kNone, RejectReason::kOutsideCompetence);
  j.time("at", f.at);
  j.time_or_none("reopen_until", f.reopen_until);
  j.tell(f.tell);
}

void check(Judge& j, const TicketAssigned& f) {
  j.line(f.line);
  j.text("assignee", f.assignee, 0, kMaxWord);
  j.require(f.holder_line <= 3, "holder_line", "not 1 to 3");
  j.times(f.times);
}

void check(Judge& j, const TicketStarted& f) {
  j.text("assignee", f.assignee, 1, kMaxWord);
  j.require(f.holder_line <= 3, "holder_line", "not 1 to 3");
  j.times(f.times);
}

void check(Judge& j, const TicketPaused& f) {
  j.known(f.reason, WaitReason::kInformation, WaitReason::kRemoteSession);
  j.time_or_none("until", f.until);
  j.times(f.times);
  j.tell(f.tell);
}

void check(Judge& j, const TicketResumed& f) { j.times(f.times); }

void check(Judge& j, const TicketReclassified& f) {
  j.known(f.urgency, Urgency::kLow, Urgency::kCritical);
  j.text("topic", f.topic, 0, kMaxWord);
  j.text("category", f.category, 0, kMaxName);
  j.times(f.times);
}

void check(Judge& j, const TicketReopened& f) { j.times(f.times); }
void check(Judge& j, const TicketFinished& f) { j.time("at", f.at); }
void check(Judge& j, const TicketRetimed& f) { j.times(f.times); }

void check(Judge& j, const TicketDueReached& f) {
  j.known(f.clock, DueClock::kReaction, DueClock::kSilence);
  j.known(f.threshold, Threshold::kWarned, Threshold::kMissed);
  j.time("moment", f.moment);
  j.known(f.link, LinkThen::kNotSaid, LinkThen::kCutOff);
  j.time_or_none("cut_since", f.cut_since);
  j.time_or_none("region_at", f.region_at);
}

void check(Judge& j, const TicketMerged& f) {
  j.require(!f.into.is_zero(), "into", "missing");
  j.require(f.into_opened.v != 0, "into_opened", "missing");
  j.time("at", f.at);
  j.time_or_none("undo_until", f.undo_until);
}

void check(Judge& j, const TicketUnmerged& f) { j.times(f.times); }

void check(Judge& j, const TicketPartOf& f) {
  j.require(!f.origin.is_zero(), "origin", "missing");
  j.time("since", f.since);
  j.times(f.times);
}

void check(Judge& j, const TicketItemChanged& f) {
  j.require(f.item != 0, "item", "items begin with 1");
  j.known(f.change, ItemChange::kAdded, ItemChange::kRemoved);
}

void check(Judge&, const TicketOfProblem&) {}
void check(Judge&, const TicketCommented&) {}

void check(Judge& j, const TicketAttached& f) {
  j.known(f.kind, FileKind::kJpeg, FileKind::kPdf);
  j.require(f.bytes >= 1 && f.bytes <= kMaxFileBytes, "bytes", "none or too many");
  j.require(f.chunks.size() == chunks_of(f.bytes), "chunks", "not as many as the bytes need");
  j.require(f.hash == file_hash(f.chunks), "hash", "not that of the chunks");
}

void check(Judge& j, const TicketClosed& f) {
  j.known(f.status, TicketStatus::kRegistered, TicketStatus::kRejected);
  j.known(f.reason, RejectReason::kNone, RejectReason::kOutsideCompetence);
  j.require(f.status >= TicketStatus::kDone, "status", "neither done nor rejected");
  j.time_or_none("at", f.at);
  j.time_or_none("reopen_until", f.reopen_until);
  j.known(f.result, TicketResult::kNone, TicketResult::kNotNeeded);
  j.tell(f.tell);
}

void check(Judge& j, const TicketVisitTold& f) {
  j.known(f.step, VisitStep::kPassed, VisitStep::kConfirmed);
  j.site("clinic", f.clinic);
  j.times(f.times);
}

void check(Judge& j, const TicketWaitsFor& f) {
  j.known(f.speciality, Speciality::kNone, Speciality::kOther);
  j.site("facility", f.facility);
}

void check(Judge& j, const TicketListCalled& f) {
  j.known(f.step, ListStep::kClaimed, ListStep::kDeclinedSlot);
  j.text("by", f.by, 1, kMaxWord);
  j.time("at", f.at);
  j.time_or_none("until", f.until);
  j.known(f.slot.speciality, Speciality::kNone, Speciality::kOther);
  j.site("slot.facility", f.slot.facility);
  j.time_or_none("slot.at", f.slot.at);
}

void check(Judge& j, const FacilityNoticeChanged& f) {
  j.require(f.facility != kHubSite, "facility", "missing");
  j.site("facility", f.facility);
  j.day("from", f.from);
  if (f.until.v == 0) return;
  j.day("until", f.until);
  j.require(f.until >= f.from, "until", "before the first day");
}

void check(Judge& j, const TicketOffered& f) {
  j.site("to", f.to);
  if (f.until.v != 0) j.time("until", f.until);
}

void check(Judge& j, const TicketOfferCancelled& f) {
  j.require(f.offer.v != 0, "offer", "an addition is no offer");
}

void check(Judge& j, const TicketOfferAnswered& f) {
  j.require(f.term.v != 0, "term", "terms begin with 1");
  j.require(f.offer.v != 0, "offer", "an addition is no offer");
  j.known(f.reply, OfferReply::kAccepted, OfferReply::kDeclined);
}

void check(Judge& j, const TicketOwnerChanged& f) {
  j.require(f.to != kHubSite, "to", "the region itself owns no ticket");
  j.site("to", f.to);
  j.site("from", f.from);
  j.known(f.cause, OwnerCause::kAccepted, OwnerCause::kLeaseExpired);
}

void check(Judge& j, const ProblemOpened& f) {
  j.known(f.kind, ProblemKind::kNoLink, ProblemKind::kOther);
  j.site("site", f.site);
  j.time("started_at", f.started_at);
}

void check(Judge&, const ProblemAffected&) {}
void check(Judge&, const ProblemClosed&) {}

void check(Judge& j, const ProblemCalledBack& f) {
  j.require(!f.caller.is_zero(), "caller", "missing");
  j.known(f.outcome, CallOutcome::kReached, CallOutcome::kNotNeeded);
}

void check(Judge& j, const UserChanged& f) {
  j.text("login", f.login, 1, kMaxWord);
  j.require(f.sites.size() <= kMaxSites, "sites", "too many");
  for (const SiteNo site : f.sites) j.site("sites", site);
  j.text("agent", f.agent, 0, kMaxWord);
  j.desk("desk", f.desk);
  j.require(f.skills.size() <= kMaxSkills, "skills", "too many");
  for (const std::string& skill : f.skills) j.text("skills", skill, 1, kMaxName);
  j.absence(f.absence);
}

void check(Judge& j, const SiteChanged& f) {
  j.site("site", f.site);
  j.text("name", f.name, 0, kMaxName);
  j.text("zone", f.zone, 0, kMaxWord);
  j.require(f.desks.size() <= kMaxDeskNo, "desks", "too many");
  for (const Desk& desk : f.desks) {
    j.desk("desks.no", desk.no);
    j.text("desks.name", desk.name, 0, kMaxName);
  }
  j.require(f.link_key.empty() || f.link_key.size() == kLinkKeyBytes, "link_key", "not 32 bytes");
  j.text("support_code", f.support_code, 0, kMaxWord);
}

void check(Judge& j, const RubricatorPublished& f) {
  j.require(f.topics.size() <= kMaxTopics, "topics", "too many");
  for (const Topic& topic : f.topics) {
    j.text("topics.id", topic.id, 1, kMaxWord);
    j.text("topics.kind", topic.kind, 0, kMaxName);
    j.text("topics.group", topic.group, 0, kMaxName);
    j.text("topics.name", topic.name, 0, kMaxName);
    j.known(topic.contact_kind, ContactKind::kNone, ContactKind::kWish);
  }
}

void check(Judge& j, const ProductionYearPublished& f) {
  j.known(f.status, YearStatus::kDecreed, YearStatus::kPreliminary);
  for (const auto& [day, rule] : f.days) {
    j.day("days.day", day);
    j.require(static_cast<int>(date_of(day).year()) == f.year, "days.day", "of another year");
    j.known(rule.kind, DayKind::kOff, DayKind::kWorking);
    if (rule.instead_of) j.day("days.instead_of", *rule.instead_of);
  }
  j.rule(check(f.days));
}

void check(Judge& j, const CalendarChanged& f) {
  j.text("id", f.id, 1, kMaxWord);
  j.text("name_ru", f.name_ru, 1, kMaxName);
  j.text("name_en", f.name_en, 1, kMaxName);
  j.text("zone", f.zone, 0, kMaxWord);
  j.known(f.hours.holidays, Holidays::kObserved, Holidays::kIgnored);
  for (const auto& [day, hours] : f.hours.own_days) j.day("own_days.day", day);
  j.rule(check(f.hours));
}

void check(Judge& j, const QueueChanged& f) {
  j.text("id", f.id, 1, kMaxWord);
  j.text("name_ru", f.name_ru, 1, kMaxName);
  j.text("name_en", f.name_en, 1, kMaxName);
  j.line(f.line);
  j.text("calendar", f.calendar, 1, kMaxWord);
  for (const Norms& norms : f.norms) {
    j.norm("norms.registration", norms.registration);
    j.norm("norms.completion", norms.completion);
  }
  j.require(f.reactions.size() <= kMaxReactions, "reactions", "too many");
  for (const Reaction& reaction : f.reactions) {
    j.text("reactions.category", reaction.category, 0, kMaxName);
    j.norm("reactions.norm", reaction.norm);
  }
  j.require(f.topics.size() <= kMaxTopics, "topics", "too many");
  for (const std::string& topic : f.topics) j.text("topics", topic, 1, kMaxName);
  j.require(f.sites.size() <= kMaxSites, "sites", "too many");
  for (const SiteNo site : f.sites) j.site("sites", site);
  j.norm("silence", f.silence);
  j.norm("region_after", f.region_after);
}

void check(Judge& j, const CompetenceChanged& f) {
  j.text("id", f.id, 1, kMaxWord);
  j.text("name", f.name, 1, kMaxName);
  j.text("text", f.text, 1, kMaxClause);
}

void check(Judge& j, const TemplateChanged& f) {
  j.text("id", f.id, 1, kMaxWord);
  j.text("name", f.name, 1, kMaxName);
  j.known(f.use, TemplateUse::kAnswer, TemplateUse::kTicket);
  j.text("text", f.text, 1, kMaxTemplate);
  j.require(f.fields.size() <= kMaxTemplateFields, "fields", "too many");
  for (const TemplateField& field : f.fields) {
    j.text("fields.name", field.name, 1, kMaxWord);
    j.known(field.filling, Filling::kAsked, Filling::kToday);
    j.require(field.choices.size() <= kMaxTemplateChoices, "fields.choices", "too many");
    for (const std::string& choice : field.choices) j.text("fields.choices", choice, 1, kMaxName);
  }
  j.known(f.kind, ContactKind::kNone, ContactKind::kWish);
  j.text("topic", f.topic, 0, kMaxWord);
  if (f.urgency) j.known(*f.urgency, Urgency::kLow, Urgency::kCritical);
  j.require(f.items.size() <= kMaxTemplateItems, "items", "too many");
  for (const std::string& item : f.items) j.text("items", item, 1, kMaxName);
}

void check(Judge& j, const AgentStateChanged& f) {
  j.text("agent", f.agent, 0, kMaxWord);
  j.known(f.state, AgentState::kOffline, AgentState::kBreak);
  j.known(f.reason, BreakReason::kNone, BreakReason::kNoAnswer);
  j.time("at", f.at);
  j.desk("desk", f.desk);
}

void check(Judge& j, const CallBackOpened& f) {
  j.require(!f.call.is_zero(), "call", "missing");
  j.time("lost_at", f.lost_at);
  j.desk("desk", f.desk);
  j.text("line", f.line, 0, kMaxWord);
  j.zone(f.zone_offset_min);
  j.time("again_at", f.again_at);
  j.require(f.limit >= 1, "limit", "no attempt at all");
  j.time_or_none("place", f.place.entered_at);
}

void check(Judge& j, const CallBackAsked& f) {
  j.require(!f.call.is_zero(), "call", "missing");
  j.time("lost_at", f.lost_at);
  j.time_or_none("place", f.place.entered_at);
}

void check(Judge& j, const CallBackClaimed& f) {
  j.text("by", f.by, 1, kMaxWord);
  j.time("at", f.at);
  j.time("until", f.until);
}

void check(Judge& j, const CallBackTried& f) {
  j.known(f.result, CallBackResult::kNoAnswer, CallBackResult::kReleased);
  j.text("by", f.by, 1, kMaxWord);
  j.time("at", f.at);
  j.time_or_none("again_at", f.again_at);
  j.known(f.end, CallBackEnd::kNone, CallBackEnd::kNotNeeded);
}

void check(Judge& j, const CallBackMet& f) {
  j.require(!f.call.is_zero(), "call", "missing");
  j.known(f.how, CallBackEnd::kReached, CallBackEnd::kGotThrough);
}

void check(Judge& j, const CallBackRouted& f) {
  j.require(f.to != kHubSite, "to", "the region itself calls nobody");
  j.site("to", f.to);
  j.time_or_none("until", f.until);
}

void check(Judge& j, const Erased& f) { j.text("basis", f.basis, 1, kMaxBasis); }

void check(Judge& j, const UserOverruled& f) {
  j.require(!f.user.is_zero(), "user", "missing");
  if (f.password_at.v != 0) j.time("password_at", f.password_at);
  j.absence(f.absence);
}

void check(Judge& j, const RecordsRead& f) {
  j.known(f.from, ReadFrom::kContact, ReadFrom::kRecording);
  j.known(f.purpose, ListenPurpose::kNone, ListenPurpose::kTraining);
  const std::size_t records = f.contacts.size() + f.tickets.size() + f.recordings.size();
  j.require(records >= 1, "contacts", "no record");
  j.require(records <= kMaxReadRecords, "contacts", "too many");
  for (const AggregateId& id : f.contacts) j.require(!id.is_zero(), "contacts", "zero");
  for (const AggregateId& id : f.tickets) j.require(!id.is_zero(), "tickets", "zero");
  for (const AggregateId& id : f.recordings) j.require(!id.is_zero(), "recordings", "zero");
}

void check(Judge& j, const Recorded& f) {
  j.require(!f.call.is_zero(), "call", "missing");
  j.require(f.part >= 1 && f.part <= kMaxRecordingParts, "part", "not 1 to 32");
  j.desk("desk", f.desk);
  j.text("line", f.line, 0, kMaxWord);
  j.text("agent", f.agent, 0, kMaxWord);
  j.time("started_at", f.started_at);
}

void check(Judge& j, const RecordingKept& f) {
  check(j, f.of);
  j.known(f.format, SoundFormat::kALaw8k, SoundFormat::kALaw8k);
  j.known(f.copies, Copies::kSiteAlone, Copies::kSiteAndRegion);
  j.time("keep_until", f.keep_until);
  const std::int64_t kept_ms = f.keep_until - f.of.started_at;
  j.require(kept_ms <= (kRecordingDays + 1) * kDayMs, "keep_until", "longer than allowed");
  j.require(f.bytes >= 1 && f.bytes <= kMaxFileBytes, "bytes", "none or too many");
  j.require(f.chunks.size() == chunks_of(f.bytes), "chunks", "not as many as the bytes need");
  j.require(f.hash == file_hash(f.chunks), "hash", "not that of the chunks");
}

void check(Judge& j, const RecordingErased& f) {
  j.known(f.why, RecordingEnd::kRetention, RecordingEnd::kRetention);
  j.time("at", f.at);
}

void check(Judge& j, const RecordingMissed& f) {
  check(j, f.of);
  j.known(f.fault, RecordingFault::kRefused, RecordingFault::kNoRoom);
}

}  // namespace

FactsVerdict judge_facts(const Facts& facts) {
  Judge judge;
  std::visit([&judge](const auto& f) { check(judge, f); }, facts);
  return judge.verdict;
}

}  // namespace opora::protocol
