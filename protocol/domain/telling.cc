#include "protocol/domain/telling.h"

#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/base/hash.h"
#include "protocol/domain/blank.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_draft.h"
#include "protocol/domain/ticket_times.h"

namespace opora::protocol {

namespace {

// RFC 5321 and 1035.
constexpr std::size_t kMaxLocalPart = 64;
constexpr std::size_t kMaxLabel = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 5322's atext.
bool is_atom(char c) {
  return is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_label(std::string_view label) {
  const auto good = [](char c) { return is_letter_or_digit(c) || c == '-'; };
  return label.front() != '-' && label.back() != '-' && label.size() <= kMaxLabel &&
         std::all_of(label.begin(), label.end(), good);
}

bool is_atom_text(std::string_view part) { return std::all_of(part.begin(), part.end(), is_atom); }

// How many parts there are between dots; nothing when one is empty or not good.
template <class Good>
std::optional<int> parts(std::string_view text, Good good) {
  for (int count = 1;; ++count) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (part.empty() || !good(part)) return std::nullopt;
    if (dot == std::string_view::npos) return count;
    text.remove_prefix(dot + 1);
  }
}

// Of constant tellings a constant one.
template <class Tellings>
auto* found_in(Tellings& tellings, OwnerTerm term, OwnerSeq seq) {
  const auto found = std::find_if(tellings.begin(), tellings.end(), [&](const Telling& one) {
    return one.term == term && one.seq == seq;
  });
  return found == tellings.end() ? nullptr : &*found;
}

// The ticket, its telling and nobody else's.
Result<const Telling*> open_telling(const Entity& ticket, OwnerTerm term, OwnerSeq seq,
                                    const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return Error{Code::kNotFound, "number", "no such ticket"};
  OPORA_TRY(must_own(*state, context));
  const Telling* telling = find_telling(*state, term, seq);
  if (telling == nullptr || ticket.erased)
    return Error{Code::kConflict, "telling", "there is nothing to tell any more"};
  return telling;
}

// A letter has three quarters of the time; then somebody calls.
TellTimes within(TimeMs since, TimeMs due) { return {since + (due - since) * 3 / 4, due}; }

// From this moment on, whatever there was to do.
TellTimes from_now_on(const TicketState& ticket, TimeMs since, const DecideContext& context) {
  if (context.times == nullptr) return {};
  const TellTimes found = registration_norm_from(ticket, since, *context.times);
  return found.due > since ? found : within(since, since + kTellWithoutQueueMs);
}

bool is_final(const TargetEnd& end) {
  return end.ended.v != 0 &&
         (end.status == TicketStatus::kRejected || end.status == TicketStatus::kClosed);
}

// A duplicate of a duplicate ends with what that one was merged into.
TargetEnd end_of(const TicketState& target) {
  switch (target.status) {
    case TicketStatus::kMerged: return target.target_end;
    case TicketStatus::kDone:
    case TicketStatus::kRejected:
    case TicketStatus::kClosed:
      return {target.closed, target.status, target.reject_reason, target.finished_at,
              target.reopen_until};
    default: return {};
  }
}

bool has_mail(const RegisterContact& command) {
  const auto found = command.personal.find(PersonalField::kMail);
  return found != command.personal.end() && !found->second.empty();
}

}  // namespace

bool is_mail_address(std::string_view text) {
  if (text.size() > kMaxMailBytes) return false;
  const std::size_t at = text.rfind('@');
  if (at > kMaxLocalPart) return false;  // also when there is none
  return parts(text.substr(0, at), is_atom_text) && parts(text.substr(at + 1), is_label) >= 2;
}

std::string masked_mail(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) return "***";
  return std::string(address.substr(0, 1)) + "***" + std::string(address.substr(at));
}

bool officer_is_told(const Asking& asking) {
  if (asking.role == ApplicantRole::kCitizen) return false;
  // Of no kind is also what a patient asks: it is the facility's business by who asks alone.
  const bool of_staff =
      asking.role != ApplicantRole::kNone || asking.facility_by == FacilityBy::kSupportCode;
  if (asking.kind == ContactKind::kNone) return of_staff;
  return asking.kind == ContactKind::kSupport || asking.kind == ContactKind::kWish;
}

TellRule tell_rule(const RegisterContact& command) {
  if (has_mail(command)) return TellRule::kEverything;
  switch (command.asking.kind) {
    case ContactKind::kHouseCall:
    case ContactKind::kBooking:
    case ContactKind::kWaitingList: return TellRule::kNobody;
    default: break;
  }
  const bool by_officer =
      command.officer == Officer::kHasAddress && officer_is_told(command.asking);
  const bool said = command.channel == Channel::kPhone;
  return said && !by_officer ? TellRule::kWhatFollows : TellRule::kEverything;
}

std::span<const Telling> to_tell(const Entity& ticket) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || ticket.erased) return {};
  return state->tellings;
}

const Telling* find_telling(const TicketState& ticket, OwnerTerm term, OwnerSeq seq) {
  return found_in(ticket.tellings, term, seq);
}

Telling* find_telling(TicketState& ticket, OwnerTerm term, OwnerSeq seq) {
  return found_in(ticket.tellings, term, seq);
}

std::string letter_id(const AggregateId& ticket, const Telling& telling) {
  const Bytes place = KeyWriter().u32(telling.term.v).u32(telling.seq.v).take();
  return id_from("letter", {ticket.view(), place}).hex();
}

Result<Drafts> decide(const TellApplicant& command, const Entity& ticket,
                      const DecideContext& context) {
  const auto found = open_telling(ticket, command.term, command.seq, context);
  if (!found.ok()) return found.error();
  const Telling* telling = *found;
  if (command.how == ToldHow::kToPhone && way_of(*telling) == TellBy::kPhone)
    return Error{Code::kConflict, "telling", "to be phoned already"};
  TicketApplicantTold told{command.term, command.seq, telling->what, command.how, command.whom,
                           command.why,  {}};
  // Whoever has to call finds some time left for it.
  if (command.how == ToldHow::kToPhone && telling->times.due <= context.now)
    told.tell = from_now_on(*ticket.as<TicketState>(), context.now, context);
  const std::string_view text = is_blank(command.text) ? "" : std::string_view(command.text);
  Draft draft = ticket_draft(ticket, told, text);
  if (!command.sent_to.empty()) draft.personal[PersonalField::kSentTo] = command.sent_to;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const TryCall& command, const Entity& ticket, const DecideContext& context) {
  const auto telling = open_telling(ticket, command.term, command.seq, context);
  if (!telling.ok()) return telling.error();
  if ((*telling)->calls >= kMaxCallTries)
    return Error{Code::kConflict, "calls", "called too often: he cannot be reached"};
  if (command.result == CallTry::kAskedLater && !command.again)
    return invalid("again_at", "when he asked to be called");
  if (command.again &&
      (*command.again <= context.now || *command.again > context.now + kMaxCallAgainMs))
    return invalid("again_at", "within a month from now");
  TicketCallTried tried{
      command.term, command.seq, command.result, context.now, command.again.value_or(TimeMs{}), {}};
  if (command.result == CallTry::kAskedLater)
    tried.tell = {*command.again, *command.again + kAskedTimeMs};
  return Drafts{
      ticket_draft(ticket, tried, is_blank(command.text) ? "" : std::string_view(command.text))};
}

TellTimes tell_times(const TicketState& ticket, TellWhat what, TimeMs since,
                     const DecideContext& context) {
  if (ticket.telling == TellRule::kNobody || context.times == nullptr) return {};
  TellTimes norm;
  switch (what) {
    case TellWhat::kRegistered:
      norm = registration_norm_from(ticket, ticket.received_at, *context.times);
      break;
    case TellWhat::kDone:
    case TellWhat::kRejected:
      norm = {ticket.times.completion_warn, ticket.times.completion_due};
      break;
    case TellWhat::kAsked: break;
  }
  if (norm.due <= since) return from_now_on(ticket, since, context);
  // Most of the norm may be used before there is a letter: it has its time all the same.
  return norm.warn <= since ? within(since, norm.due) : norm;
}

bool has_news_of_target(const Entity& ticket, const Entity& target) {
  const auto* state = ticket.as<TicketState>();
  const auto* into = target.as<TicketState>();
  // Of what is not here whole nothing can be said.
  if (state == nullptr || into == nullptr || into->opened.v == 0 || ticket.erased) return false;
  // Also of whom nobody tells: another may be merged into it.
  const bool waits = state->status == TicketStatus::kMerged && state->merged_into == target.id;
  const TargetEnd now = end_of(*into);
  const TargetEnd& said = state->target_end;
  const bool ended_since = now.ended != said.ended;
  return waits && (ended_since || (now.ended.v != 0 && now.status != said.status));
}

Drafts decide_target(const Entity& ticket, const Entity& target, const DecideContext& context) {
  if (!has_news_of_target(ticket, target)) return {};
  const auto& state = *ticket.as<TicketState>();
  if (!must_own(state, context).ok()) return {};
  const TargetEnd& said = state.target_end;
  const TargetEnd now = end_of(*target.as<TicketState>());
  // Closed for ever names no time to object any more: that which was told stays.
  const bool same = now.ended == said.ended;
  TicketTargetChanged out{target.id,  now.ended,   now.status,
                          now.reason, context.now, same ? said.reopen_until : now.reopen_until,
                          {}};
  if (!same && now.ended.v != 0) out.tell = tell_times(state, TellWhat::kDone, out.at, context);
  return {ticket_draft(ticket, out, "")};
}

void must_tell(TicketState& ticket, const Envelope& env, const Tell& tell) {
  if (ticket.telling == TellRule::kNobody) return;
  Telling out;
  out.term = env.term;
  out.seq = env.seq;
  out.what = tell.what;
  out.since = tell.since;
  out.times = tell.times;
  ticket.tellings.push_back(out);
}

void overtake(TicketState& ticket, TellWhat what) {
  std::erase_if(ticket.tellings, [what](const Telling& one) { return one.what == what; });
}

TellBy way_of(const Telling& telling) {
  return telling.trouble == TellTrouble::kNone ? TellBy::kMail : TellBy::kPhone;
}

namespace keys {

Bytes untold(SiteNo owner) { return KeyWriter().u8('t').u32(owner.v).take(); }

Bytes untold(SiteNo owner, TellBy by) {
  return KeyWriter().raw(untold(owner)).u8(static_cast<std::uint8_t>(by)).take();
}

Bytes waiting_for_target(SiteNo owner) { return KeyWriter().u8('g').u8(4).u32(owner.v).take(); }

}  // namespace keys

void add_tell_rows(Facets& out, const Entity& entity, const TicketState& ticket) {
  if (entity.erased) return;
  const bool waits = ticket.status == TicketStatus::kMerged && !is_final(ticket.target_end);
  if (waits) {
    const Bytes key = keys::waiting_for_target(owner_of(ticket));
    out.index.push_back({KeyWriter().raw(key).raw(entity.id.view()).take(), {}});
  }
  for (const TellBy by : {TellBy::kMail, TellBy::kPhone}) {
    std::optional<TimeMs> oldest;
    for (const Telling& one : ticket.tellings) {
      if (way_of(one) == by && (!oldest || one.since < *oldest)) oldest = one.since;
    }
    if (!oldest) continue;
    out.index.push_back({KeyWriter()
                             .raw(keys::untold(owner_of(ticket), by))
                             .i64(oldest->v)
                             .raw(entity.id.view())
                             .take(),
                         {}});
  }
}

}  // namespace opora::protocol
