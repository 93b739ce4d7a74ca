// Which key is which site, and the one-time codes that make a key a site. Any thread; the rows live
// in the store and change only through the engine.
//
// Codes. issued → redeemed by one key (the same key again gets the same answer) or expired. Rows of
// kMeta: "enrol" | site -> EnrolRow. Only the hash of the secret is kept. A new code for a site
// replaces the old one.
#pragma once

#include <map>
#include <mutex>

#include "sync/engine/engine.h"
#include "sync/exchange/ports.h"

namespace opora::hub {

inline constexpr std::int64_t kCodeLifeMs =
    24 * 3'600'000LL;  // a working day and the drive to the site

class Directory final : public sync::PeerDirectory, public sync::EnrolmentDesk {
 public:
  Directory(sync::Store& store, sync::Engine& engine, const Clock& clock);

  std::optional<SiteNo> site_of(const LinkKey& key) const override;
  void enrol(SiteNo site, const EnrolSecret& secret, const LinkKey& key,
             std::function<void(Answer)> done) override;

  // Reads one site's state again; sites whose old key is no longer theirs are returned (to be cut
  // off).
  std::optional<SiteNo> reload(SiteNo site);

  // For the route that issues a code: the row to write in the same transaction as nothing else.
  static void issue(sync::Decision& decision, SiteNo site, const EnrolSecret& secret,
                    TimeMs expires);

 private:
  sync::Store& store_;
  sync::Engine& engine_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<LinkKey, SiteNo> by_key_;
};

}  // namespace opora::hub
