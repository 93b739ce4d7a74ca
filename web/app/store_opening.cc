#include "web/app/store_opening.h"

#include <spdlog/spdlog.h>

#include "sync/engine/recall.h"
#include "sync/projection/rebuild.h"
#include "web/app/safety_check.h"

namespace opora::app {

namespace {

using sync::HeadFinding;
using sync::OwnHead;

Error refusal(const std::string& what, AfterDamage after_damage) {
  std::string advice = "; put a backup in its place (opora restore)";
  if (after_damage == AfterDamage::kRefuse)
    advice += ", or start once with --after-damage go-on to serve what is whole";
  return Error{Code::kCorrupt, "store", what + advice};
}

// What is missing, if anything is.
std::optional<sync::Loss> find_loss(const sync::RocksStore& store,
                                    const std::optional<OwnHead>& head, TimeMs now) {
  const auto rows = store.snapshot();
  const HeadFinding finding = head ? compare_head(*rows, *head) : HeadFinding::kHere;
  if (!store.damage() && finding == HeadFinding::kHere) return std::nullopt;
  sync::Loss loss{now, head ? head->site : SiteNo{}, {}, {}, {}, {}};
  if (store.damage()) loss.text = "damaged log: " + *store.damage();
  if (head && finding == HeadFinding::kHere) {
    loss.text += "; the journal is whole, what was received comes again";
    loss.to = head->end.pos;
    loss.chain = head->end.chain;
  }
  if (finding == HeadFinding::kOther) {
    loss.text += loss.text.empty() ? "" : "; ";
    loss.text += "another journal than the head file says stands at position " +
                 std::to_string(head->end.pos.v);
    loss.to = head->end.pos;
    loss.chain = head->end.chain;
  } else if (finding == HeadFinding::kShort) {
    if (loss.text.empty()) loss.text = "the journal ends before what was written";
    loss.from = StreamPos{sync::own_head(*rows, head->site).end.pos.v + 1};
    loss.to = head->end.pos;
    loss.chain = head->end.chain;
  }
  return loss;
}

// Tables may be of different moments, so that what is derived is built anew.
Status note_loss(sync::Store& store, const sync::Loss& loss) {
  auto txn = store.begin();
  put_loss(*txn, loss);
  sync::skip_ticket_numbers(*txn);
  sync::forget_projection(*txn);
  return txn->commit();
}

// From here to the end of the opening the journal may change: a kill in between must not compare it
// with what it was.
Status forget_head(const std::filesystem::path& file) {
  auto head = sync::SlotFile::open(file);
  if (!head.ok()) return head.error();
  if (!head->content()) return ok_status();
  OPORA_TRY(head->write(sync::encode_own_head({})));
  return head->sync();
}

// What a site had lost and the hub gave back takes its place before anything reads the journal.
// True when records came, moved or went.
Result<bool> put_recalled(sync::Store& store, const protocol::SiteKey& site_key, Random& random) {
  const auto report = sync::finish_recall(store, sync::Vault(site_key), random);
  if (!report.ok()) return report.error();
  if (report->swept > 0)
    spdlog::warn("{} records of a hub that was restored are gone", report->swept);
  const auto moved = report->recalled + report->renamed + report->dropped + report->set_aside;
  if (moved > 0) {
    spdlog::warn(
        "{} lost records are back from the hub; {} of our own follow them, {} were repetitions, "
        "{} are set aside",
        report->recalled, report->renamed, report->dropped, report->set_aside);
  }
  return moved + report->swept > 0;
}

}  // namespace

Result<OpenedStore> open_store(const DataFolder& folder, const protocol::SiteKey& site_key,
                               const StoreSettings& settings, std::optional<SiteNo> self,
                               TimeMs now, Random& random) {
  const auto head = sync::read_own_head(folder.head());
  const bool go_on = settings.after_damage == AfterDamage::kGoOn;
  sync::RocksOptions options = self == kHubSite ? sync::region_options() : sync::RocksOptions();
  options.on_damage = go_on ? sync::OnDamage::kStop : sync::OnDamage::kRefuse;
  auto store = sync::RocksStore::open(folder.store(), options);
  if (!store.ok()) {
    const bool damaged = store.error().code == Code::kCorrupt;
    return damaged ? refusal(store.error().message, settings.after_damage) : store.error();
  }
  OpenedStore out{std::move(*store)};
  std::optional<SafetyCheck> safety;
  if (!settings.safety.empty() && self) safety.emplace(settings.safety, *self, now);
  if (safety) {
    const auto repaired = safety->repair(*out.store, sync::Vault(site_key));
    if (!repaired.ok()) return repaired.error();
    out.journal_changed = *repaired;
  }
  if (const auto loss = find_loss(*out.store, head, now)) {
    const std::string what = describe(*out.store->snapshot(), *loss);
    if (!go_on) return refusal(what, settings.after_damage);
    spdlog::critical("{}", what);
    OPORA_TRY(note_loss(*out.store, *loss));
    out.journal_changed = true;
  }
  OPORA_TRY(forget_head(folder.head()));
  if (safety) OPORA_TRY(safety->join(*out.store));
  const auto recalled = put_recalled(*out.store, site_key, random);
  if (!recalled.ok()) return recalled.error();
  out.journal_changed = out.journal_changed || *recalled;
  if (safety) {
    safety->tidy(*out.store);
    out.safety = safety->take();
    out.safety_why = safety->why();
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
  auto guard =
      sync::JournalGuard::open(*opened.store, self, folder.head(), std::move(opened.safety), acked);
  if (guard.ok() && !opened.safety_why.empty()) (*guard)->note_unopened(opened.safety_why);
  return guard;
}

}  // namespace opora::app
