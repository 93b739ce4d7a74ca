#include "protocol/codec/call_back_codec.h"
#include "protocol/codec/catalogue_codec.h"
#include "protocol/codec/facts_rules.h"
#include "protocol/codec/kind_codec.h"
#include "protocol/codec/message.h"
#include "protocol/codec/record_codec.h"
#include "protocol/codec/ticket_codec.h"
#include "protocol/schema/facts.capnp.h"

namespace opora::protocol {
namespace {

using message::corrupt;
using message::get_optional_id;
using message::number;
using message::view;

capnp::Data::Reader reference(const AggregateId& id) {
  return id.is_zero() ? capnp::Data::Reader() : message::data(id.view());
}

// One pair of functions an event type: put(facts, builder) and get(reader, facts). get is false for
// an id or a list of the wrong size; all other rules are in facts_rules.

void put(const CallObserved& f, schema::CallObserved::Builder out) {
  OPORA_SET_TEXT(out, Source, f.source);
  OPORA_SET_TEXT(out, CallId, f.call_id);
  out.setSeq(f.seq);
  out.setKind(number(f.step));
  out.setAt(f.at.v);
  out.setDesk(f.desk.v);
  OPORA_SET_TEXT(out, Line, f.line);
  OPORA_SET_TEXT(out, Agent, f.agent);
  out.setDirection(number(f.direction));
  out.setZoneOffsetMin(f.zone_offset_min);
  out.setPhantomMs(f.phantom_ms);
}

bool get(schema::CallObserved::Reader in, CallObserved& f) {
  f.source = view(in.getSource());
  f.call_id = view(in.getCallId());
  f.seq = in.getSeq();
  f.step = CallStep{in.getKind()};
  f.at = TimeMs{in.getAt()};
  f.desk = DeskNo(in.getDesk());
  f.line = view(in.getLine());
  f.agent = view(in.getAgent());
  f.direction = Direction{in.getDirection()};
  f.zone_offset_min = in.getZoneOffsetMin();
  f.phantom_ms = in.getPhantomMs();
  return true;
}

void put(const ContactRegistered& f, schema::ContactRegistered::Builder out) {
  out.setChannel(number(f.channel));
  out.setDirection(number(f.direction));
  out.setOccurredAt(f.occurred_at.v);
  out.setDesk(f.desk.v);
  if (!f.call.is_zero()) out.setCall(reference(f.call));
  OPORA_SET_TEXT(out, Topic, f.topic);
  out.setCatalogueVersion(f.catalogue_version);
  out.setFacility(f.facility.v);
  out.setOutcome(number(f.outcome));
  out.setRefusal(number(f.refusal));
  if (!f.ticket.is_zero()) out.setTicket(reference(f.ticket));
  out.setZoneOffsetMin(f.zone_offset_min);
  if (!f.problem.is_zero()) out.setProblem(reference(f.problem));
  if (f.asking != Asking{}) put(f.asking, out.initAsking());
  out.setCounter(f.counter);
}

bool get(schema::ContactRegistered::Reader in, ContactRegistered& f) {
  f.channel = Channel{in.getChannel()};
  f.direction = Direction{in.getDirection()};
  f.occurred_at = TimeMs{in.getOccurredAt()};
  f.desk = DeskNo(in.getDesk());
  f.topic = view(in.getTopic());
  f.catalogue_version = in.getCatalogueVersion();
  f.facility = SiteNo(in.getFacility());
  f.outcome = Outcome{in.getOutcome()};
  f.refusal = Refusal{in.getRefusal()};
  f.zone_offset_min = in.getZoneOffsetMin();
  f.asking = asking_of(in.getAsking());
  f.counter = in.getCounter();
  return get_optional_id(in.getCall(), f.call) && get_optional_id(in.getTicket(), f.ticket) &&
         get_optional_id(in.getProblem(), f.problem);
}

void put(const ProblemOpened& f, schema::ProblemOpened::Builder out) {
  out.setKind(number(f.kind));
  out.setSite(f.site.v);
  out.setStartedAt(f.started_at.v);
}

bool get(schema::ProblemOpened::Reader in, ProblemOpened& f) {
  f.kind = ProblemKind{in.getKind()};
  f.site = SiteNo(in.getSite());
  f.started_at = TimeMs{in.getStartedAt()};
  return true;
}

void put(const ProblemAffected& f, schema::ProblemAffected::Builder out) {
  if (!f.contact.is_zero()) out.setContact(reference(f.contact));
}

bool get(schema::ProblemAffected::Reader in, ProblemAffected& f) {
  return get_optional_id(in.getContact(), f.contact);
}

void put(const ProblemCalledBack& f, schema::ProblemCalledBack::Builder out) {
  out.setCaller(message::data(f.caller.view()));
  out.setOutcome(number(f.outcome));
}

bool get(schema::ProblemCalledBack::Reader in, ProblemCalledBack& f) {
  f.outcome = CallOutcome{in.getOutcome()};
  return message::get_id(in.getCaller(), f.caller);
}

void put(const ProblemClosed&, schema::ProblemClosed::Builder) {}
bool get(schema::ProblemClosed::Reader, ProblemClosed&) { return true; }

// The same fields in two records.
template <class Builder>
void put_absence(const Absence& absence, Builder& out) {
  out.setAbsentFrom(absence.from.v);
  out.setAbsentTo(absence.to.v);
  OPORA_SET_TEXT(out, Substitute, absence.substitute);
}

template <class Reader>
Absence absence_of(const Reader& in) {
  return {LocalDay{in.getAbsentFrom()}, LocalDay{in.getAbsentTo()},
          std::string(view(in.getSubstitute()))};
}

void put(const UserChanged& f, schema::UserChanged::Builder out) {
  OPORA_SET_TEXT(out, Login, f.login);
  out.setRoles(f.roles);
  if (!f.sites.empty()) {
    auto sites = out.initSites(static_cast<unsigned>(f.sites.size()));
    for (unsigned i = 0; i < sites.size(); ++i) sites.set(i, f.sites[i].v);
  }
  out.setDisabled(f.disabled);
  OPORA_SET_TEXT(out, Agent, f.agent);
  out.setDesk(f.desk.v);
  message::set_texts(f.skills, [&](unsigned size) { return out.initSkills(size); });
  put_absence(f.absence, out);
}

bool get(schema::UserChanged::Reader in, UserChanged& f) {
  f.login = view(in.getLogin());
  f.roles = in.getRoles();
  for (const std::uint32_t site : in.getSites()) f.sites.emplace_back(site);
  f.disabled = in.getDisabled();
  f.agent = view(in.getAgent());
  f.desk = DeskNo(in.getDesk());
  for (const auto skill : in.getSkills()) f.skills.emplace_back(view(skill));
  f.absence = absence_of(in);
  return true;
}

void put(const SiteChanged& f, schema::SiteChanged::Builder out) {
  out.setSite(f.site.v);
  OPORA_SET_TEXT(out, Name, f.name);
  OPORA_SET_TEXT(out, Zone, f.zone);
  if (!f.desks.empty()) {
    auto desks = out.initDesks(static_cast<unsigned>(f.desks.size()));
    for (unsigned i = 0; i < desks.size(); ++i) {
      desks[i].setNo(f.desks[i].no.v);
      OPORA_SET_TEXT(desks[i], Name, f.desks[i].name);
    }
  }
  if (!f.link_key.empty()) out.setLinkKey(message::data(f.link_key));
  out.setDisabled(f.disabled);
  OPORA_SET_TEXT(out, SupportCode, f.support_code);
  out.setNumbersEveryCall(f.numbers_every_call);
}

bool get(schema::SiteChanged::Reader in, SiteChanged& f) {
  f.site = SiteNo(in.getSite());
  f.name = view(in.getName());
  f.zone = view(in.getZone());
  for (const auto desk : in.getDesks()) {
    f.desks.push_back(Desk{DeskNo(desk.getNo()), std::string(view(desk.getName()))});
  }
  f.link_key = view(in.getLinkKey());
  f.disabled = in.getDisabled();
  f.support_code = view(in.getSupportCode());
  f.numbers_every_call = in.getNumbersEveryCall();
  return true;
}

void put(const RubricatorPublished& f, schema::RubricatorPublished::Builder out) {
  out.setVersion(f.version);
  if (f.topics.empty()) return;
  auto topics = out.initTopics(static_cast<unsigned>(f.topics.size()));
  for (unsigned i = 0; i < topics.size(); ++i) {
    auto topic = topics[i];
    OPORA_SET_TEXT(topic, Id, f.topics[i].id);
    OPORA_SET_TEXT(topic, Kind, f.topics[i].kind);
    OPORA_SET_TEXT(topic, Group, f.topics[i].group);
    OPORA_SET_TEXT(topic, Name, f.topics[i].name);
    topic.setContactKind(number(f.topics[i].contact_kind));
  }
}

bool get(schema::RubricatorPublished::Reader in, RubricatorPublished& f) {
  f.version = in.getVersion();
  for (const auto topic : in.getTopics()) {
    f.topics.push_back(Topic{std::string(view(topic.getId())), std::string(view(topic.getKind())),
                             std::string(view(topic.getGroup())),
                             std::string(view(topic.getName())),
                             ContactKind{topic.getContactKind()}});
  }
  return true;
}

void put(const AgentStateChanged& f, schema::AgentStateChanged::Builder out) {
  OPORA_SET_TEXT(out, Agent, f.agent);
  out.setState(number(f.state));
  out.setReason(number(f.reason));
  out.setAt(f.at.v);
  out.setDesk(f.desk.v);
}

bool get(schema::AgentStateChanged::Reader in, AgentStateChanged& f) {
  f.agent = view(in.getAgent());
  f.state = AgentState{in.getState()};
  f.reason = BreakReason{in.getReason()};
  f.at = TimeMs{in.getAt()};
  f.desk = DeskNo(in.getDesk());
  return true;
}

void put(const Erased& f, schema::Erased::Builder out) { OPORA_SET_TEXT(out, Basis, f.basis); }

bool get(schema::Erased::Reader in, Erased& f) {
  f.basis = view(in.getBasis());
  return true;
}

void put(const UserOverruled& f, schema::UserOverruled::Builder out) {
  out.setUser(reference(f.user));
  out.setDisabled(f.disabled);
  out.setPasswordAt(f.password_at.v);
  out.setOverTerm(f.over_term.v);
  out.setOverSeq(f.over_seq.v);
  put_absence(f.absence, out);
}

bool get(schema::UserOverruled::Reader in, UserOverruled& f) {
  f.disabled = in.getDisabled();
  f.password_at = TimeMs{in.getPasswordAt()};
  f.over_term = OwnerTerm{in.getOverTerm()};
  f.over_seq = OwnerSeq{in.getOverSeq()};
  f.absence = absence_of(in);
  return message::get_id(in.getUser(), f.user);
}

void put_ids(const std::vector<AggregateId>& ids, capnp::List<capnp::Data>::Builder out) {
  for (unsigned i = 0; i < out.size(); ++i) out.set(i, reference(ids[i]));
}

bool get_ids(capnp::List<capnp::Data>::Reader in, std::vector<AggregateId>& ids) {
  ids.resize(in.size());
  for (unsigned i = 0; i < in.size(); ++i) {
    if (!message::get_id(in[i], ids[i])) return false;
  }
  return true;
}

void put(const RecordsRead& f, schema::RecordsRead::Builder out) {
  out.setSource(number(f.from));
  if (!f.contacts.empty())
    put_ids(f.contacts, out.initContacts(static_cast<unsigned>(f.contacts.size())));
  if (!f.tickets.empty())
    put_ids(f.tickets, out.initTickets(static_cast<unsigned>(f.tickets.size())));
}

bool get(schema::RecordsRead::Reader in, RecordsRead& f) {
  f.from = ReadFrom{in.getSource()};
  return get_ids(in.getContacts(), f.contacts) && get_ids(in.getTickets(), f.tickets);
}

template <class Root, class F>
Bytes write(const F& facts) {
  return message::to_bytes<Root>([&facts](typename Root::Builder out) { put(facts, out); });
}

template <class Root, class F>
Result<Facts> read(std::string_view bytes) {
  return message::from_bytes<Facts, Root>(bytes, kMaxFactsBytes,
                                          [](typename Root::Reader in) -> Result<Facts> {
                                            F facts;
                                            if (!get(in, facts))
                                              return corrupt("an id or a list of the wrong size");
                                            return Facts(std::move(facts));
                                          });
}

// One function an event type.
struct Writer {
  Bytes operator()(const std::monostate&) const { return {}; }
  Bytes operator()(const CallObserved& f) const { return write<schema::CallObserved>(f); }
  Bytes operator()(const ContactRegistered& f) const { return write<schema::ContactRegistered>(f); }
  Bytes operator()(const TicketOpened& f) const { return write<schema::TicketOpened>(f); }
  Bytes operator()(const TicketAssigned& f) const { return write<schema::TicketAssigned>(f); }
  Bytes operator()(const TicketCommented& f) const { return write<schema::TicketCommented>(f); }
  Bytes operator()(const TicketClosed& f) const { return write<schema::TicketClosed>(f); }
  Bytes operator()(const ProblemOpened& f) const { return write<schema::ProblemOpened>(f); }
  Bytes operator()(const ProblemAffected& f) const { return write<schema::ProblemAffected>(f); }
  Bytes operator()(const ProblemClosed& f) const { return write<schema::ProblemClosed>(f); }
  Bytes operator()(const UserChanged& f) const { return write<schema::UserChanged>(f); }
  Bytes operator()(const SiteChanged& f) const { return write<schema::SiteChanged>(f); }
  Bytes operator()(const RubricatorPublished& f) const {
    return write<schema::RubricatorPublished>(f);
  }
  Bytes operator()(const AgentStateChanged& f) const { return write<schema::AgentStateChanged>(f); }
  Bytes operator()(const Erased& f) const { return write<schema::Erased>(f); }
  Bytes operator()(const UserOverruled& f) const { return write<schema::UserOverruled>(f); }
  Bytes operator()(const RecordsRead& f) const { return write<schema::RecordsRead>(f); }
  Bytes operator()(const TicketOffered& f) const { return write<schema::TicketOffered>(f); }
  Bytes operator()(const TicketOfferCancelled& f) const {
    return write<schema::TicketOfferCancelled>(f);
  }
  Bytes operator()(const TicketOfferAnswered& f) const {
    return write<schema::TicketOfferAnswered>(f);
  }
  Bytes operator()(const TicketOwnerChanged& f) const {
    return write<schema::TicketOwnerChanged>(f);
  }
  Bytes operator()(const ProductionYearPublished& f) const {
    return write<schema::ProductionYearPublished>(f);
  }
  Bytes operator()(const CalendarChanged& f) const { return write<schema::CalendarChanged>(f); }
  Bytes operator()(const QueueChanged& f) const { return write<schema::QueueChanged>(f); }
  Bytes operator()(const CompetenceChanged& f) const { return write<schema::CompetenceChanged>(f); }
  Bytes operator()(const TemplateChanged& f) const { return write<schema::TemplateChanged>(f); }
  Bytes operator()(const TicketStarted& f) const { return write<schema::TicketStarted>(f); }
  Bytes operator()(const TicketPaused& f) const { return write<schema::TicketPaused>(f); }
  Bytes operator()(const TicketResumed& f) const { return write<schema::TicketResumed>(f); }
  Bytes operator()(const TicketReclassified& f) const {
    return write<schema::TicketReclassified>(f);
  }
  Bytes operator()(const TicketReopened& f) const { return write<schema::TicketReopened>(f); }
  Bytes operator()(const TicketFinished& f) const { return write<schema::TicketFinished>(f); }
  Bytes operator()(const TicketRetimed& f) const { return write<schema::TicketRetimed>(f); }
  Bytes operator()(const TicketDueReached& f) const { return write<schema::TicketDueReached>(f); }
  Bytes operator()(const TicketAttached& f) const { return write<schema::TicketAttached>(f); }
  Bytes operator()(const TicketApplicantTold& f) const {
    return write<schema::TicketApplicantTold>(f);
  }
  Bytes operator()(const TicketMerged& f) const { return write<schema::TicketMerged>(f); }
  Bytes operator()(const TicketUnmerged& f) const { return write<schema::TicketUnmerged>(f); }
  Bytes operator()(const TicketPartOf& f) const { return write<schema::TicketPartOf>(f); }
  Bytes operator()(const TicketItemChanged& f) const { return write<schema::TicketItemChanged>(f); }
  Bytes operator()(const ProblemCalledBack& f) const { return write<schema::ProblemCalledBack>(f); }
  Bytes operator()(const TicketOfProblem& f) const { return write<schema::TicketOfProblem>(f); }
  Bytes operator()(const TicketVisitTold& f) const { return write<schema::TicketVisitTold>(f); }
  Bytes operator()(const TicketWaitsFor& f) const { return write<schema::TicketWaitsFor>(f); }
  Bytes operator()(const TicketListCalled& f) const { return write<schema::TicketListCalled>(f); }
  Bytes operator()(const FacilityNoticeChanged& f) const {
    return write<schema::FacilityNoticeChanged>(f);
  }
  Bytes operator()(const TicketTargetChanged& f) const {
    return write<schema::TicketTargetChanged>(f);
  }
  Bytes operator()(const TicketCallTried& f) const { return write<schema::TicketCallTried>(f); }
  Bytes operator()(const TicketTellingDue& f) const { return write<schema::TicketTellingDue>(f); }
  template <class F>
  requires is_call_back_fact<F> Bytes operator()(const F& f) const { return write_call_back(f); }
};

Bytes write_facts(const Facts& facts) { return std::visit(Writer{}, facts); }

Result<Facts> read_facts(EventType type, std::string_view bytes) {
  switch (type) {
    case EventType::kCallObserved: return read<schema::CallObserved, CallObserved>(bytes);
    case EventType::kContactRegistered:
      return read<schema::ContactRegistered, ContactRegistered>(bytes);
    case EventType::kTicketOpened: return read<schema::TicketOpened, TicketOpened>(bytes);
    case EventType::kTicketAssigned: return read<schema::TicketAssigned, TicketAssigned>(bytes);
    case EventType::kTicketCommented: return read<schema::TicketCommented, TicketCommented>(bytes);
    case EventType::kTicketAttached: return read<schema::TicketAttached, TicketAttached>(bytes);
    case EventType::kTicketClosed: return read<schema::TicketClosed, TicketClosed>(bytes);
    case EventType::kTicketOffered: return read<schema::TicketOffered, TicketOffered>(bytes);
    case EventType::kTicketOfferCancelled:
      return read<schema::TicketOfferCancelled, TicketOfferCancelled>(bytes);
    case EventType::kTicketOfferAnswered:
      return read<schema::TicketOfferAnswered, TicketOfferAnswered>(bytes);
    case EventType::kTicketOwnerChanged:
      return read<schema::TicketOwnerChanged, TicketOwnerChanged>(bytes);
    case EventType::kProblemOpened: return read<schema::ProblemOpened, ProblemOpened>(bytes);
    case EventType::kProblemAffected: return read<schema::ProblemAffected, ProblemAffected>(bytes);
    case EventType::kProblemClosed: return read<schema::ProblemClosed, ProblemClosed>(bytes);
    case EventType::kUserChanged: return read<schema::UserChanged, UserChanged>(bytes);
    case EventType::kSiteChanged: return read<schema::SiteChanged, SiteChanged>(bytes);
    case EventType::kRubricatorPublished:
      return read<schema::RubricatorPublished, RubricatorPublished>(bytes);
    case EventType::kProductionYearPublished:
      return read<schema::ProductionYearPublished, ProductionYearPublished>(bytes);
    case EventType::kCalendarChanged: return read<schema::CalendarChanged, CalendarChanged>(bytes);
    case EventType::kQueueChanged: return read<schema::QueueChanged, QueueChanged>(bytes);
    case EventType::kCompetenceChanged:
      return read<schema::CompetenceChanged, CompetenceChanged>(bytes);
    case EventType::kTemplateChanged: return read<schema::TemplateChanged, TemplateChanged>(bytes);
    case EventType::kTicketStarted: return read<schema::TicketStarted, TicketStarted>(bytes);
    case EventType::kTicketPaused: return read<schema::TicketPaused, TicketPaused>(bytes);
    case EventType::kTicketResumed: return read<schema::TicketResumed, TicketResumed>(bytes);
    case EventType::kTicketReclassified:
      return read<schema::TicketReclassified, TicketReclassified>(bytes);
    case EventType::kTicketReopened: return read<schema::TicketReopened, TicketReopened>(bytes);
    case EventType::kTicketFinished: return read<schema::TicketFinished, TicketFinished>(bytes);
    case EventType::kTicketRetimed: return read<schema::TicketRetimed, TicketRetimed>(bytes);
    case EventType::kTicketDueReached:
      return read<schema::TicketDueReached, TicketDueReached>(bytes);
    case EventType::kTicketApplicantTold:
      return read<schema::TicketApplicantTold, TicketApplicantTold>(bytes);
    case EventType::kTicketMerged: return read<schema::TicketMerged, TicketMerged>(bytes);
    case EventType::kTicketUnmerged: return read<schema::TicketUnmerged, TicketUnmerged>(bytes);
    case EventType::kTicketPartOf: return read<schema::TicketPartOf, TicketPartOf>(bytes);
    case EventType::kTicketItemChanged:
      return read<schema::TicketItemChanged, TicketItemChanged>(bytes);
    case EventType::kProblemCalledBack:
      return read<schema::ProblemCalledBack, ProblemCalledBack>(bytes);
    case EventType::kTicketOfProblem: return read<schema::TicketOfProblem, TicketOfProblem>(bytes);
    case EventType::kTicketVisitTold: return read<schema::TicketVisitTold, TicketVisitTold>(bytes);
    case EventType::kTicketWaitsFor: return read<schema::TicketWaitsFor, TicketWaitsFor>(bytes);
    case EventType::kTicketListCalled:
      return read<schema::TicketListCalled, TicketListCalled>(bytes);
    case EventType::kFacilityNoticeChanged:
      return read<schema::FacilityNoticeChanged, FacilityNoticeChanged>(bytes);
    case EventType::kTicketTargetChanged:
      return read<schema::TicketTargetChanged, TicketTargetChanged>(bytes);
    case EventType::kTicketCallTried: return read<schema::TicketCallTried, TicketCallTried>(bytes);
    case EventType::kTicketTellingDue:
      return read<schema::TicketTellingDue, TicketTellingDue>(bytes);
    case EventType::kAgentStateChanged:
      return read<schema::AgentStateChanged, AgentStateChanged>(bytes);
    case EventType::kErased: return read<schema::Erased, Erased>(bytes);
    case EventType::kUserOverruled: return read<schema::UserOverruled, UserOverruled>(bytes);
    case EventType::kRecordsRead: return read<schema::RecordsRead, RecordsRead>(bytes);
    case EventType::kCallBackOpened:
    case EventType::kCallBackAsked:
    case EventType::kCallBackClaimed:
    case EventType::kCallBackTried:
    case EventType::kCallBackMet:
    case EventType::kCallBackRouted: return read_call_back(type, bytes);
  }
  return Facts{};
}

}  // namespace

Result<Bytes> encode_if_valid(const Facts& facts) {
  if (facts.index() == 0) return invalid("facts", "of no type");
  const FactsVerdict verdict = judge_facts(facts);
  if (verdict.error) return *verdict.error;
  if (verdict.unknown_enumerator) return invalid("facts", "an unknown enumerator");
  Bytes bytes = write_facts(facts);
  if (bytes.size() > kMaxFactsBytes) {
    return Error{Code::kTooLarge, "facts", "over the limit of size"};
  }
  return bytes;
}

Status validate_facts(const Facts& facts) {
  const auto bytes = encode_if_valid(facts);
  return bytes.ok() ? ok_status() : Status(bytes.error());
}

Bytes encode_facts(const Facts& facts) {
  auto bytes = encode_if_valid(facts);
  OPORA_CHECK(bytes.ok());
  return std::move(*bytes);
}

Result<Facts> decode_facts(EventType type, std::uint16_t schema_version, std::string_view bytes) {
  Result<Facts> facts = read_facts(type, bytes);
  if (!facts) return facts;
  const FactsVerdict verdict = judge_facts(*facts);
  if (verdict.unknown_enumerator) return Facts{};
  if (!verdict.error) return facts;
  if (schema_version > kFactsSchemaVersion) return Facts{};
  return Error{Code::kCorrupt, verdict.error->path, verdict.error->message};
}

}  // namespace opora::protocol
