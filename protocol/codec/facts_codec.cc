#include <array>
#include <variant>

#include "protocol/codec/call_back_codec.h"
#include "protocol/codec/catalogue_codec.h"
#include "protocol/codec/facts_rules.h"
#include "protocol/codec/kind_codec.h"
#include "protocol/codec/message.h"
#include "protocol/codec/record_codec.h"
#include "protocol/codec/recording_codec.h"
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
  if (!f.journey.is_zero()) out.setJourney(message::data(f.journey.view()));
  out.setFromSite(f.from_site.v);
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
  f.from_site = SiteNo(in.getFromSite());
  return get_optional_id(in.getJourney(), f.journey);
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

template <class Root, class F>
Bytes write(const F& facts) {
  return message::to_bytes<Root>([&facts](typename Root::Builder out) { put(facts, out); });
}

template <class Root, class F>
Result<Facts> read(EventType, std::string_view bytes) {
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
  Bytes operator()(const RecordingKept& f) const { return write<schema::RecordingKept>(f); }
  Bytes operator()(const RecordingErased& f) const { return write<schema::RecordingErased>(f); }
  Bytes operator()(const RecordingMissed& f) const { return write<schema::RecordingMissed>(f); }
  template <class F>
  requires is_call_back_fact<F> Bytes operator()(const F& f) const { return write_call_back(f); }
};

Bytes write_facts(const Facts& facts) { return std::visit(Writer{}, facts); }

struct Reader {
  EventType type;
  Result<Facts> (*read)(EventType, std::string_view);
};

constexpr std::array kReaders = {
    Reader{EventType::kCallObserved, read<schema::CallObserved, CallObserved>},
    Reader{EventType::kContactRegistered, read<schema::ContactRegistered, ContactRegistered>},
    Reader{EventType::kTicketOpened, read<schema::TicketOpened, TicketOpened>},
    Reader{EventType::kTicketAssigned, read<schema::TicketAssigned, TicketAssigned>},
    Reader{EventType::kTicketCommented, read<schema::TicketCommented, TicketCommented>},
    Reader{EventType::kTicketAttached, read<schema::TicketAttached, TicketAttached>},
    Reader{EventType::kTicketClosed, read<schema::TicketClosed, TicketClosed>},
    Reader{EventType::kTicketOffered, read<schema::TicketOffered, TicketOffered>},
    Reader{EventType::kTicketOfferCancelled,
           read<schema::TicketOfferCancelled, TicketOfferCancelled>},
    Reader{EventType::kTicketOfferAnswered, read<schema::TicketOfferAnswered, TicketOfferAnswered>},
    Reader{EventType::kTicketOwnerChanged, read<schema::TicketOwnerChanged, TicketOwnerChanged>},
    Reader{EventType::kProblemOpened, read<schema::ProblemOpened, ProblemOpened>},
    Reader{EventType::kProblemAffected, read<schema::ProblemAffected, ProblemAffected>},
    Reader{EventType::kProblemClosed, read<schema::ProblemClosed, ProblemClosed>},
    Reader{EventType::kUserChanged, read<schema::UserChanged, UserChanged>},
    Reader{EventType::kSiteChanged, read<schema::SiteChanged, SiteChanged>},
    Reader{EventType::kRubricatorPublished, read<schema::RubricatorPublished, RubricatorPublished>},
    Reader{EventType::kProductionYearPublished,
           read<schema::ProductionYearPublished, ProductionYearPublished>},
    Reader{EventType::kCalendarChanged, read<schema::CalendarChanged, CalendarChanged>},
    Reader{EventType::kQueueChanged, read<schema::QueueChanged, QueueChanged>},
    Reader{EventType::kCompetenceChanged, read<schema::CompetenceChanged, CompetenceChanged>},
    Reader{EventType::kTemplateChanged, read<schema::TemplateChanged, TemplateChanged>},
    Reader{EventType::kTicketStarted, read<schema::TicketStarted, TicketStarted>},
    Reader{EventType::kTicketPaused, read<schema::TicketPaused, TicketPaused>},
    Reader{EventType::kTicketResumed, read<schema::TicketResumed, TicketResumed>},
    Reader{EventType::kTicketReclassified, read<schema::TicketReclassified, TicketReclassified>},
    Reader{EventType::kTicketReopened, read<schema::TicketReopened, TicketReopened>},
    Reader{EventType::kTicketFinished, read<schema::TicketFinished, TicketFinished>},
    Reader{EventType::kTicketRetimed, read<schema::TicketRetimed, TicketRetimed>},
    Reader{EventType::kTicketDueReached, read<schema::TicketDueReached, TicketDueReached>},
    Reader{EventType::kTicketApplicantTold, read<schema::TicketApplicantTold, TicketApplicantTold>},
    Reader{EventType::kTicketMerged, read<schema::TicketMerged, TicketMerged>},
    Reader{EventType::kTicketUnmerged, read<schema::TicketUnmerged, TicketUnmerged>},
    Reader{EventType::kTicketPartOf, read<schema::TicketPartOf, TicketPartOf>},
    Reader{EventType::kTicketItemChanged, read<schema::TicketItemChanged, TicketItemChanged>},
    Reader{EventType::kProblemCalledBack, read<schema::ProblemCalledBack, ProblemCalledBack>},
    Reader{EventType::kTicketOfProblem, read<schema::TicketOfProblem, TicketOfProblem>},
    Reader{EventType::kTicketVisitTold, read<schema::TicketVisitTold, TicketVisitTold>},
    Reader{EventType::kTicketWaitsFor, read<schema::TicketWaitsFor, TicketWaitsFor>},
    Reader{EventType::kTicketListCalled, read<schema::TicketListCalled, TicketListCalled>},
    Reader{EventType::kFacilityNoticeChanged,
           read<schema::FacilityNoticeChanged, FacilityNoticeChanged>},
    Reader{EventType::kTicketTargetChanged, read<schema::TicketTargetChanged, TicketTargetChanged>},
    Reader{EventType::kTicketCallTried, read<schema::TicketCallTried, TicketCallTried>},
    Reader{EventType::kTicketTellingDue, read<schema::TicketTellingDue, TicketTellingDue>},
    Reader{EventType::kAgentStateChanged, read<schema::AgentStateChanged, AgentStateChanged>},
    Reader{EventType::kErased, read<schema::Erased, Erased>},
    Reader{EventType::kUserOverruled, read<schema::UserOverruled, UserOverruled>},
    Reader{EventType::kRecordsRead, read<schema::RecordsRead, RecordsRead>},
    Reader{EventType::kCallBackOpened, read_call_back},
    Reader{EventType::kCallBackAsked, read_call_back},
    Reader{EventType::kCallBackClaimed, read_call_back},
    Reader{EventType::kCallBackTried, read_call_back},
    Reader{EventType::kCallBackMet, read_call_back},
    Reader{EventType::kCallBackRouted, read_call_back},
    Reader{EventType::kRecordingKept, read<schema::RecordingKept, RecordingKept>},
    Reader{EventType::kRecordingErased, read<schema::RecordingErased, RecordingErased>},
    Reader{EventType::kRecordingMissed, read<schema::RecordingMissed, RecordingMissed>},
};
static_assert(kReaders.size() + 1 == std::variant_size_v<Facts>, "a type that nothing reads");

Result<Facts> read_facts(EventType type, std::string_view bytes) {
  for (const Reader& reader : kReaders) {
    if (reader.type == type) return reader.read(type, bytes);
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
