#include "protocol/codec/ticket_codec.h"

#include "protocol/codec/message.h"

namespace opora::protocol {
namespace {

using message::get_optional_id;
using message::number;
using message::view;

void put(const DueTimes& f, schema::DueTimes::Builder out) {
  out.setAt(f.at.v);
  OPORA_SET_TEXT(out, Queue, f.queue);
  out.setQueueVersion(f.queue_version);
  out.setCalendarVersion(f.calendar_version);
  out.setProductionVersion(f.production_version);
  out.setRegistrationDue(f.registration_due.v);
  out.setReactionWarn(f.reaction_warn.v);
  out.setReactionDue(f.reaction_due.v);
  out.setCompletionWarn(f.completion_warn.v);
  out.setCompletionDue(f.completion_due.v);
  out.setSilenceAt(f.silence_at.v);
}

DueTimes times_of(schema::DueTimes::Reader in) {
  return {TimeMs{in.getAt()},
          std::string(view(in.getQueue())),
          in.getQueueVersion(),
          in.getCalendarVersion(),
          in.getProductionVersion(),
          TimeMs{in.getRegistrationDue()},
          TimeMs{in.getReactionWarn()},
          TimeMs{in.getReactionDue()},
          TimeMs{in.getCompletionWarn()},
          TimeMs{in.getCompletionDue()},
          TimeMs{in.getSilenceAt()}};
}

// Left out by who says none: as before there were any.
template <class Builder>
void put_times(const DueTimes& times, Builder out) {
  if (times != DueTimes{}) put(times, out.initTimes());
}

void put(const TellTimes& f, schema::TellTimes::Builder out) {
  out.setWarn(f.warn.v);
  out.setDue(f.due.v);
}

TellTimes tell_of(schema::TellTimes::Reader in) {
  return {TimeMs{in.getWarn()}, TimeMs{in.getDue()}};
}

template <class Builder>
void put_tell(const TellTimes& tell, Builder out) {
  if (tell != TellTimes{}) put(tell, out.initTell());
}

}  // namespace

void put(const Asking& f, schema::Asking::Builder out) {
  out.setKind(number(f.kind));
  out.setRole(number(f.role));
  out.setFacilityBy(number(f.facility_by));
  out.setWish(number(f.wish));
  out.setHotLine(number(f.hot_line));
  out.setPassedTo(number(f.passed_to));
}

Asking asking_of(schema::Asking::Reader in) {
  return {ContactKind{in.getKind()}, ApplicantRole{in.getRole()}, FacilityBy{in.getFacilityBy()},
          WishSubject{in.getWish()}, HotLine{in.getHotLine()},    PassedTo{in.getPassedTo()}};
}

void put(const TicketOpened& f, schema::TicketOpened::Builder out) {
  out.setSite(f.site.v);
  out.setCounter(f.counter);
  if (!f.contact.is_zero()) out.setContact(message::data(f.contact.view()));
  OPORA_SET_TEXT(out, Topic, f.topic);
  out.setCatalogueVersion(f.catalogue_version);
  out.setUrgency(number(f.urgency));
  out.setLine(f.line);
  out.setFacility(f.facility.v);
  out.setReceivedAt(f.received_at.v);
  out.setZoneOffsetMin(f.zone_offset_min);
  out.setDesk(f.desk.v);
  OPORA_SET_TEXT(out, Category, f.category);
  put_times(f.times, out);
  if (f.asking != Asking{}) put(f.asking, out.initAsking());
  out.setTelling(number(f.telling));
  out.setLanguage(number(f.language));
  put_tell(f.tell, out);
}

bool get(schema::TicketOpened::Reader in, TicketOpened& f) {
  f.site = SiteNo(in.getSite());
  f.counter = in.getCounter();
  f.topic = view(in.getTopic());
  f.catalogue_version = in.getCatalogueVersion();
  f.urgency = Urgency{in.getUrgency()};
  f.line = in.getLine();
  f.facility = SiteNo(in.getFacility());
  f.received_at = TimeMs{in.getReceivedAt()};
  f.zone_offset_min = in.getZoneOffsetMin();
  f.desk = DeskNo(in.getDesk());
  f.category = view(in.getCategory());
  f.times = times_of(in.getTimes());
  f.asking = asking_of(in.getAsking());
  f.telling = TellRule{in.getTelling()};
  f.language = Language{in.getLanguage()};
  f.tell = tell_of(in.getTell());
  return get_optional_id(in.getContact(), f.contact);
}

void put(const TicketApplicantTold& f, schema::TicketApplicantTold::Builder out) {
  out.setTerm(f.term.v);
  out.setSeq(f.seq.v);
  out.setWhat(number(f.what));
  out.setHow(number(f.how));
  out.setWhom(number(f.whom));
  out.setWhy(number(f.why));
  put_tell(f.tell, out);
}

bool get(schema::TicketApplicantTold::Reader in, TicketApplicantTold& f) {
  f.term = OwnerTerm(in.getTerm());
  f.seq = OwnerSeq(in.getSeq());
  f.what = TellWhat{in.getWhat()};
  f.how = ToldHow{in.getHow()};
  f.whom = ToldWhom{in.getWhom()};
  f.why = TellTrouble{in.getWhy()};
  f.tell = tell_of(in.getTell());
  return true;
}

void put(const TicketCallTried& f, schema::TicketCallTried::Builder out) {
  out.setTerm(f.term.v);
  out.setSeq(f.seq.v);
  out.setResult(number(f.result));
  out.setAt(f.at.v);
  out.setAgain(f.again.v);
  put_tell(f.tell, out);
}

bool get(schema::TicketCallTried::Reader in, TicketCallTried& f) {
  f.term = OwnerTerm(in.getTerm());
  f.seq = OwnerSeq(in.getSeq());
  f.result = CallTry{in.getResult()};
  f.at = TimeMs{in.getAt()};
  f.again = TimeMs{in.getAgain()};
  f.tell = tell_of(in.getTell());
  return true;
}

void put(const TicketTellingDue& f, schema::TicketTellingDue::Builder out) {
  out.setTerm(f.term.v);
  out.setSeq(f.seq.v);
  out.setThreshold(number(f.threshold));
  out.setMoment(f.moment.v);
  out.setRegionAt(f.region_at.v);
}

bool get(schema::TicketTellingDue::Reader in, TicketTellingDue& f) {
  f.term = OwnerTerm(in.getTerm());
  f.seq = OwnerSeq(in.getSeq());
  f.threshold = Threshold{in.getThreshold()};
  f.moment = TimeMs{in.getMoment()};
  f.region_at = TimeMs{in.getRegionAt()};
  return true;
}

void put(const TicketTargetChanged& f, schema::TicketTargetChanged::Builder out) {
  out.setInto(message::data(f.into.view()));
  out.setEnded(f.ended.v);
  out.setStatus(number(f.status));
  out.setReason(number(f.reason));
  out.setAt(f.at.v);
  out.setReopenUntil(f.reopen_until.v);
  put_tell(f.tell, out);
}

bool get(schema::TicketTargetChanged::Reader in, TicketTargetChanged& f) {
  f.ended = Hlt{in.getEnded()};
  f.status = TicketStatus{in.getStatus()};
  f.reason = RejectReason{in.getReason()};
  f.at = TimeMs{in.getAt()};
  f.reopen_until = TimeMs{in.getReopenUntil()};
  f.tell = tell_of(in.getTell());
  return get_optional_id(in.getInto(), f.into);
}

void put(const TicketAssigned& f, schema::TicketAssigned::Builder out) {
  out.setLine(f.line);
  OPORA_SET_TEXT(out, Assignee, f.assignee);
  put_times(f.times, out);
  out.setHolderLine(f.holder_line);
}

bool get(schema::TicketAssigned::Reader in, TicketAssigned& f) {
  f.line = in.getLine();
  f.assignee = view(in.getAssignee());
  f.times = times_of(in.getTimes());
  f.holder_line = in.getHolderLine();
  return true;
}

void put(const TicketStarted& f, schema::TicketStarted::Builder out) {
  OPORA_SET_TEXT(out, Assignee, f.assignee);
  put_times(f.times, out);
  out.setHolderLine(f.holder_line);
}

bool get(schema::TicketStarted::Reader in, TicketStarted& f) {
  f.assignee = view(in.getAssignee());
  f.times = times_of(in.getTimes());
  f.holder_line = in.getHolderLine();
  return true;
}

void put(const TicketPaused& f, schema::TicketPaused::Builder out) {
  out.setReason(number(f.reason));
  out.setUntil(f.until.v);
  put_times(f.times, out);
  put_tell(f.tell, out);
}

bool get(schema::TicketPaused::Reader in, TicketPaused& f) {
  f.reason = WaitReason{in.getReason()};
  f.until = TimeMs{in.getUntil()};
  f.times = times_of(in.getTimes());
  f.tell = tell_of(in.getTell());
  return true;
}

void put(const TicketResumed& f, schema::TicketResumed::Builder out) { put_times(f.times, out); }
bool get(schema::TicketResumed::Reader in, TicketResumed& f) {
  f.times = times_of(in.getTimes());
  return true;
}

void put(const TicketReclassified& f, schema::TicketReclassified::Builder out) {
  out.setUrgency(number(f.urgency));
  OPORA_SET_TEXT(out, Topic, f.topic);
  out.setCatalogueVersion(f.catalogue_version);
  OPORA_SET_TEXT(out, Category, f.category);
  put_times(f.times, out);
}

bool get(schema::TicketReclassified::Reader in, TicketReclassified& f) {
  f.urgency = Urgency{in.getUrgency()};
  f.topic = view(in.getTopic());
  f.catalogue_version = in.getCatalogueVersion();
  f.category = view(in.getCategory());
  f.times = times_of(in.getTimes());
  return true;
}

void put(const TicketReopened& f, schema::TicketReopened::Builder out) { put_times(f.times, out); }
bool get(schema::TicketReopened::Reader in, TicketReopened& f) {
  f.times = times_of(in.getTimes());
  return true;
}

void put(const TicketFinished& f, schema::TicketFinished::Builder out) { out.setAt(f.at.v); }
bool get(schema::TicketFinished::Reader in, TicketFinished& f) {
  f.at = TimeMs{in.getAt()};
  return true;
}

void put(const TicketRetimed& f, schema::TicketRetimed::Builder out) { put_times(f.times, out); }
bool get(schema::TicketRetimed::Reader in, TicketRetimed& f) {
  f.times = times_of(in.getTimes());
  return true;
}

void put(const TicketDueReached& f, schema::TicketDueReached::Builder out) {
  out.setClock(number(f.clock));
  out.setThreshold(number(f.threshold));
  out.setMoment(f.moment.v);
  out.setLink(number(f.link));
  out.setCutSince(f.cut_since.v);
  out.setRegionAt(f.region_at.v);
}

bool get(schema::TicketDueReached::Reader in, TicketDueReached& f) {
  f.clock = DueClock{in.getClock()};
  f.threshold = Threshold{in.getThreshold()};
  f.moment = TimeMs{in.getMoment()};
  f.link = LinkThen{in.getLink()};
  f.cut_since = TimeMs{in.getCutSince()};
  f.region_at = TimeMs{in.getRegionAt()};
  return true;
}

void put(const TicketMerged& f, schema::TicketMerged::Builder out) {
  out.setInto(message::data(f.into.view()));
  out.setIntoOpened(f.into_opened.v);
  out.setAt(f.at.v);
  out.setUndoUntil(f.undo_until.v);
}

bool get(schema::TicketMerged::Reader in, TicketMerged& f) {
  f.into_opened = Hlt{in.getIntoOpened()};
  f.at = TimeMs{in.getAt()};
  f.undo_until = TimeMs{in.getUndoUntil()};
  return message::get_id(in.getInto(), f.into);
}

void put(const TicketUnmerged& f, schema::TicketUnmerged::Builder out) { put_times(f.times, out); }
bool get(schema::TicketUnmerged::Reader in, TicketUnmerged& f) {
  f.times = times_of(in.getTimes());
  return true;
}

void put(const TicketPartOf& f, schema::TicketPartOf::Builder out) {
  out.setOrigin(message::data(f.origin.view()));
  out.setSince(f.since.v);
  put_times(f.times, out);
}

bool get(schema::TicketPartOf::Reader in, TicketPartOf& f) {
  f.since = TimeMs{in.getSince()};
  f.times = times_of(in.getTimes());
  return message::get_id(in.getOrigin(), f.origin);
}

void put(const TicketItemChanged& f, schema::TicketItemChanged::Builder out) {
  out.setItem(f.item);
  out.setChange(number(f.change));
}

bool get(schema::TicketItemChanged::Reader in, TicketItemChanged& f) {
  f.item = in.getItem();
  f.change = ItemChange{in.getChange()};
  return true;
}

void put(const TicketOfProblem& f, schema::TicketOfProblem::Builder out) {
  if (!f.problem.is_zero()) out.setProblem(message::data(f.problem.view()));
}

bool get(schema::TicketOfProblem::Reader in, TicketOfProblem& f) {
  return get_optional_id(in.getProblem(), f.problem);
}

void put(const TicketVisitTold& f, schema::TicketVisitTold::Builder out) {
  out.setStep(number(f.step));
  out.setClinic(f.clinic.v);
  put_times(f.times, out);
}

bool get(schema::TicketVisitTold::Reader in, TicketVisitTold& f) {
  f.step = VisitStep{in.getStep()};
  f.clinic = SiteNo(in.getClinic());
  f.times = times_of(in.getTimes());
  return true;
}

void put(const TicketCommented&, schema::TicketCommented::Builder) {}
bool get(schema::TicketCommented::Reader, TicketCommented&) { return true; }

void put(const TicketAttached& f, schema::TicketAttached::Builder out) {
  Bytes chunks;
  for (const FileHash& chunk : f.chunks) chunks += chunk.view();
  out.setHash(message::data(f.hash.view()));
  out.setBytes(f.bytes);
  out.setKind(number(f.kind));
  out.setChunks(message::data(chunks));
}

bool get(schema::TicketAttached::Reader in, TicketAttached& f) {
  if (!message::get_id(in.getHash(), f.hash)) return false;
  f.bytes = in.getBytes();
  f.kind = FileKind{in.getKind()};
  std::string_view rest = view(in.getChunks());
  for (; rest.size() >= sizeof(FileHash); rest.remove_prefix(sizeof(FileHash)))
    f.chunks.push_back(*FileHash::from(rest.substr(0, sizeof(FileHash))));
  return rest.empty();
}

void put(const TicketClosed& f, schema::TicketClosed::Builder out) {
  out.setStatus(number(f.status));
  out.setReason(number(f.reason));
  out.setAt(f.at.v);
  out.setReopenUntil(f.reopen_until.v);
  out.setResult(number(f.result));
  put_tell(f.tell, out);
}

bool get(schema::TicketClosed::Reader in, TicketClosed& f) {
  f.status = TicketStatus{in.getStatus()};
  f.reason = RejectReason{in.getReason()};
  f.at = TimeMs{in.getAt()};
  f.reopen_until = TimeMs{in.getReopenUntil()};
  f.result = TicketResult{in.getResult()};
  f.tell = tell_of(in.getTell());
  return true;
}

void put(const TicketOffered& f, schema::TicketOffered::Builder out) {
  out.setTo(f.to.v);
  out.setUntil(f.until.v);
}

bool get(schema::TicketOffered::Reader in, TicketOffered& f) {
  f.to = SiteNo(in.getTo());
  f.until = TimeMs{in.getUntil()};
  return true;
}

void put(const TicketOfferCancelled& f, schema::TicketOfferCancelled::Builder out) {
  out.setOffer(f.offer.v);
}

bool get(schema::TicketOfferCancelled::Reader in, TicketOfferCancelled& f) {
  f.offer = OwnerSeq{in.getOffer()};
  return true;
}

void put(const TicketOfferAnswered& f, schema::TicketOfferAnswered::Builder out) {
  out.setTerm(f.term.v);
  out.setOffer(f.offer.v);
  out.setReply(number(f.reply));
}

bool get(schema::TicketOfferAnswered::Reader in, TicketOfferAnswered& f) {
  f.term = OwnerTerm{in.getTerm()};
  f.offer = OwnerSeq{in.getOffer()};
  f.reply = OfferReply{in.getReply()};
  return true;
}

void put(const TicketOwnerChanged& f, schema::TicketOwnerChanged::Builder out) {
  out.setTo(f.to.v);
  out.setFrom(f.from.v);
  out.setValidThrough(f.valid_through.v);
  out.setCause(number(f.cause));
  out.setLeaseMs(f.lease_ms);
}

bool get(schema::TicketOwnerChanged::Reader in, TicketOwnerChanged& f) {
  f.to = SiteNo(in.getTo());
  f.from = SiteNo(in.getFrom());
  f.valid_through = StreamPos{in.getValidThrough()};
  f.cause = OwnerCause{in.getCause()};
  f.lease_ms = in.getLeaseMs();
  return true;
}

}  // namespace opora::protocol
