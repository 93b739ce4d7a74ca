// What the node knows of its link to the region: for the status line, the page Sync and receipts.
// The replicator's thread writes, any thread reads. What must survive a restart (how far the region
// has our journal, the last success) is kept as a row of kMeta by save().
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sync/engine/batch_intake.h"
#include "sync/feed/store_streams.h"
#include "web/app/link_log.h"
#include "web/app/live.h"
#include "web/app/pace.h"

namespace opora::node {

struct LinkView {
  bool connected = false;
  std::optional<TimeMs> since;         // of the present state
  std::optional<TimeMs> last_success;  // last time the region answered
  // The last time that it did not answer for kSilenceMs and then did; kept over a restart, as the
  // time before it is.
  std::optional<protocol::Silence> silence;
  std::string last_error;       // English, of the last failed attempt; empty while connected
  std::string last_error_code;  // kUnreachable or a close reason's name; empty likewise
  StreamPos acked;              // of our journal, durable at the hub
  StreamPos safe;
  std::uint64_t region_pending = 0;      // records for us that the region says we lack
  std::optional<TimeMs> region_through;  // what we hold of the region's data is complete up to here
  struct Alarm {
    std::string code;
    std::string text;
    TimeMs at;
  };
  std::vector<Alarm> alarms;  // newest last, at most kMaxAlarms
  std::uint64_t ups = 0;      // since the process began, as downs
  std::uint64_t downs = 0;
};

// How far the region had the journal when it was last written down.
StreamPos saved_acked(const sync::Reader& rows);

class LinkState final : public sync::LinkObserver {
 public:
  // More would hide the newest on the page; each also goes to the log.
  static constexpr std::size_t kMaxAlarms = 50;
  static constexpr std::int64_t kHeardEveryMs = 60'000;
  // The code of an attempt that never came to a session.
  static constexpr const char* kUnreachable = "unreachable";

  LinkState(sync::Store& store, sync::StoreStreams& streams, const Clock& clock, app::Live& live);

  LinkView view() const;
  StreamPos acked() const;
  // Seconds until so many more entries of a stream are confirmed, at the pace of the last minute.
  std::optional<std::int64_t> seconds_for(sync::StreamKind stream, std::uint64_t waiting) const;
  std::optional<TimeMs> last_success() const;
  std::optional<protocol::Silence> silence() const;
  // The region is there, and its clock says what ours does.
  bool clock_confirmed() const;
  // Writes what changed since the last call through the engine. Called every few seconds. That the
  // region still answers is written once in kHeardEveryMs: leases are counted from it in days.
  void save(sync::BatchIntake& engine);

  void connected(SiteNo peer, const sync::PeerInfo& info) override;
  void disconnected(SiteNo peer, protocol::CloseReason reason, const std::string& text) override;
  void unreachable(SiteNo peer, const std::string& text) override;
  void acked(SiteNo peer, sync::StreamKind stream, StreamPos durable, StreamPos safe) override;
  void peer_status(SiteNo peer, const sync::PeerStatus& status) override;
  void alarm(SiteNo peer, sync::AlarmCode code, const std::string& text) override;

 private:
  void note_heard();  // under the mutex
  sync::StoreStreams& streams_;
  const Clock& clock_;
  app::Live& live_;
  mutable std::mutex mutex_;
  LinkView view_;
  std::map<sync::StreamKind, app::Pace> paces_;
  app::LinkLog log_{"region"};
  bool dirty_ = false;
  bool silence_dirty_ = false;
  bool clock_confirmed_ = false;
  TimeMs saved_heard_;
};

}  // namespace opora::node
