#include "tests/sim/region/sim_due.h"

#include <algorithm>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/domain/due_rows.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_times.h"
#include "sync/projection/catalogues.h"
#include "tests/support/region.h"

namespace opora::sim {

using protocol::TicketState;

namespace {

// Oftener than node::DueWatch::kEveryMs: of a ticket one thing is said a turn, and hours pass at
// once.
constexpr std::int64_t kTurnMs = 1'000;
constexpr std::int64_t kSaveEveryMs = 2'000;

// In zones as the workload's decisions have them, whatever this machine knows of zones.
protocol::Timetable timetable(const sync::Reader& rows) {
  return sync::read_timetable(rows, *testing::zone_named("Europe/Moscow"), testing::zone_named);
}

// Planted: what was due before the daemon began is not there.
class SinceTheStart final : public sync::Store {
 public:
  SinceTheStart(sync::Store& store, SiteNo site, TimeMs start)
      : store_(store),
        hidden_from_(protocol::keys::moments(site)),
        hidden_to_(protocol::keys::moments_after(site, start)) {}
  std::unique_ptr<sync::Reader> snapshot() const override {
    return std::make_unique<Rows>(store_.snapshot(), *this);
  }
  std::unique_ptr<sync::Transaction> begin() override { return store_.begin(); }
  Status compact(sync::Table table, std::string_view prefix) override {
    return store_.compact(table, prefix);
  }

 private:
  class Rows final : public sync::Reader {
   public:
    Rows(std::unique_ptr<sync::Reader> rows, const SinceTheStart& since)
        : rows_(std::move(rows)), since_(since) {}
    std::optional<Bytes> get(sync::Table table, std::string_view key) const override {
      return rows_->get(table, key);
    }
    void scan(sync::Table table, std::string_view from, std::string_view to,
              const sync::RowVisitor& visit) const override {
      rows_->scan(table, from, to, [&](std::string_view key, std::string_view row) {
        const bool hidden =
            table == sync::Table::kIndex && key >= since_.hidden_from_ && key < since_.hidden_to_;
        return hidden || visit(key, row);
      });
    }
    void scan_back(sync::Table table, std::string_view from, std::string_view to,
                   const sync::RowVisitor& visit) const override {
      rows_->scan_back(table, from, to, visit);
    }

   private:
    std::unique_ptr<sync::Reader> rows_;
    const SinceTheStart& since_;
  };

  sync::Store& store_;
  const Bytes hidden_from_;
  const Bytes hidden_to_;
};

}  // namespace

// Commands by which the checkers know whose they are.
class SimDueWatch::OwnWords final : public sync::BatchIntake {
 public:
  explicit OwnWords(const Ports& ports) : ports_(ports) {}
  void submit(sync::Command command) override {
    command.key = sync::CommandKey{ports_.watch.own_command(), {}};
    ports_.engine.submit(std::move(command));
  }
  void submit(sync::ReceivedBatch) override { OPORA_CHECK(false); }
  TimeMs settled_before() const override { return ports_.engine.settled_before(); }
  const sync::Vault& vault() const override { return ports_.engine.vault(); }
  SiteNo site() const override { return ports_.engine.site(); }

 private:
  const Ports& ports_;
};

SimDueWatch::SimDueWatch(Sim& sim, Ports ports, bool may_speak)
    : sim_(sim),
      ports_(std::move(ports)),
      may_speak_(may_speak),
      site_(ports_.engine.site()),
      own_words_(std::make_unique<OwnWords>(ports_)),
      rows_(sim.planted == Planted::kThresholdForgotten
                ? std::make_unique<SinceTheStart>(ports_.store, site_, ports_.clock.now())
                : nullptr),
      timetables_(timetable),
      link_(ports_.store, ports_.streams, ports_.clock, live_),
      watch_(rows_ ? *rows_ : ports_.store, ports_.clock, settings(), timetables_) {}

SimDueWatch::~SimDueWatch() = default;

node::DueWatch::Settings SimDueWatch::settings() {
  const bool unsaid = sim_.planted == Planted::kCutUnsaid;
  return {site_, [this] { return link_.clock_confirmed(); },
          [this, unsaid] { return unsaid ? ports_.clock.now() : link_.last_success(); },
          [this, unsaid] { return unsaid ? std::nullopt : link_.silence(); }};
}

void SimDueWatch::start() {
  ports_.later(sim_.dice.between(1, kTurnMs), [this] { turn(); });
  ports_.later(kSaveEveryMs, [this] { save(); });
}

void SimDueWatch::turn() {
  ports_.later(kTurnMs, [this] { turn(); });
  if (may_speak_) watch_.look(*own_words_);
}

void SimDueWatch::save() {
  ports_.later(kSaveEveryMs, [this] { save(); });
  link_.save(*own_words_);
}

// Planted: of the time in which it was handed over, the receiver's clock and calendar decide.
protocol::Entity SimDueWatch::mistaken(protocol::Entity ticket) const {
  auto* state = std::get_if<TicketState>(&ticket.state);
  if (sim_.planted != Planted::kHandoverCharged || state == nullptr || state->stays.empty())
    return ticket;
  const TimeMs since = std::max(protocol::owner_since(*state).time(), state->stays.back().from);
  state->stays.push_back({since, state->stays.back().queue, site_});
  return ticket;
}

void SimDueWatch::on_received(sync::Decision& decision, const protocol::Event& event) {
  const bool of_ticket = protocol::kind_of(event.env.type) == protocol::Kind::kTicket;
  if (!may_speak_ || !of_ticket) return;
  protocol::DecideContext at = timetables_.context(decision);
  at.region_heard = at.now;
  const auto& ticket = decision.load(protocol::Kind::kTicket, event.env.aggregate);
  decision.emit(protocol::decide_times(mistaken(ticket), at));
}

void SimDueWatch::on_answered(const sync::EngineObserver::Committed& committed) {
  const bool other_times =
      std::any_of(committed.touched.begin(), committed.touched.end(),
                  [](const auto& touched) { return app::is_of_timetables(touched.kind); });
  if (other_times) watch_.catalogues_changed();
}

void SimDueWatch::heard() { ports_.watch.heard(site_, ports_.clock.now()); }

void SimDueWatch::connected(SiteNo peer, const sync::PeerInfo& info) {
  heard();
  link_.connected(peer, info);
}

void SimDueWatch::disconnected(SiteNo peer, protocol::CloseReason reason, const std::string& text) {
  last_status_.reset();
  link_.disconnected(peer, reason, text);
}

void SimDueWatch::acked(SiteNo peer, sync::StreamKind stream, StreamPos durable, StreamPos safe) {
  heard();
  link_.acked(peer, stream, durable, safe);
}

void SimDueWatch::peer_status(SiteNo peer, const sync::PeerStatus& status) {
  heard();
  last_status_ = status;
  region_ahead_ms_ = status.now.time() - ports_.clock.now();
  link_.peer_status(peer, status);
}

void SimDueWatch::on_time_skipped() {
  if (!last_status_) return;
  sync::PeerStatus status = *last_status_;
  const TimeMs there = ports_.clock.now() + region_ahead_ms_;
  status.now = Hlt{static_cast<std::uint64_t>(there.v) << 16};
  heard();
  link_.peer_status(kHubSite, status);
}

sync::Command resuming_without_the_pause(const AggregateId& ticket) {
  sync::Command command;
  command.done = [](const Result<sync::Answer>&) {};
  command.decide = [ticket](sync::Decision& decision) -> Result<sync::Answer> {
    const protocol::Timetable times = timetable(decision.rows());
    protocol::DecideContext at = decision.context();
    at.times = &times;
    protocol::TicketAction action;
    action.what = protocol::TicketAction::What::kResume;
    const auto& entity = decision.load(protocol::Kind::kTicket, ticket);
    auto drafts = protocol::decide(action, entity, at, nullptr);
    if (!drafts.ok()) return drafts.error();
    auto* said = std::get_if<protocol::TicketResumed>(&drafts->front().facts);
    OPORA_CHECK(said != nullptr);
    TicketState charged = *entity.as<TicketState>();
    charged.status = protocol::TicketStatus::kInWork;
    charged.waits.clear();
    charged.times = said->times;
    said->times = protocol::worked_out(charged, times);
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  return command;
}

}  // namespace opora::sim
