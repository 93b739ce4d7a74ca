#include "protocol/domain/ownership.h"

#include <algorithm>
#include <tuple>

namespace opora::protocol {

namespace {

const Tenure* tenure_now(const TicketState& ticket) {
  return ticket.tenures.empty() ? nullptr : &ticket.tenures.rbegin()->second;
}

}  // namespace

OwnerTerm current_term(const TicketState& ticket) {
  return ticket.tenures.empty() ? kFirstTerm : ticket.tenures.rbegin()->first;
}

SiteNo owner_of(const TicketState& ticket) {
  const Tenure* tenure = tenure_now(ticket);
  return tenure == nullptr ? ticket.site : tenure->owner;
}

std::optional<SiteNo> owner_in(const TicketState& ticket, OwnerTerm term) {
  if (term == kFirstTerm) return ticket.opened.v == 0 ? std::nullopt : std::optional(ticket.site);
  const auto it = ticket.tenures.find(term);
  return it == ticket.tenures.end() ? std::nullopt : std::optional(it->second.owner);
}

SiteNo keeper_of(const ProblemState& problem) {
  return problem.term == kFirstTerm ? problem.origin : kHubSite;
}

Hlt owner_since(const TicketState& ticket) {
  const Tenure* tenure = tenure_now(ticket);
  return tenure == nullptr ? ticket.opened : tenure->since;
}

const OfferAnswer* answer_to(const TicketState& ticket, const TicketOffer& offer) {
  const auto it = std::find_if(ticket.answers.begin(), ticket.answers.end(), [&](const auto& a) {
    return a.term == offer.term && a.offer == offer.seq && a.site == offer.to;
  });
  return it == ticket.answers.end() ? nullptr : &*it;
}

const TicketOffer* pending_offer(const TicketState& ticket) {
  const TicketOffer& offer = ticket.offer;
  if (offer.seq.v == 0 || offer.term != current_term(ticket) || ticket.closed.v != 0)
    return nullptr;
  const OfferAnswer* answer = answer_to(ticket, offer);
  if (answer != nullptr && answer->reply == OfferReply::kDeclined) return nullptr;
  return &offer;
}

Effect effect_of(const TicketState& ticket, const Envelope& env) {
  if (env.type == EventType::kTicketOpened) return Effect::kStands;
  if (env.type == EventType::kTicketOwnerChanged) {
    const auto told = ticket.tenures.find(env.term);
    const bool stands =
        env.origin == kHubSite && told != ticket.tenures.end() && told->second.since == env.hlt;
    return stands ? Effect::kStands : Effect::kLate;
  }
  if (env.seq.v == 0) return Effect::kStands;  // an addition: anyone entitled may
  const auto owner = owner_in(ticket, env.term);
  if (!owner) return Effect::kEarly;
  if (*owner != env.origin) return Effect::kLate;
  const auto next = ticket.tenures.find(OwnerTerm{env.term.v + 1});
  const bool ended = next != ticket.tenures.end() && env.n > next->second.before_through;
  return ended ? Effect::kLate : Effect::kStands;
}

std::optional<TimeMs> lease_until(const TicketState& ticket, std::optional<TimeMs> region_heard) {
  const Tenure* tenure = tenure_now(ticket);
  if (tenure == nullptr || tenure->lease_ms == 0) return std::nullopt;
  return region_heard.value_or(TimeMs{0}) + std::int64_t{tenure->lease_ms};
}

bool lease_ran_out(const TicketState& ticket, TimeMs owner_heard, TimeMs now) {
  const Tenure* tenure = tenure_now(ticket);
  if (tenure == nullptr || tenure->lease_ms == 0) return false;
  const TimeMs from = std::max(owner_heard, tenure->since.time());
  return now > from + (std::int64_t{tenure->lease_ms} + kLeaseClockBoundMs);
}

}  // namespace opora::protocol
