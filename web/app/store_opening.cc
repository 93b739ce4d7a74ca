#include "web/app/store_opening.h"

#include <spdlog/spdlog.h>

#include "sync/journal/slot_file.h"

namespace opora::app {

namespace {

Error refusal(const std::string& what, AfterDamage after_damage) {
  std::string advice = "; put a backup in its place (opora restore)";
  if (after_damage == AfterDamage::kRefuse)
    advice += ", or start once with --after-damage go-on to serve what is whole";
  return Error{Code::kCorrupt, "store", what + advice};
}

void say(sync::StartUp::Weight weight, const std::string& what) {
  if (weight == sync::StartUp::Weight::kCritical) spdlog::critical("{}", what);
  else spdlog::warn("{}", what);
}

// A folder that cannot be used is an alarm, not an error: the site works on without it.
void open_safety(OpenedStore& out, const std::string& folder, SiteNo self) {
  auto opened = sync::SafetyJournal::open(folder, self);
  if (opened.ok()) {
    out.safety = std::move(*opened);
    return;
  }
  out.safety_why = opened.error().message;
  spdlog::critical("the safety journal cannot be used, the site works on without it: {}",
                   out.safety_why);
}

}  // namespace

Result<OpenedStore> open_store(const DataFolder& folder, const protocol::SiteKey& site_key,
                               const StoreSettings& settings, std::optional<SiteNo> self,
                               TimeMs now, Random& random) {
  const bool go_on = settings.after_damage == AfterDamage::kGoOn;
  sync::RocksOptions options = self == kHubSite ? sync::region_options() : sync::RocksOptions();
  options.on_damage = go_on ? sync::OnDamage::kStop : sync::OnDamage::kRefuse;
  auto store = sync::RocksStore::open(folder.store(), options);
  if (!store.ok()) {
    const bool damaged = store.error().code == Code::kCorrupt;
    return damaged ? refusal(store.error().message, settings.after_damage) : store.error();
  }
  OpenedStore out{std::move(*store)};
  if (!settings.safety.empty() && self) open_safety(out, settings.safety, *self);
  auto head = sync::SlotFile::open(folder.head());
  if (!head.ok()) return head.error();
  const sync::StartUp start{self, now, out.store->damage(), settings.after_damage, say};
  auto* safety = out.safety ? &out.safety->at_rest() : nullptr;
  const auto started =
      sync::put_right(*out.store, *head, safety, sync::Vault(site_key), start, random);
  if (!started.ok()) {
    const bool refused = started.error().code == Code::kCorrupt;
    return refused ? refusal(started.error().message, settings.after_damage) : started.error();
  }
  out.journal_changed = started->changed;
  if (!started->safety_why.empty()) {
    out.safety.reset();
    out.safety_why = started->safety_why;
  }
  return out;
}

Result<std::unique_ptr<sync::JournalGuard>> start_guard(OpenedStore& opened,
                                                        const DataFolder& folder,
                                                        const StoreSettings& settings, SiteNo self,
                                                        StreamPos acked) {
  if (!settings.safety.empty() && !opened.safety && opened.safety_why.empty()) {
    auto fresh = sync::SafetyJournal::open(settings.safety, self);
    if (fresh.ok()) opened.safety = std::move(*fresh);
    else opened.safety_why = fresh.error().message;
  }
  auto head = sync::SlotFile::open(folder.head());
  if (!head.ok()) return head.error();
  auto guard = sync::JournalGuard::open(*opened.store, self,
                                        std::make_unique<sync::SlotFile>(std::move(*head)),
                                        std::move(opened.safety), acked);
  if (guard.ok() && !opened.safety_why.empty()) (*guard)->note_unopened(opened.safety_why);
  return guard;
}

}  // namespace opora::app
