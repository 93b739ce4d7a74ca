#include <algorithm>

#include "protocol/base/hash.h"
#include "protocol/domain/blank.h"
#include "protocol/domain/links.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/person_key.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_draft.h"

namespace opora::protocol {

namespace {

std::string_view text_of(const Personal& personal, PersonalField field) {
  const auto it = personal.find(field);
  return it == personal.end() ? std::string_view{} : it->second;
}

// Degrees of a living body, with one decimal: "36.6".
bool is_temperature(std::string_view text) {
  if (text.size() != 4 || text[2] != '.') return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return (text[0] == '3' || (text[0] == '4' && text[1] <= '5')) && digit(text[1]) && digit(text[3]);
}

// H2: who is to be called when a slot appears has said for whom he waits.
Status check_waiting(const RegisterContact& command) {
  const bool waits = command.asking.kind == ContactKind::kWaitingList;
  const bool said = command.waits_for.has_value();
  if (!waits && said) return invalid("speciality", "of the waiting list only");
  if (!waits && !text_of(command.personal, PersonalField::kDoctor).empty())
    return invalid("doctor", "of the waiting list only");
  if (waits && command.outcome == Outcome::kTicket &&
      (!said || command.waits_for->speciality == Speciality::kNone))
    return invalid("speciality", "required for the waiting list");
  return ok_status();
}

// V13, T2.
Status check_asking(const Asking& asking) {
  if (asking.wish != WishSubject::kNone && asking.kind != ContactKind::kWish)
    return invalid("wish_subject", "of a wish only");
  const bool hot_line = asking.kind == ContactKind::kHotLine;
  if (asking.hot_line != HotLine::kNone && !hot_line)
    return invalid("hot_line", "of the hot line only");
  if (asking.passed_to != PassedTo::kNobody && !hot_line)
    return invalid("passed_to", "of the hot line only");
  return ok_status();
}

// H1: without an address no doctor comes; what the kind has no field for is a mistake of the form.
Status check_kind(const RegisterContact& command) {
  const bool house_call = command.asking.kind == ContactKind::kHouseCall;
  const std::string_view address = text_of(command.personal, PersonalField::kAddress);
  const std::string_view temperature = text_of(command.personal, PersonalField::kTemperature);
  if (house_call && is_blank(address)) return invalid("address", "required for a house call");
  if (!house_call && !address.empty()) return invalid("address", "of a house call only");
  if (!house_call && !temperature.empty()) return invalid("temperature", "of a house call only");
  if (!temperature.empty() && !is_temperature(temperature))
    return invalid("temperature", "30.0 to 45.9");
  OPORA_TRY(check_asking(command.asking));
  return check_waiting(command);
}

Status check(const RegisterContact& command, const RubricatorState* rubricator,
             const ProblemState* problem, const DecideContext& context) {
  if (find_topic(rubricator, command.topic) == nullptr)
    return invalid("topic", "not in the current rubricator");
  const TimeMs occurred = command.occurred_at.value_or(context.now);
  if (occurred < kMinEventTime || occurred > context.now + kMaxFutureMs) {
    return invalid("occurred_at", "outside 2000 … now");
  }
  const bool ticket = command.outcome == Outcome::kTicket;
  if (ticket && !command.urgency) return invalid("urgency", "required for a ticket");
  if (ticket && is_blank(text_of(command.personal, PersonalField::kSummary))) {
    return invalid("summary", "required for a ticket");
  }
  OPORA_TRY(check_kind(command));
  if (!ticket && !command.items.empty()) return invalid("items", "of a ticket only");
  OPORA_TRY(check_items(command.items));
  const std::string_view mail = text_of(command.personal, PersonalField::kMail);
  if (!mail.empty() && !is_mail_address(mail)) return invalid("email", "not a mail address");
  const std::string_view birth = text_of(command.personal, PersonalField::kBirthDate);
  const LocalDay today{local_day(context.now, context.zone_offset(context.now))};
  if (!birth.empty() && !is_birth_date(birth, today))
    return invalid("birth_date", "YYYY-MM-DD, 1900 to today");
  if (!command.problem.is_zero() && problem == nullptr)
    return invalid("problem", "no such problem");
  if (!command.problem.is_zero() && problem->closed.v != 0)
    return invalid("problem", "the problem is closed");
  return ok_status();
}

// A14: the clock of the registration began when the request was received.
TimeMs received_at(const RegisterContact& command, const DecideContext& context) {
  return std::min(command.occurred_at.value_or(context.now), context.now);
}

Draft ticket_draft(const RegisterContact& command, const Registered& ids,
                   const RubricatorState& rubricator, const DecideContext& context) {
  const std::uint8_t line = 1;
  Entity ticket;
  ticket.id = ids.ticket;
  TicketState blank;
  blank.topic = command.topic;
  ticket.state = TicketState{};
  const TicketOpened opened{context.site,
                            ids.counter,
                            ids.contact,
                            command.topic,
                            rubricator.version,
                            *command.urgency,
                            line,
                            command.facility,
                            received_at(command, context),
                            context.zone_offset(context.now),
                            command.desk,
                            find_topic(&rubricator, command.topic)->kind,
                            times_now(blank, line, context),
                            command.asking,
                            tell_rule(command),
                            command.language};
  Draft draft;
  draft.aggregate = ids.ticket;
  draft.term = kFirstTerm;
  draft.seq = OwnerSeq{1};
  draft.facts = opened;
  draft.personal = command.personal;
  return with_moments(std::move(draft), ticket, context);
}

// A7b: by telephone, when somebody called; a letter has its own register.
bool tells_number(const RegisterContact& command) {
  return command.numbered && command.channel == Channel::kPhone &&
         command.direction == Direction::kIn;
}

// What the ticket's owner says of it in the same breath, behind its opening.
Draft next_word(const Registered& out, Facts facts, PersonalField field, std::string_view text) {
  Draft draft;
  draft.aggregate = out.ticket;
  draft.term = kFirstTerm;
  draft.seq = OwnerSeq{out.drafts.back().seq.v + 1};
  draft.facts = std::move(facts);
  if (!text.empty()) draft.personal[field] = text;
  return draft;
}

void open_ticket(const RegisterContact& command, const RubricatorState& rubricator,
                 const DecideContext& context, Registered& out) {
  out.drafts.push_back(ticket_draft(command, out, rubricator, context));
  if (command.waits_for)
    out.drafts.push_back(next_word(out, *command.waits_for, PersonalField::kDoctor,
                                   text_of(command.personal, PersonalField::kDoctor)));
  std::uint16_t number = 0;
  for (const std::string& item : command.items)
    out.drafts.push_back(next_word(out, TicketItemChanged{++number, ItemChange::kAdded},
                                   PersonalField::kText, item));
}

// What the form of the topic's kind cannot do without is not asked of whoever knows no kinds: his
// contact is one of no kind, as it always was.
bool can_be(ContactKind kind, const RegisterContact& command) {
  if (kind == ContactKind::kHouseCall)
    return !is_blank(text_of(command.personal, PersonalField::kAddress));
  return kind != ContactKind::kWaitingList || command.outcome != Outcome::kTicket ||
         command.waits_for.has_value();
}

RegisterContact with_kind(RegisterContact command, const RubricatorState* rubricator) {
  const Topic* topic = find_topic(rubricator, command.topic);
  if (command.kind_of_topic && topic != nullptr && can_be(topic->contact_kind, command))
    command.asking.kind = topic->contact_kind;
  return command;
}

Draft contact_draft(const RegisterContact& command, const Registered& ids,
                    std::uint32_t catalogue_version, const DecideContext& context) {
  const TimeMs occurred = command.occurred_at.value_or(context.now);
  Draft draft;
  draft.aggregate = ids.contact;
  draft.seq = OwnerSeq{1};
  draft.facts = ContactRegistered{
      command.channel,   command.direction, occurred,
      command.desk,      command.call,      command.topic,
      catalogue_version, command.facility,  command.outcome,
      command.refusal,   ids.ticket,        context.zone_offset(occurred),
      command.problem,   command.asking,    ids.ticket.is_zero() ? ids.counter : 0};
  draft.personal = command.personal;
  return draft;
}

}  // namespace

// Contacts that follow each other are neighbours in all their tables, which costs the store a fifth
// less.
AggregateId begun_by(const DecideContext& context, std::string_view what) {
  AggregateId id = id_from(what, {context.command.view()});
  if (!context.key_time) return id;
  const Bytes time = KeyWriter().u64(static_cast<std::uint64_t>(context.key_time->v)).take();
  std::copy(time.begin() + 2, time.end(), id.b.begin());  // 48 bits
  return id;
}

const Topic* find_topic(const RubricatorState* rubricator, std::string_view topic) {
  if (rubricator == nullptr) return nullptr;
  const auto found = std::find_if(rubricator->topics.begin(), rubricator->topics.end(),
                                  [&](const Topic& t) { return t.id == topic; });
  return found == rubricator->topics.end() ? nullptr : &*found;
}

Draft ticket_addition(const Entity& ticket, Facts facts, std::string_view text) {
  Draft draft;
  draft.aggregate = ticket.id;
  draft.term = current_term(*ticket.as<TicketState>());
  draft.facts = std::move(facts);
  if (!text.empty()) draft.personal[PersonalField::kText] = text;
  return draft;
}

// In a term that the owner has not spoken in yet, the region's word is the first.
Draft ticket_draft(const Entity& ticket, Facts facts, std::string_view text) {
  const auto& state = *ticket.as<TicketState>();
  Draft draft = ticket_addition(ticket, std::move(facts), text);
  draft.seq = OwnerSeq{(state.term == draft.term ? state.seq.v : 1) + 1};
  return draft;
}

Result<Registered> decide(const RegisterContact& said, const RubricatorState* rubricator,
                          const ProblemState* problem, std::uint32_t next_counter,
                          const DecideContext& context) {
  const RegisterContact command = with_kind(said, rubricator);
  OPORA_TRY(check(command, rubricator, problem, context));
  Registered out;
  out.contact = begun_by(context, "contact");
  if (command.outcome == Outcome::kTicket) out.ticket = begun_by(context, "ticket");
  if (!out.ticket.is_zero() || tells_number(command)) out.counter = next_counter;
  out.drafts.push_back(contact_draft(command, out, rubricator->version, context));
  if (!out.ticket.is_zero()) open_ticket(command, *rubricator, context, out);
  if (!command.problem.is_zero()) {
    Draft affected;
    affected.aggregate = command.problem;
    affected.facts = ProblemAffected{out.contact};
    out.drafts.push_back(std::move(affected));
  }
  return out;
}

}  // namespace opora::protocol
