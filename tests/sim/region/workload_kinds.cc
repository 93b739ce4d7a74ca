#include "protocol/base/hash.h"
#include "tests/sim/region/workload.h"
#include "tests/support/region.h"

namespace opora::sim {

// What is said of house calls and of the waiting list (H1, H2); of another kind it is refused.
void Workload::of_kind(SiteNo site, const AggregateId& ticket) {
  const std::string words = fresh("words ");
  testing::OfKind said;
  const std::int64_t dice = sim_.dice.between(0, 99);
  if (dice < 35) {
    const auto step = static_cast<protocol::VisitStep>(sim_.dice.between(1, 2));
    said = protocol::NoteVisit{step, {}, "Registry", words};
  } else if (dice < 50) {
    const auto whom = static_cast<protocol::Speciality>(sim_.dice.between(1, 37));
    said = protocol::ChangeWaitsFor{{whom, site}, dice % 2 == 0 ? words : ""};
  } else {
    constexpr std::array kSteps = {protocol::ListStep::kClaimed, protocol::ListStep::kReleased,
                                   protocol::ListStep::kNoAnswer};
    said =
        protocol::CallFromList{kSteps[sim_.dice.next() % kSteps.size()], "ivanova", {}, {}, words};
  }
  begin({site, "of kind", fresh("of kind"), [=] { return testing::saying_of_kind(ticket, said); }});
}

// By the facility itself and by the region, one beside the other (T11).
void Workload::notice(SiteNo site) {
  protocol::ChangeFacilityNotice said;
  said.facts.from = protocol::LocalDay{static_cast<std::int32_t>(kStart.v / protocol::kDayMs)};
  said.facts.withdrawn = sim_.dice.percent(20);
  said.text = fresh("notice ");
  const auto drawn = static_cast<std::uint32_t>(sim_.dice.between(1, sites_));
  said.facts.facility = site == kHubSite ? SiteNo{drawn} : site;
  if (!notices_.empty() && sim_.dice.percent(60)) {
    const auto [id, where, facility] = notices_[sim_.dice.next() % notices_.size()];
    said.facts.facility = facility;
    said.base = OwnerSeq{1};
    const SiteNo at = sim_.dice.percent(50) ? kHubSite : where;
    return begin({at, "notice edited", fresh("notice edit"),
                  [id = id, said] { return testing::changing_notice(id, said); }});
  }
  const AggregateId id = id_from("sim", {said.text});
  Task task{site, "notice", fresh("notice"), [=] { return testing::changing_notice(id, said); }};
  task.then = [this, id, site, facility = said.facts.facility](const Bytes&) {
    notices_.push_back({id, site, facility});
  };
  begin(std::move(task));
}

}  // namespace opora::sim
