// Ownership of a ticket: one owner a term, changed by the region alone. Pure; a site and the hub
// ask the same functions, so they give one answer.
//
// Terms. A ticket begins in term 1, owned by the site that opened it. The owner offers, the other
// site accepts or declines, the owner takes back: those are words. The hub hears them in its own
// order and says TicketOwnerChanged{term + 1, to, valid_through}; nothing else changes the owner,
// and from any other origin it says nothing.
//
// What must hold, whatever is lost, late, doubled or restored (tests/sim/model):
// 1. Every ticket has exactly one owner a term; terms follow each other without gaps.
// 2. A state change takes effect only from the owner of its term, up to valid_through of the term
//    after. Any other is late: kept, shown, counted, without effect, at every replica alike.
// 3. Until it has seen the change, the owner of the term before answers for the ticket.
#pragma once

#include <concepts>
#include <optional>

#include "protocol/domain/decide.h"
#include "protocol/domain/fold.h"

namespace opora::protocol {

inline constexpr OwnerTerm kFirstTerm{1};
// The clocks of a site and of the region may differ by so much while a lease runs: what the hybrid
// clock still believes of a peer (kMaxClockLeadMs).
inline constexpr std::int64_t kLeaseClockBoundMs = 60'000;
// A lease shorter than a restart of the hub would take work from those who do it; one longer than a
// shift leaves it with nobody.
inline constexpr std::int64_t kMinLeaseMs = 5 * 60'000;
inline constexpr std::int64_t kMaxLeaseMs = 24 * 3'600'000LL;

// ---- Who owns it

OwnerTerm current_term(const TicketState& ticket);
SiteNo owner_of(const TicketState& ticket);
// Nothing when the beginning of that term is not known here.
std::optional<SiteNo> owner_in(const TicketState& ticket, OwnerTerm term);
Hlt owner_since(const TicketState& ticket);
// Who edits and closes a current problem (T9) beside the region, which may always: in its first
// term the place where it was opened, in a later one the region, whose edit began it.
SiteNo keeper_of(const ProblemState& problem);
// An offer that the region may still carry out; nullptr when there is none, it was taken back or
// declined, or the ticket is closed.
const TicketOffer* pending_offer(const TicketState& ticket);
// What the site said to which it was offered.
const OfferAnswer* answer_to(const TicketState& ticket, const TicketOffer& offer);

// What an event is worth, given all that is known of the ticket.
enum class Effect : std::uint8_t {
  kStands,
  kLate,   // of a site that was not, or no longer, the owner
  kEarly,  // of a term whose beginning is not here yet
};
Effect effect_of(const TicketState& ticket, const Envelope& env);

// ---- Leases: only of routed work

// Up to when the owner may act if it hears nothing more of the region, on its own clock. Nothing:
// no lease runs.
std::optional<TimeMs> lease_until(const TicketState& ticket, std::optional<TimeMs> region_heard);
// At the hub: the owner has seen its lease run out by now, whatever its clock says.
bool lease_ran_out(const TicketState& ticket, TimeMs owner_heard, TimeMs now);

// ---- Decisions of a site

// kConflict "owner" when the ticket belongs to another site, "lease" when the lease on routed work
// ran out; every change of state asks it first.
Status must_own(const TicketState& ticket, const DecideContext& context);

struct OfferTicket {
  SiteNo to;  // kHubSite: the region may choose
  std::optional<TimeMs> until;
  std::string text;
};
// kInvalid "to", "until"; kConflict "owner", "lease", "offer" (one is pending), "action" (closed).
Result<Drafts> decide(const OfferTicket& command, const Entity& ticket,
                      const DecideContext& context);

struct CancelOffer {
  std::string text;
};
// kConflict "owner", "offer" (none is pending).
Result<Drafts> decide(const CancelOffer& command, const Entity& ticket,
                      const DecideContext& context);

struct AnswerOffer {
  OfferReply reply = OfferReply::kAccepted;
  std::string text;
};
// kConflict "offer": none to this site, or it was answered. Accepting is a request: the region
// decides. The hub only declines what was offered to it; it accepts by routing.
Result<Drafts> decide(const AnswerOffer& command, const Entity& ticket,
                      const DecideContext& context);

// ---- Decisions of the hub. `through`: how far it has the owner's journal.

// What follows from an answer that came: the change of the owner, or nothing.
Drafts decide_answered(const Envelope& env, const TicketOfferAnswered& answer, const Entity& ticket,
                       StreamPos through, TimeMs now);

// What follows from an offer that came after its answer: a restored hub hears its sites in another
// order.
Drafts decide_offered(const Entity& ticket, StreamPos through, TimeMs now);

struct RouteTicket {
  SiteNo to;
  std::int64_t lease_ms = 0;  // 0: none
  std::string text;
};
// kConflict "offer": not offered to the region. kInvalid "to", "lease".
Result<Drafts> decide(const RouteTicket& command, const Entity& ticket, StreamPos through,
                      const DecideContext& context);

// A person's decision over the head of the owner. kInvalid "to", "reason"; kConflict "action".
struct TakeOver {
  SiteNo to;
  std::string reason;
};
Result<Drafts> decide(const TakeOver& command, const Entity& ticket, StreamPos through,
                      const DecideContext& context);

// Routed work whose lease ran out goes back to the site that gave it to the region. Nothing to do
// is no draft.
Drafts decide_lease(const Entity& ticket, TimeMs owner_heard, StreamPos through, TimeMs now);

// ---- Folds (called by fold())

template <class F, class... One>
concept is_one_of = (std::same_as<F, One> || ...);
// What the owner says in its order, behind the beginning.
template <class F>
concept is_owners_fact =
    is_one_of<F, TicketAssigned, TicketClosed, TicketOffered, TicketOfferCancelled, TicketStarted,
              TicketPaused, TicketResumed, TicketReclassified, TicketReopened, TicketFinished,
              TicketRetimed, TicketDueReached, TicketApplicantTold, TicketMerged, TicketUnmerged,
              TicketPartOf, TicketItemChanged, TicketOfProblem, TicketVisitTold, TicketWaitsFor,
              TicketListCalled, TicketTargetChanged, TicketCallTried, TicketTellingDue>;
template <class F>
concept is_ticket_fact =
    is_owners_fact<F> || is_one_of<F, TicketOpened, TicketCommented, TicketAttached,
                                   TicketOfferAnswered, TicketOwnerChanged>;

FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOpened& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketAssigned& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketCommented& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketAttached& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketClosed& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOffered& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOfferCancelled& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOfferAnswered& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOwnerChanged& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketStarted& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketPaused& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketResumed& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketReclassified& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketReopened& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketFinished& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketRetimed& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketDueReached& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketApplicantTold& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketMerged& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketUnmerged& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketPartOf& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketItemChanged& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketOfProblem& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketVisitTold& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketWaitsFor& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketListCalled& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketTargetChanged& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketCallTried& e);
FoldResult fold_ticket(TicketState& s, const Envelope& env, const TicketTellingDue& e);

}  // namespace opora::protocol
