#include "protocol/domain/telling.h"

#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/base/hash.h"
#include "protocol/domain/blank.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_draft.h"

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
  return asking.kind == ContactKind::kNone || asking.kind == ContactKind::kSupport ||
         asking.kind == ContactKind::kWish;
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

const Telling* find_telling(const TicketState& ticket, OwnerTerm term, OwnerSeq seq) {
  const auto found =
      std::find_if(ticket.tellings.begin(), ticket.tellings.end(),
                   [&](const Telling& one) { return one.term == term && one.seq == seq; });
  return found == ticket.tellings.end() ? nullptr : &*found;
}

std::string letter_id(const AggregateId& ticket, const Telling& telling) {
  const Bytes place = KeyWriter().u32(telling.term.v).u32(telling.seq.v).take();
  return id_from("letter", {ticket.view(), place}).hex();
}

Result<Drafts> decide(const TellApplicant& command, const Entity& ticket,
                      const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return Error{Code::kNotFound, "number", "no such ticket"};
  OPORA_TRY(must_own(*state, context));
  const Telling* telling = find_telling(*state, command.term, command.seq);
  if (telling == nullptr || ticket.erased)
    return Error{Code::kConflict, "telling", "there is nothing to tell any more"};
  if (command.how == ToldHow::kToPhone && way_of(*telling) == TellBy::kPhone)
    return Error{Code::kConflict, "telling", "to be phoned already"};
  const TicketApplicantTold told{command.term, command.seq,  telling->what,
                                 command.how,  command.whom, command.why};
  const std::string_view text = is_blank(command.text) ? "" : std::string_view(command.text);
  Draft draft = ticket_draft(ticket, told, text);
  if (!command.sent_to.empty()) draft.personal[PersonalField::kSentTo] = command.sent_to;
  return Drafts{std::move(draft)};
}

void must_tell(TicketState& ticket, const Envelope& env, TellWhat what, TimeMs since) {
  if (ticket.telling == TellRule::kNobody) return;
  ticket.tellings.push_back({env.term, env.seq, what, since, TellTrouble::kNone});
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

}  // namespace keys

void add_tell_rows(Facets& out, const Entity& entity, const TicketState& ticket) {
  if (entity.erased) return;
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
