// Telling the applicant (A15): of the registration, of a request for information (V10), of the
// completion, of the rejection. By mail; without an address to the facility's IT officer; when that
// cannot be, somebody calls. Pure.
//
// What has to be told is a part of the ticket's state, since it follows from the owner's events:
//
//            the event                  kMailed
//   nothing ──────────▶ by mail ─────────────────────────▶ told
//                         │  │ kToPhone (no address,          ▲
//                         │  │ refused, given up)             │ kPhoned, kNotReached
//                         │  └──────────▶ by telephone ───────┘
//                         └─▶ overtaken: resumed, done, reopened before anybody told of it
//
// What must hold. The owner of the ticket tells, nobody else: what is to be told goes with the
// ticket to its next owner, and what a former owner said too late is late as all he says. A letter
// is named by the event that it tells of (letter_id), whoever sends it and how often. An erased
// ticket has nothing to tell and no address.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"

namespace opora::protocol {

// ---- Addresses

// RFC 5321's path without its brackets.
inline constexpr std::size_t kMaxMailBytes = 254;
// A dot-atom, "@" and the name of a domain, in ASCII: nothing that could end a header or begin
// another command.
bool is_mail_address(std::string_view text);
// «i***@clinic.example»: enough to see whose it may be.
std::string masked_mail(std::string_view address);

// ---- What is to be told

// Whether the facility's IT officer is told of contacts of this kind: not of patients' own affairs.
bool officer_is_told(const Asking& asking);
// Of what the ticket that this contact makes will tell. A number that was said in the call (A7b) is
// told; a house call, a booking and the waiting list are between the clinic and the patient, who
// is written to only at an address that he gave.
TellRule tell_rule(const RegisterContact& command);

// At most two wait at once: a later one overtakes an earlier one that it makes untrue.
const Telling* find_telling(const TicketState& ticket, OwnerTerm term, OwnerSeq seq);
// Of the event at this place; hexadecimal digits, the same at every site.
std::string letter_id(const AggregateId& ticket, const Telling& telling);

struct TellApplicant {
  OwnerTerm term;  // with seq: which telling
  OwnerSeq seq;
  ToldHow how = ToldHow::kMailed;
  ToldWhom whom = ToldWhom::kNobody;
  TellTrouble why = TellTrouble::kNone;
  std::string sent_to;  // an address
  std::string text;     // what came of the call
};
// kConflict "telling" when nothing is to be told there any more, or it is to be phoned already;
// "owner", "lease" as of every change.
Result<Drafts> decide(const TellApplicant& command, const Entity& ticket,
                      const DecideContext& context);

// ---- Folds (called by fold_ticket())

void must_tell(TicketState& ticket, const Envelope& env, TellWhat what, TimeMs since);
void overtake(TicketState& ticket, TellWhat what);

// ---- Rows: a part of what a ticket contributes (facets.h)
//   t owner how since ticket -> nothing        whom the owner has to tell, the oldest first
// At most one row a ticket and way.

enum class TellBy : std::uint8_t { kMail = 0, kPhone = 1 };
TellBy way_of(const Telling& telling);
void add_tell_rows(Facets& out, const Entity& entity, const TicketState& ticket);

namespace keys {
Bytes untold(SiteNo owner);
Bytes untold(SiteNo owner, TellBy by);
}  // namespace keys

}  // namespace opora::protocol
