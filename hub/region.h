// What the hub knows of each site's link: for the tiles of "Region now", "data through" of every
// report and the list of sites. The replicator's thread writes, any thread reads. Survives a
// restart as rows of kMeta ("site-link" | site; "site-told" | site: how far it has its private
// stream), written by save().
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sync/engine/engine.h"
#include "sync/feed/store_streams.h"
#include "web/app/link_log.h"
#include "web/app/live.h"
#include "web/app/pace.h"

namespace opora::hub {

struct SiteLink {
  bool connected = false;
  std::optional<TimeMs> since;          // of the present state
  std::optional<TimeMs> data_through;   // all that happened at the site up to then is here
  std::optional<TimeMs> oldest_unsent;  // as the site last said
  std::uint64_t pending = 0;  // records that the site holds and we do not, as it last said
  std::string software;
  std::optional<bool> same_time;  // its clock and ours, as of its last word on this link
  struct Alarm {
    std::string code;
    std::string text;
    TimeMs at;
  };
  std::vector<Alarm> alarms;
  std::uint64_t ups = 0;  // since the process began, as downs
  std::uint64_t downs = 0;
};

class Region final : public sync::LinkObserver {
 public:
  static constexpr std::size_t kMaxAlarms = 20;  // a tile shows the newest, the log has all

  Region(sync::Store& store, sync::StoreStreams& streams, const Clock& clock, app::Live& live);

  SiteLink link(SiteNo site) const;
  std::optional<TimeMs> data_through(SiteNo site) const;
  // The site's journal as it is here: on the disk, and in a verified backup as well.
  struct Held {
    StreamPos durable;
    StreamPos safe;
    std::optional<std::int64_t> eta_s;  // until the rest is here, at the pace of the last minute
  };
  Held held(SiteNo site) const;
  // How far it has its private stream.
  StreamPos told(SiteNo site) const { return streams_.acked(sync::StreamKind::kPrivate, site); }
  std::size_t connected_count() const;
  // Our clock is that of most sites that are linked, within kMaxClockLeadMs: what cannot be undone
  // may go by it. False while none is linked.
  bool clock_confirmed() const;
  void save(sync::Engine& engine);
  // Tells open screens when a site falls behind or catches up: that is a matter of time, and no
  // message of the link says it. What the log left out of a link that flaps is said then too.
  // Called every few seconds.
  void announce_behind();
  // An alarm of our own making (a record set aside).
  void raise(SiteNo site, const std::string& code, const std::string& text);

  void connected(SiteNo peer, const sync::PeerInfo& info) override;
  void disconnected(SiteNo peer, protocol::CloseReason reason, const std::string& text) override;
  void unreachable(SiteNo peer, const std::string& text) override;
  void acked(SiteNo peer, sync::StreamKind stream, StreamPos durable, StreamPos safe) override;
  void peer_status(SiteNo peer, const sync::PeerStatus& status) override;
  void alarm(SiteNo peer, sync::AlarmCode code, const std::string& text) override;

 private:
  void changed();
  app::LinkLog& log_of(SiteNo site);
  sync::StoreStreams& streams_;
  const Clock& clock_;
  app::Live& live_;
  mutable std::mutex mutex_;
  std::map<SiteNo, SiteLink> links_;
  std::map<SiteNo, app::Pace> paces_;
  std::map<SiteNo, app::LinkLog> logs_;
  std::set<SiteNo> dirty_;
  std::set<SiteNo> behind_;  // as last announced
};

}  // namespace opora::hub
