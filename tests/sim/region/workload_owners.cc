// Handing tickets over: offers, answers, words taken back, the region's decisions.
#include <utility>

#include "hub/owners.h"
#include "protocol/domain/ownership.h"
#include "tests/sim/region/workload.h"

namespace opora::sim {

using protocol::Kind;

namespace {

using Decide = std::function<Result<protocol::Drafts>(sync::Decision&, const protocol::Entity&)>;

sync::Command deciding(const AggregateId& ticket, Decide decide) {
  sync::Command command;
  command.decide = [ticket, decide = std::move(decide)](sync::Decision& decision) {
    const protocol::Entity entity = decision.load(Kind::kTicket, ticket);
    auto drafts = decide(decision, entity);
    if (!drafts.ok()) return Result<sync::Answer>(drafts.error());
    decision.emit(std::move(*drafts));
    return Result<sync::Answer>(sync::Answer{});
  };
  return command;
}

// Of a site that hears the region: leases do not run out in a minute.
protocol::DecideContext context(const sync::Decision& decision) {
  auto at = decision.context();
  at.region_heard = at.now;
  return at;
}

template <class Command>
sync::Command at_site(const AggregateId& ticket, Command command) {
  return deciding(ticket, [command](sync::Decision& decision, const protocol::Entity& entity) {
    return protocol::decide(command, entity, context(decision));
  });
}

template <class Command>
sync::Command at_hub(const Sim& sim, const AggregateId& ticket, Command command) {
  // Enough to let all come true that the old owner will ever say.
  const std::uint64_t ahead = sim.planted == Planted::kBorderAhead ? 1'000 : 0;
  return deciding(ticket, [=](sync::Decision& decision, const protocol::Entity& entity) {
    const auto* state = entity.as<protocol::TicketState>();
    if (state == nullptr) return Result<protocol::Drafts>(Error{Code::kNotFound, "number", ""});
    const StreamPos held = hub::journal_through(decision.rows(), protocol::owner_of(*state));
    return protocol::decide(command, entity, StreamPos{held.v + ahead}, context(decision));
  });
}

}  // namespace

SiteNo Workload::any_site() {
  return SiteNo{static_cast<std::uint32_t>(sim_.dice.between(1, sites_))};
}

std::optional<AggregateId> Workload::any_ticket() {
  const auto& known = tickets_[any_site()];
  if (known.empty()) return std::nullopt;
  return known[sim_.dice.next() % known.size()];
}

// An offer, and within the next seconds what the other side says to it.
void Workload::offer(SiteNo site, const AggregateId& ticket) {
  const SiteNo to = sim_.dice.percent(15) ? kHubSite : any_site();
  if (to == site) return;
  Task task{site, "offer", fresh("offer"), [=] {
              return sim::at_site(ticket, protocol::OfferTicket{to, {}, "yours"});
            }};
  task.then = [this, site, to, ticket](const Bytes&) {
    if (to != kHubSite) tickets_[to].push_back(ticket);
    const std::string waiting = fresh("reply to an offer ");
    open_.emplace(waiting, "nothing");  // no peace before the other side has spoken
    sim_.timeline.after(sim_.dice.between(100, 12'000), [this, site, to, ticket, waiting] {
      open_.erase(waiting);
      if (sim_.dice.percent(20)) return take_back(site, ticket);
      reply(to, ticket);
      if (sim_.dice.percent(25)) take_back(site, ticket);
    });
  };
  begin(std::move(task));
}

void Workload::take_back(SiteNo site, const AggregateId& ticket) {
  begin({site, "offer taken back", fresh("cancel"),
         [=] { return sim::at_site(ticket, protocol::CancelOffer{"mine"}); }});
}

void Workload::reply(SiteNo to, const AggregateId& ticket) {
  if (to == kHubSite) {
    const protocol::RouteTicket route{any_site(), protocol::kMinLeaseMs, "routed"};
    tickets_[route.to].push_back(ticket);
    return begin({kHubSite, "routing", fresh("route"),
                  [this, ticket, route] { return sim::at_hub(sim_, ticket, route); }});
  }
  const auto reply =
      sim_.dice.percent(80) ? protocol::OfferReply::kAccepted : protocol::OfferReply::kDeclined;
  begin({to, "answer to an offer", fresh("answer"), [=] {
           return sim::at_site(ticket, protocol::AnswerOffer{reply, "we"});
         }});
}

void Workload::take_over(const AggregateId& ticket) {
  const protocol::TakeOver takeover{any_site(), "nobody answers there"};
  tickets_[takeover.to].push_back(ticket);
  begin({kHubSite, "takeover", fresh("takeover"),
         [this, ticket, takeover] { return sim::at_hub(sim_, ticket, takeover); }});
}

}  // namespace opora::sim
