// One run of a daemon: see process.h. Kept by a shared_ptr so that a commit in which the power
// fails can end; a dead life does and says nothing more.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "hub/owners.h"
#include "sync/engine/engine_queue.h"
#include "sync/exchange/hub_exchange.h"
#include "sync/exchange/site_exchange.h"
#include "sync/feed/store_files.h"
#include "sync/feed/store_streams.h"
#include "sync/journal/journal_guard.h"
#include "tests/sim/region/file_mistakes.h"
#include "tests/sim/region/mistakes.h"
#include "tests/sim/region/process.h"
#include "tests/sim/region/sim_due.h"
#include "tests/sim/region/sim_postman.h"

namespace opora::sim {

class Life final : public std::enable_shared_from_this<Life>,
                   public sync::BatchIntake,
                   public sync::EngineObserver,
                   public sync::LinkObserver,
                   public sync::PeerDirectory,
                   public sync::SiteTransport,
                   public sync::HubTransport,
                   public Network::SiteEnd,
                   public Network::HubEnd {
 public:
  explicit Life(Process& process);
  ~Life() override;

  Status open_store();
  void open_link();
  void stop();
  void kill();
  void submit(sync::Command command) override;
  void on_time_skipped() {
    if (due_) due_->on_time_skipped();
  }
  // An administrator of the hub decides about a fork of a site's journal.
  void decide_fork(SiteNo site, protocol::Verdict decision);

 private:
  bool hub() const { return process_.site_ == kHubSite; }
  bool goes_on();
  void later(std::int64_t delay_ms, std::function<void()> job);
  void plan_turn();
  void turn();
  Status read_unread();
  std::function<Result<sync::Answer>(sync::Decision&)> as_older(
      std::function<Result<sync::Answer>(sync::Decision&)> decide) const;
  Result<sync::StartedUp> put_right(sync::SafetySegments* safety,
                                    const std::optional<std::string>& damage);
  void tend();
  void fail();
  void touch();
  void open_post();
  void open_due();
  void grown(sync::StreamKind stream, SiteNo peer);

  // BatchIntake
  void submit(sync::ReceivedBatch batch) override;
  TimeMs settled_before() const override;
  const sync::Vault& vault() const override { return core_->vault(); }
  SiteNo site() const override { return process_.site_; }
  // EngineObserver
  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef& ref) override;
  void on_key(sync::Transaction& txn, const AggregateId& aggregate) override;
  void on_key_refused(sync::Transaction& txn, SiteNo peer, const AggregateId& aggregate) override;
  void on_received(sync::Transaction& txn, sync::Decision& decision,
                   const protocol::Event& event) override;
  void on_folded() override { folded_ = outbox_.take_grown(); }
  void on_committed(const Committed& committed) override;
  void on_answered(const Committed& committed) override {
    if (due_) due_->on_answered(committed);
  }
  void on_recalled() override;
  void on_set_aside(sync::Stream stream, SiteNo peer, StreamPos pos,
                    const std::string& reason) override;
  // LinkObserver
  void connected(SiteNo peer, const sync::PeerInfo& info) override;
  void disconnected(SiteNo peer, protocol::CloseReason reason, const std::string& text) override;
  void unreachable(SiteNo peer, const std::string& text) override {
    if (due_) due_->unreachable(peer, text);
  }
  void acked(SiteNo peer, sync::StreamKind stream, StreamPos durable, StreamPos safe) override;
  void peer_status(SiteNo peer, const sync::PeerStatus& status) override;
  void alarm(SiteNo peer, sync::AlarmCode code, const std::string& text) override;
  // PeerDirectory
  std::optional<SiteNo> site_of(const LinkKey& key) const override;
  // SiteTransport, HubTransport
  Status open() override;
  bool send(const Bytes& frame) override;
  void close() override;
  bool send(const sync::Route& route, const Bytes& frame) override;
  Status end_all() override;
  // Network
  void on_connected() override;
  void on_disconnected() override;
  void on_failed() override;
  void on_frame(const Bytes& frame) override;
  void on_frame(Network::LineId line, SiteNo from, const Bytes& frame) override;

  Process& process_;
  Sim& sim_;
  bool dead_ = false;
  std::unique_ptr<sync::Store> store_;
  std::unique_ptr<sync::JournalGuard> guard_;
  SessionRandom session_random_;
  std::unique_ptr<sync::EngineCore> core_;
  sync::EngineQueue queue_;
  std::size_t bytes_waiting_ = 0;
  bool turn_planned_ = false;
  bool reading_ = false;
  hub::Outbox outbox_;
  std::set<SiteNo> folded_;  // whose streams grew by the group that is committed
  TimeMs turn_started_;
  StreamPos told_;
  std::set<std::pair<sync::StreamKind, SiteNo>> grown_;
  std::optional<sync::StoreStreams> streams_;
  std::optional<MistakenStreams> ports_;
  std::optional<sync::StoreFiles> files_;
  std::optional<MistakenFiles> file_ports_;
  std::optional<sync::SiteExchange> site_exchange_;
  std::optional<SimPostman> postman_;
  std::optional<SimDueWatch> due_;
  std::optional<sync::HubExchange> hub_exchange_;
  std::optional<sync::MonoMs> timer_;
  std::map<Network::LineId, SiteNo> routes_;
};

}  // namespace opora::sim
