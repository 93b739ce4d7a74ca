#include "protocol/domain/blank.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_draft.h"

namespace opora::protocol {

namespace {

Error no_ticket() { return Error{Code::kNotFound, "number", "no such ticket"}; }

// A time in the message is for logs; a screen asks the ticket itself.
std::string belongs_to(SiteNo owner, Hlt since) {
  return "belongs to site " + std::to_string(owner.v) + " since " +
         std::to_string(since.time().v / 1'000);
}

Status must_be_open(const TicketState& ticket) {
  if (ticket.closed.v != 0) return Error{Code::kConflict, "action", "the ticket is closed"};
  return ok_status();
}

Status check_new_owner(const TicketState& ticket, SiteNo to) {
  if (to == kHubSite || to.v > kMaxSiteNo) return invalid("to", "not a site");
  if (to == owner_of(ticket)) return invalid("to", "owns the ticket");
  return ok_status();
}

Draft change(const Entity& ticket, SiteNo to, StreamPos through, OwnerCause cause) {
  const auto& state = *ticket.as<TicketState>();
  Draft draft;
  draft.aggregate = ticket.id;
  draft.term = OwnerTerm{current_term(state).v + 1};
  draft.seq = OwnerSeq{1};
  draft.facts = TicketOwnerChanged{to, owner_of(state), through, cause, 0};
  return draft;
}

bool expired(const TicketOffer& offer, TimeMs now) {
  return offer.until.v != 0 && now > offer.until;
}

}  // namespace

Status must_own(const TicketState& ticket, const DecideContext& context) {
  const SiteNo owner = owner_of(ticket);
  if (owner != context.site)
    return Error{Code::kConflict, "owner", belongs_to(owner, owner_since(ticket))};
  const auto until = lease_until(ticket, context.region_heard);
  if (until && context.now > *until)
    return Error{Code::kConflict, "lease", "the lease on routed work ran out"};
  return ok_status();
}

Result<Drafts> decide(const OfferTicket& command, const Entity& ticket,
                      const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return no_ticket();
  OPORA_TRY(must_own(*state, context));
  OPORA_TRY(must_be_open(*state));
  if (command.to == context.site || command.to.v > kMaxSiteNo)
    return invalid("to", "another site, or 0 for the region");
  if (command.until && *command.until <= context.now) return invalid("until", "is past");
  const TicketOffer* pending = pending_offer(*state);
  if (pending != nullptr && !expired(*pending, context.now))
    return Error{Code::kConflict, "offer", "another offer is pending: take it back first"};
  return Drafts{ticket_draft(ticket, TicketOffered{command.to, command.until.value_or(TimeMs{})},
                             command.text)};
}

Result<Drafts> decide(const CancelOffer& command, const Entity& ticket,
                      const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return no_ticket();
  OPORA_TRY(must_own(*state, context));
  const TicketOffer* pending = pending_offer(*state);
  if (pending == nullptr) return Error{Code::kConflict, "offer", "no offer is pending"};
  return Drafts{ticket_draft(ticket, TicketOfferCancelled{pending->seq}, command.text)};
}

Result<Drafts> decide(const AnswerOffer& command, const Entity& ticket,
                      const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return no_ticket();
  const TicketOffer* pending = pending_offer(*state);
  if (pending == nullptr || pending->to != context.site)
    return Error{Code::kConflict, "offer", "the ticket is not offered to this site"};
  if (answer_to(*state, *pending) != nullptr)
    return Error{Code::kConflict, "offer", "accepted already: the region decides"};
  if (context.site == kHubSite && command.reply == OfferReply::kAccepted)
    return invalid("action", "the region accepts by routing");
  return Drafts{ticket_addition(
      ticket, TicketOfferAnswered{pending->term, pending->seq, command.reply}, command.text)};
}

Drafts decide_answered(const Envelope& env, const TicketOfferAnswered& answer, const Entity& ticket,
                       StreamPos through, TimeMs now) {
  const auto* state = ticket.as<TicketState>();
  const TicketOffer* pending = state == nullptr ? nullptr : pending_offer(*state);
  if (pending == nullptr || answer.reply != OfferReply::kAccepted) return {};
  const bool meant = pending->term == answer.term && pending->seq == answer.offer &&
                     pending->to == env.origin && env.origin != kHubSite;
  if (!meant || expired(*pending, now)) return {};
  return {change(ticket, env.origin, through, OwnerCause::kAccepted)};
}

Drafts decide_offered(const Entity& ticket, StreamPos through, TimeMs now) {
  const auto* state = ticket.as<TicketState>();
  const TicketOffer* pending = state == nullptr ? nullptr : pending_offer(*state);
  if (pending == nullptr || pending->to == kHubSite || expired(*pending, now)) return {};
  const OfferAnswer* answer = answer_to(*state, *pending);
  if (answer == nullptr || answer->reply != OfferReply::kAccepted) return {};
  return {change(ticket, pending->to, through, OwnerCause::kAccepted)};
}

Result<Drafts> decide(const RouteTicket& command, const Entity& ticket, StreamPos through,
                      const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return no_ticket();
  const TicketOffer* pending = pending_offer(*state);
  if (pending == nullptr || pending->to != kHubSite || expired(*pending, context.now))
    return Error{Code::kConflict, "offer", "the ticket is not offered to the region"};
  OPORA_TRY(check_new_owner(*state, command.to));
  const bool leased = command.lease_ms != 0;
  if (leased && (command.lease_ms < kMinLeaseMs || command.lease_ms > kMaxLeaseMs))
    return invalid("lease_minutes", "5 minutes to a day");
  Draft draft = change(ticket, command.to, through, OwnerCause::kRouted);
  std::get<TicketOwnerChanged>(draft.facts).lease_ms = static_cast<std::uint32_t>(command.lease_ms);
  if (!command.text.empty()) draft.personal[PersonalField::kText] = command.text;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const TakeOver& command, const Entity& ticket, StreamPos through,
                      const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || state->opened.v == 0) return no_ticket();
  if (context.site != kHubSite) return Error{Code::kDenied, "action", "at the region only"};
  OPORA_TRY(must_be_open(*state));
  OPORA_TRY(check_new_owner(*state, command.to));
  if (is_blank(command.reason)) return invalid("reason", "required");
  Draft draft = change(ticket, command.to, through, OwnerCause::kTakenOver);
  draft.personal[PersonalField::kText] = command.reason;
  return Drafts{std::move(draft)};
}

Drafts decide_lease(const Entity& ticket, TimeMs owner_heard, StreamPos through, TimeMs now) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || state->closed.v != 0 || !lease_ran_out(*state, owner_heard, now))
    return {};
  return {
      change(ticket, state->tenures.rbegin()->second.before, through, OwnerCause::kLeaseExpired)};
}

}  // namespace opora::protocol
