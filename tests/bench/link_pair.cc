#include "tests/bench/link_pair.h"

#include <algorithm>
#include <thread>

#include "sync/projection/rebuild.h"

namespace opora::bench {

using sync::StreamKind;

void Moments::reached(StreamPos pos) {
  const SteadyTime now = steady_now();
  const std::uint64_t last = std::min<std::uint64_t>(pos.v, at_.size() - 1);
  for (; known_ < last; ++known_) at_[known_ + 1] = now;
  shown_.store(known_);
}

std::optional<SiteNo> Sites::site_of(const LinkKey& key) const {
  const auto it = std::find(keys_.begin(), keys_.end(), key);
  if (it == keys_.end()) return std::nullopt;
  return SiteNo{static_cast<std::uint32_t>(it - keys_.begin()) + 1};
}

void Sites::enrol(SiteNo, const EnrolSecret&, const LinkKey&, std::function<void(Answer)> done) {
  done(protocol::Refused{protocol::EnrolRefusal::kUnknownCode});
}

void SiteObserver::on_event(sync::Transaction&, const protocol::Event& event,
                            const sync::JournalRef&) {
  if (std::holds_alternative<protocol::RubricatorPublished>(event.facts)) ready = true;
}

void SiteObserver::on_committed(const Committed& committed) {
  moments_.reached(committed.journal_end);
  if (sync::NodeReplicator* to = replicator.load()) {
    to->notify_appended(StreamKind::kJournalKeys);
    to->notify_appended(StreamKind::kJournal);
  }
}

void HubObserver::on_event(sync::Transaction& txn, const protocol::Event& event,
                           const sync::JournalRef& ref) {
  outbox.on_event(txn, event, ref);
  if (ref.origin == kSite) applied_ = ref.n;
}

void HubObserver::on_key(sync::Transaction& txn, const AggregateId& aggregate) {
  outbox.on_key(txn, aggregate);
}

void HubObserver::on_committed(const Committed&) { moments_.reached(folded_); }

Place::Place(const std::string& folder, SiteNo site, const protocol::SiteKey& key,
             sync::EngineObserver& observer)
    : key_(key),
      store_(must(sync::RocksStore::open(
                      folder, site == kHubSite ? sync::region_options() : sync::RocksOptions()),
                  "store")) {
  must(sync::ensure_projection(*store_, sync::Vault(key_)), "projections");
  core_ = must(sync::EngineCore::open(*store_, settings(site, key_), clock, random, observer),
               "engine");
}

void Place::start() {
  engine_ =
      std::make_unique<sync::Engine>(std::move(core_), clock, [] { give_up("the store failed"); });
  streams_ = std::make_unique<sync::StoreStreams>(*store_, *engine_);
}

void wait_until(const std::function<bool()>& holds, const char* what,
                std::chrono::seconds patience) {
  const SteadyTime deadline = steady_now() + patience;
  while (!holds()) {
    if (steady_now() > deadline) give_up(std::string("not in time: ") + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace opora::bench
