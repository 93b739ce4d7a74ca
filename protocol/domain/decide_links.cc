#include <algorithm>
#include <array>

#include "protocol/base/check.h"
#include "protocol/domain/blank.h"
#include "protocol/domain/links.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/texts.h"
#include "protocol/domain/ticket_draft.h"
#include "protocol/domain/ticket_times.h"

namespace opora::protocol {

namespace {

constexpr TextLimit kItemLimit{1, kMaxItemLetters};

// What of the applicant the part has as well: whoever works on it calls the same person.
constexpr std::array kOfApplicant = {PersonalField::kPhone,        PersonalField::kApplicant,
                                     PersonalField::kOrganisation, PersonalField::kMunicipality,
                                     PersonalField::kPhoneGiven,   PersonalField::kAddress,
                                     PersonalField::kMail,         PersonalField::kBirthDate};

Personal personal_of(const SplitTicket& command, const Entity& origin) {
  Personal out;
  for (const PersonalField field : kOfApplicant) {
    const std::string& text = origin.personal.text(field);
    if (!text.empty()) out[field] = text;
  }
  out[PersonalField::kSummary] = command.summary;
  return out;
}

Status check(const SplitTicket& command, const Entity& origin, const DecideContext& context) {
  const auto* state = origin.as<TicketState>();
  if (state == nullptr || state->opened.v == 0)
    return Error{Code::kNotFound, "number", "no such ticket"};
  OPORA_TRY(must_own(*state, context));
  if (origin.erased) return Error{Code::kConflict, "number", "what is erased has no parts"};
  if (state->closed.v != 0) return Error{Code::kConflict, "action", "the ticket is closed"};
  if (command.parts >= kMaxParts) return Error{Code::kConflict, "parts", "too many parts"};
  if (is_blank(command.summary)) return invalid("summary", "required");
  return ok_status();
}

// A part gains no time by being split off: it counts from when it was said.
TimeMs since(const SplitTicket& command, const TicketState& origin, const DecideContext& context) {
  const TimeMs said = command.said_at.value_or(origin.registered_at);
  return std::min(std::max(said, origin.registered_at), context.now);
}

TicketOpened opened(const SplitTicket& command, const TicketState& origin,
                    const DecideContext& context) {
  TicketState before;
  before.times.queue = origin.times.queue;
  before.topic = origin.topic;
  TicketOpened out;
  out.site = context.site;
  out.contact = origin.contact;
  out.topic = origin.topic;
  out.catalogue_version = origin.catalogue_version;
  out.category = origin.category;
  out.urgency = command.urgency.value_or(origin.urgency);
  out.line = origin.line;
  out.facility = origin.facility;
  out.received_at = since(command, origin, context);
  out.zone_offset_min = context.zone_offset(context.now);
  out.desk = origin.desk;
  out.times = times_now(before, origin.line, context);
  out.asking = origin.asking;
  // A15: he knows of the registration; the number of the part is said to him with what comes of it.
  const bool told = origin.telling != TellRule::kNobody;
  out.telling = told ? TellRule::kWhatFollows : TellRule::kNobody;
  out.language = origin.language;
  return out;
}

// A part on another topic waits in the queue of that; where there is none, with its origin.
std::string queue_of_part(const TicketOpened& part, const TicketState& origin,
                          const DecideContext& context) {
  if (part.topic == origin.topic || context.times == nullptr) return part.times.queue;
  std::string queue = context.times->queue_for({part.line, context.site, part.topic});
  return queue.empty() ? part.times.queue : queue;
}

void apply(Entity& part, const Draft& draft, SiteNo origin) {
  Event event;
  event.env.origin = origin;
  event.env.type = type_of(draft.facts);
  event.env.aggregate = draft.aggregate;
  event.env.term = draft.term;
  event.env.seq = draft.seq;
  event.env.hlt = Hlt{1};
  event.facts = draft.facts;
  OPORA_CHECK(fold(part, event) == FoldResult::kFolded);
}

}  // namespace

Status check_items(const std::vector<std::string>& items) {
  if (items.size() > kMaxItems) return invalid("items", "0 to 50 things to do");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string path = "items[" + std::to_string(i) + "]";
    if (is_blank(items[i])) return invalid(path, "required");
    OPORA_TRY(check_text(path, items[i], kItemLimit));
  }
  return ok_status();
}

MergeTarget merge_target(const Entity& ticket, std::size_t merged) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || state->opened.v == 0) return {};
  return {ticket.id, state->opened, owner_of(*state), state->status, merged};
}

Result<Registered> decide(const SplitTicket& command, const Entity& origin,
                          const RubricatorState* rubricator, std::uint32_t next_counter,
                          const DecideContext& context) {
  OPORA_TRY(check(command, origin, context));
  const auto& state = *origin.as<TicketState>();
  TicketOpened facts = opened(command, state, context);
  facts.counter = next_counter;
  if (!command.topic.empty()) {
    const Topic* topic = find_topic(rubricator, command.topic);
    if (topic == nullptr) return invalid("topic", "not in the current rubricator");
    facts.topic = topic->id;
    facts.category = topic->kind;
    facts.catalogue_version = rubricator->version;
    facts.times.queue = queue_of_part(facts, state, context);
  }
  Registered out;
  out.contact = state.contact;
  out.ticket = begun_by(context, "ticket");
  out.counter = next_counter;
  Entity part{Kind::kTicket, out.ticket, TicketState{}, {}};
  Draft open;
  open.aggregate = out.ticket;
  open.term = kFirstTerm;
  open.seq = OwnerSeq{1};
  open.facts = facts;
  open.personal = personal_of(command, origin);
  out.drafts.push_back(with_moments(std::move(open), part, context));
  part.state = std::monostate{};
  apply(part, out.drafts.front(), context.site);
  const TicketPartOf tie{origin.id, facts.received_at,
                         times_now(*part.as<TicketState>(), facts.line, context)};
  out.drafts.push_back(with_moments(ticket_draft(part, tie, ""), part, context));
  return out;
}

Result<Drafts> decide(const CallBack& command, const AggregateId& id, const ProblemState* problem,
                      const DecideContext&) {
  if (problem == nullptr || problem->seq.v == 0)
    return Error{Code::kNotFound, "id", "no such problem"};
  if (problem->closed.v == 0)
    return Error{Code::kConflict, "id", "called back when the problem is over"};
  const auto& called = problem->called_back;
  if (called.size() >= kMaxCalledBack && !called.contains(command.caller))
    return Error{Code::kConflict, "caller", "too many of one problem"};
  Draft draft;
  draft.aggregate = id;
  draft.facts = ProblemCalledBack{command.caller, command.outcome};
  return Drafts{std::move(draft)};
}

}  // namespace opora::protocol
