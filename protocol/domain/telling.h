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
// Who turned to us with a duplicate is told of the end of the ticket that it was merged into: the
// duplicate's owner looks what became of that one and says so in TicketTargetChanged, which leaves
// a telling of the duplicate's own, with its own number. Taken back, the duplicate tells of itself.
//
// Up to when. Of the registration and of the end within the ticket's own deadlines (A15); where
// these are behind or there are none, and of a request, within the norm of registration from then
// on, in the queue's calendar. A letter waits until `warn`, three quarters of it; then somebody
// calls. When it is near and when it is over the owner says so (TicketTellingDue), and those who
// call, and then the supervisors and the region, have a notice.
//
// What must hold. The owner of the ticket tells, nobody else: what is to be told goes with the
// ticket to its next owner, and what a former owner said too late is late as all he says. A letter
// is named by the event that it tells of (letter_id), whoever sends it and how often. An erased
// ticket has nothing to tell and no address.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
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

// Of an erased ticket nothing, whatever its events left to tell. Borrows the ticket.
std::span<const Telling> to_tell(const Entity& ticket);
// At most two wait at once: a later one overtakes an earlier one that it makes untrue.
const Telling* find_telling(const TicketState& ticket, OwnerTerm term, OwnerSeq seq);
Telling* find_telling(TicketState& ticket, OwnerTerm term, OwnerSeq seq);
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

// A call that did not tell him. Whoever could not be reached so often is not reached.
inline constexpr std::uint16_t kMaxCallTries = 100;
// Who asked for a time is called within half an hour from then on.
inline constexpr std::int64_t kAskedTimeMs = 30 * 60'000;
// Nobody plans a call of next season.
inline constexpr std::int64_t kMaxCallAgainMs = 31 * 24 * 3'600'000LL;
struct TryCall {
  OwnerTerm term;  // with seq: which telling
  OwnerSeq seq;
  CallTry result = CallTry::kNoAnswer;
  std::optional<TimeMs> again;  // needed when he asked for it
  std::string text;
};
// kConflict "telling" when there is nothing to tell, "calls" over the limit; kInvalid "again_at"
// when it is missing, past or too far ahead; "owner", "lease".
Result<Drafts> decide(const TryCall& command, const Entity& ticket, const DecideContext& context);

// ---- Up to when

// Without a queue for its line: four hours round the clock, A14's shortest norm of completion.
inline constexpr std::int64_t kTellWithoutQueueMs = 4 * 3'600'000LL;
// Of what happened at `since`, as `ticket` stands behind it; zeros when nobody is told of it, or
// without a timetable.
TellTimes tell_times(const TicketState& ticket, TellWhat what, TimeMs since,
                     const DecideContext& context);

// ---- Duplicates

// Whether the ticket that it is merged into has ended, or is open again, and its owner has not said
// so yet; and what he says. No draft: nothing new, nobody to tell, not his. `target` as it stands
// here.
bool has_news_of_target(const Entity& ticket, const Entity& target);
Drafts decide_target(const Entity& ticket, const Entity& target, const DecideContext& context);

// ---- Folds (called by fold_ticket())

struct Tell {
  TellWhat what = TellWhat::kRegistered;
  TimeMs since;
  TellTimes times{};
};
void must_tell(TicketState& ticket, const Envelope& env, const Tell& tell);
void overtake(TicketState& ticket, TellWhat what);

// ---- Rows: a part of what a ticket contributes (facets.h)
//   t owner how since ticket -> nothing        whom the owner has to tell, the oldest first
// At most one row a ticket and way.
//   g 4 owner ticket -> nothing                a duplicate whose applicant waits for the end of
//                                              the ticket that it was merged into

enum class TellBy : std::uint8_t { kMail = 0, kPhone = 1 };
TellBy way_of(const Telling& telling);
void add_tell_rows(Facets& out, const Entity& entity, const TicketState& ticket);

namespace keys {
Bytes untold(SiteNo owner);
Bytes untold(SiteNo owner, TellBy by);
Bytes waiting_for_target(SiteNo owner);
}  // namespace keys

}  // namespace opora::protocol
