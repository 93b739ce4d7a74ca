// What lies on second devices: kept for a person it excuses a command, and must be said; what was
// destroyed must not be there.
#include <algorithm>

#include "tests/sim/region/checks.h"

namespace opora::sim {

// Lost with every disk that had it; or kept on the second device, which can say where.
bool Checks::is_excused(const Ledger& ledger, SiteNo site, const CommandId& command) {
  if (ledger.lost.contains(command)) return true;
  if (!ledger.kept_aside.contains(command)) return false;
  const auto kept = find_(site)->device().records();
  return std::any_of(kept.begin(), kept.end(), [&](const sync::GuardedRow& row) {
    const auto record =
        protocol::decode_record(std::string_view(row.value).substr(sizeof(ChainHash)));
    return record.ok() && record->env.command == command;
  });
}

// A key that was destroyed is on no second device either, as long as that works.
void Checks::check_device(const Ledger& ledger, SiteNo site) {
  if (!find_(site)->device().on()) return;
  for (const auto& [target, erasure] : ledger.erased) {
    const bool excused = is_excused(ledger, erasure.site, erasure.command);
    if (!excused && find_(site)->device().holds_key(target))
      sim_.story.wrong("the safety journal of " + name_of(site) + " has a destroyed key");
  }
}

// Whatever lies aside on the second device is said in words that name its place.
void Checks::check_kept(SiteNo site) {
  const auto losses = sync::losses(*find_(site)->disk().synced());
  for (const auto& [place, records] : find_(site)->device().kept()) {
    const auto names = [&place = place](const sync::Loss& loss) {
      return loss.text.find(place) != std::string::npos;
    };
    if (std::none_of(losses.begin(), losses.end(), names))
      sim_.story.wrong(name_of(site) + " does not say that it keeps records in " + place);
  }
}

}  // namespace opora::sim
