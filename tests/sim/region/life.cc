#include "tests/sim/region/life.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sync/feed/marks.h"
#include "sync/projection/reads_ticket.h"
#include "sync/projection/rebuild.h"
#include "tests/support/ticket_files.h"

namespace opora::sim {

using sync::StreamKind;

namespace {

// A group commit takes this long, mostly; now and then the disk is busy.
constexpr std::int64_t kCommitMs = 3;
constexpr std::int64_t kBusyCommitMs = 120;
constexpr int kBacklogPercent = 50;
// As the daemons look after their head file and safety journal.
constexpr std::int64_t kTendMs = 2'000;
// From one thread of the daemon to another.
constexpr std::int64_t kHandOverMs = 1;

std::size_t bytes_of(const sync::ReceivedBatch& batch) {
  std::size_t bytes = 0;
  for (const sync::Entry& entry : batch.entries) bytes += entry.bytes.size();
  return bytes;
}

// Planted: before anything asked for them.
Status discard_uploads(sync::Store& store) {
  const auto txn = store.begin();
  for (const sync::FileId& id : sync::staged_files(*store.snapshot()))
    sync::discard_staged(*txn, id);
  return txn->commit();
}

// Planted: the journal ends where the head says.
Status cut_to_head(sync::Store& store, const sync::Note& note) {
  const auto head = sync::read_own_head(note);
  if (!head || head->end.pos.v == 0) return ok_status();
  const auto txn = store.begin();
  sync::scan_journal(*store.snapshot(), head->site, StreamPos{head->end.pos.v + 1},
                     [&txn](const sync::JournalRow& row) {
                       txn->erase(sync::Table::kJournal, row.ref.key());
                       return true;
                     });
  return txn->commit();
}

}  // namespace

Life::Life(Process& process)
    : process_(process), sim_(process.sim_), session_random_(process.sim_, process.random_) {}

Life::~Life() = default;

Status Life::open_store() {
  // Stays with the process that opened it: a commit in which the power fails is this life's last.
  auto opened = process_.disk_.open(process_.after_damage_,
                                    [this] { process_.power_cut(sim_.dice.between(50, 3'000)); });
  if (!opened.ok()) return opened.error();
  store_ = std::move(opened->store);
  auto safety = process_.device_.open([this](const std::vector<sync::GuardedRow>& records) {
    process_.watch_.device_away(process_.site_, records);
  });
  const auto started = put_right(safety.get(), opened->damage);
  if (!started.ok()) return started.error();
  if (!started->safety_why.empty()) safety.reset();
  const sync::Vault vault(process_.site_key_, process_.vocabulary_);
  const auto projection = sync::ensure_projection(*store_, vault);
  if (!projection.ok()) return projection.error();
  const sync::EngineSettings settings{process_.site_, process_.site_key_,
                                      [](TimeMs) { return std::int16_t{180}; },
                                      process_.vocabulary_};
  auto guard = sync::JournalGuard::open(*store_, process_.site_, process_.disk_.head().open(),
                                        process_.device_.start(std::move(safety)));
  if (!guard.ok()) return guard.error();
  guard_ = std::move(*guard);
  auto core =
      sync::EngineCore::open(guard_->store(), settings, process_.clock_, process_.random_, *this);
  if (!core.ok()) return core.error();
  core_ = std::move(*core);
  outbox_.attach(*core_);
  return ok_status();
}

// Compares with the head and the second device, and takes in what a recall brought.
Result<sync::StartedUp> Life::put_right(sync::SafetySegments* safety,
                                        const std::optional<std::string>& damage) {
  const auto head = process_.disk_.head().open();
  if (sim_.planted == Planted::kSafetyIgnored) safety = nullptr;
  if (sim_.planted == Planted::kHeadTrusted) OPORA_TRY(cut_to_head(*store_, *head));
  if (sim_.planted == Planted::kUploadsDiscarded) OPORA_TRY(discard_uploads(*store_));
  sync::StartUp start{process_.site_, process_.clock_.now(), damage, process_.after_damage_, {}};
  start.say = [this](sync::StartUp::Weight, const std::string& what) {
    sim_.story.tell(name_of(process_.site_), what);
  };
  if (sim_.planted == Planted::kDamageUnsaid) start.damage.reset();
  if (const auto rows = store_->snapshot(); sync::recall_complete(*rows)) {
    const auto staged = sync::read_cursor(*rows, sync::Stream::kRecall, kHubSite);
    process_.watch_.recalled(process_.site_, staged.pos);
  }
  const sync::Vault vault(process_.site_key_, process_.vocabulary_);
  auto started = sync::put_right(*store_, *head, safety, vault, start, process_.random_);
  const auto said = sync::losses(*store_->snapshot());
  if (started.ok() && damage && (said.empty() || said.back().at != start.now))
    sim_.story.wrong(name_of(process_.site_) + " does not say that its logs were damaged");
  return started;
}

void Life::open_link() {
  streams_.emplace(*store_, *this,
                   hub() ? mistaken(sim_.planted, hub::send_rights()) : sync::SendRights{});
  ports_.emplace(sim_, *streams_, *streams_,
                 [this] { process_.watch_.starts_afresh(process_.site_); });
  files_.emplace(
      *store_, *this,
      [hub = hub(), anyone = sim_.planted == Planted::kFileForAnyone](
          const sync::Reader& rows, const AggregateId& ticket, SiteNo site) {
        if (!hub) return sync::reads_ticket(rows, ticket, site);
        return anyone || hub::may_read_ticket(rows, ticket, site);
      },
      [] { return true; });
  file_ports_.emplace(sim_, *files_);
  open_due();
  const sync::LinkPorts ports{*ports_,         *ports_,         *this,
                              process_.clock_, session_random_, &*file_ports_};
  const sync::LoopHost host{[&sim = sim_] { return sync::MonoMs{sim.timeline.now_ms()}; },
                            [weak = weak_from_this(), &sim = sim_](std::function<void()> task) {
                              sim.timeline.after(sim.dice.between(0, kHandOverMs),
                                                 [weak, task = std::move(task)] {
                                                   const auto self = weak.lock();
                                                   if (!self || !self->goes_on()) return;
                                                   task();
                                                   self->touch();
                                                 });
                            }};
  if (hub()) {
    hub_exchange_.emplace("sim", ports, *this, host, *this);
    process_.network_.attach_hub(this);
  } else {
    process_.network_.attach_site(process_.site_, process_.who_, this);
    site_exchange_.emplace(process_.site_, "sim", ports, host, *this);
  }
  touch();
  plan_turn();
  later(kTendMs, [this] { tend(); });
  const auto unfinished = sync::staged_files(*store_->snapshot());
  if (!unfinished.empty()) submit(testing::discarding(unfinished));
  open_post();
}

// Before the exchange, whose first words it is told of.
void Life::open_due() {
  if (hub()) return;
  using protocol::EventType;
  constexpr std::array kWords = {EventType::kTicketRetimed, EventType::kTicketDueReached,
                                 EventType::kTicketFinished, EventType::kTicketTellingDue};
  const bool may_speak = std::all_of(kWords.begin(), kWords.end(), [this](EventType type) {
    return process_.vocabulary_.knows(type);
  });
  due_.emplace(sim_,
               SimDueWatch::Ports{*store_, *streams_, process_.clock_, *this, process_.watch_,
                                  [this](std::int64_t delay, std::function<void()> job) {
                                    later(delay, std::move(job));
                                  }},
               may_speak);
  due_->start();
}

void Life::tend() {
  guard_->tend(streams_->acked(StreamKind::kJournal, kHubSite),
               streams_->acked(StreamKind::kJournalKeys, kHubSite));
  later(kTendMs, [this] { tend(); });
}

// An older version has no postman.
void Life::open_post() {
  if (hub() || !process_.vocabulary_.knows(protocol::EventType::kTicketApplicantTold)) return;
  postman_.emplace(
      sim_, process_.site_,
      SimPostman::Ports{
          *store_, core_->vault(), process_.clock_, process_.random_, process_.watch_.letters(),
          [this](std::int64_t delay, std::function<void()> job) { later(delay, std::move(job)); },
          [this](sync::Command command) { submit(std::move(command)); },
          [this](SiteNo self, const node::OutgoingLetter& letter) {
            process_.watch_.letter_handed(self, *process_.disk_.synced(), letter);
          }});
  postman_->start();
}

void Life::stop() {
  if (hub_exchange_) hub_exchange_->stop();
  if (site_exchange_) site_exchange_->stop();
  queue_.refuse_all();
  kill();
}

void Life::kill() {
  if (std::exchange(dead_, true)) return;
  if (hub_exchange_) process_.network_.attach_hub(nullptr);
  if (site_exchange_) process_.network_.detach_site(process_.who_);
}

void Life::later(std::int64_t delay_ms, std::function<void()> job) {
  sim_.timeline.after(delay_ms, [weak = weak_from_this(), job = std::move(job)] {
    const auto self = weak.lock();
    if (self && self->goes_on()) job();
  });
}

// After a wait: whether this life is still one.
bool Life::goes_on() {
  if (dead_) return false;
  if (!sim_.awaits.strikes()) return true;
  sim_.story.fault("crash at an await");
  process_.power_cut(sim_.dice.between(20, 500));
  return false;
}

void Life::submit(sync::Command command) {
  auto done = std::move(command.done);
  const auto answer = [weak = weak_from_this(), done](Result<sync::Answer> result) {
    const auto self = weak.lock();
    if (self && !self->dead_) done(std::move(result));
  };
  command.done = answer;
  if (process_.older()) command.decide = as_older(std::move(command.decide));
  if (sim_.planted == Planted::kAnswerBeforeSync) {
    command.decide = [decide = std::move(command.decide), answer](sync::Decision& decision) {
      auto result = decide(decision);
      answer(result);
      return result;
    };
  }
  if (auto refused = queue_.push(std::move(command))) refused->done(Error{Code::kTooMany, "", ""});
  plan_turn();
}

// An older version offers no form for what it does not know: people wait for the upgrade.
std::function<Result<sync::Answer>(sync::Decision&)> Life::as_older(
    std::function<Result<sync::Answer>(sync::Decision&)> decide) const {
  return [this, decide = std::move(decide)](sync::Decision& decision) -> Result<sync::Answer> {
    auto answer = decide(decision);
    const auto known = [&](const protocol::Draft& draft) {
      return process_.vocabulary_.knows(protocol::type_of(draft.facts));
    };
    const auto& drafts = decision.drafts();
    if (std::all_of(drafts.begin(), drafts.end(), known)) return answer;
    return Error{Code::kUnavailable, "", "not in this version"};
  };
}

void Life::decide_fork(SiteNo site, protocol::Verdict decision) {
  auto fork = sync::read_fork(*store_->snapshot(), site);
  if (!fork) return;
  fork->decision = decision;
  sync::Command command;
  command.decide = [row = sync::fork_row(site, fork)](sync::Decision& change) {
    change.put_meta(row.first, *row.second);
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [this, site](const Result<sync::Answer>& answer) {
    if (!answer.ok()) return;
    later(1, [this, site] {
      hub_exchange_->renew(site);
      touch();
    });
  };
  submit(std::move(command));
}

void Life::submit(sync::ReceivedBatch batch) {
  const std::size_t bytes = bytes_of(batch);
  bytes_waiting_ += bytes;
  process_.watch_.waiting(process_.site_, bytes_waiting_);
  batch.done = [this, bytes, done = std::move(batch.done)](Result<sync::StreamHead> head) {
    bytes_waiting_ -= bytes;
    done(std::move(head));
  };
  queue_.push(std::move(batch));
  plan_turn();
}

// Between two turns nothing is under way but the commit of the last.
TimeMs Life::settled_before() const {
  const TimeMs now = process_.clock_.now();
  const TimeMs through = (core_->commit_goes_on() ? std::min(now, turn_started_) : now) + -1;
  core_->promise(through);
  return through;
}

void Life::plan_turn() {
  const bool idle = queue_.empty() && !core_->commit_goes_on() && !core_->has_readable();
  if (turn_planned_ || idle) return;
  turn_planned_ = true;
  const std::int64_t most = sim_.dice.percent(5) ? kBusyCommitMs : kCommitMs;
  later(sim_.dice.between(0, most), [this] { turn(); });
}

void Life::turn() {
  const auto self = shared_from_this();  // the power may fail in it
  turn_planned_ = false;
  auto turn = queue_.take();
  turn_started_ = process_.clock_.now();
  // More than a slice rarely waits in so small a region, and its commits would never go on beside.
  if (turn.commands.empty() && sim_.dice.percent(kBacklogPercent))
    turn.backlog = sync::Backlog::kMore;
  const Status status =
      turn.empty() ? core_->settle() : core_->run(turn.commands, turn.batches, turn.backlog);
  if (dead_) return;
  queue_.finish(turn, status);
  if (!status.ok() || !read_unread().ok()) return dead_ ? void() : fail();
  if (dead_) return;
  plan_turn();
}

Status Life::read_unread() {
  reading_ = true;
  Status status = core_->read_unread();
  reading_ = false;
  return status;
}

// As the daemons: the outcome is unknown, so stop and let the supervisor start again.
void Life::fail() {
  sim_.story.tell(name_of(process_.site_), "a commit failed: stops");
  const auto self = shared_from_this();
  stop();
  process_.die();
  process_.start_after(sim_.dice.between(100, 1'500));
}

// After everything that the exchange was told: timers, and the next time to look.
void Life::touch() {
  if (dead_) return;
  if (hub_exchange_) hub_exchange_->tick();
  if (site_exchange_) site_exchange_->tick();
  const auto wake = hub_exchange_ ? hub_exchange_->wake_at() : site_exchange_->wake_at();
  if (wake == timer_) return;
  timer_ = wake;
  if (!wake) return;
  const std::int64_t wait = std::max<std::int64_t>(wake->v - sim_.timeline.now_ms(), 0);
  later(wait, [this, due = *wake] {
    if (timer_ != due) return;
    timer_.reset();
    touch();
  });
}

void Life::on_event(sync::Transaction& txn, const protocol::Event& event,
                    const sync::JournalRef& ref) {
  if (due_) due_->on_event(event);
  if (!hub()) return;
  if (sim_.planted == Planted::kProblemForgotten &&
      std::holds_alternative<protocol::ProblemClosed>(event.facts)) {
    return;
  }
  if (sim_.planted == Planted::kOwnerNotTold &&
      std::holds_alternative<protocol::TicketOwnerChanged>(event.facts)) {
    return;
  }
  if (sim_.planted == Planted::kUnreadNotTold && reading_) return;
  outbox_.on_event(txn, event, ref);
  if (sim_.planted == Planted::kKeyForAWord &&
      std::holds_alternative<protocol::TicketAssigned>(event.facts)) {
    core_->streams().append(txn, StreamKind::kPrivateKeys, ref.origin, event.env.aggregate.view(),
                            event.env.aggregate.view());
  }
  if (!std::holds_alternative<protocol::UserChanged>(event.facts)) return;
  if (sim_.planted == Planted::kUserLeaked) {
    const auto record = sync::read_record(txn, ref);
    core_->streams().append(txn, StreamKind::kPrivate, kLeakedTo, ref.key(), record->record);
  } else if (sim_.planted == Planted::kKeyLeaked) {
    core_->streams().append(txn, StreamKind::kPrivateKeys, kLeakedTo, event.env.aggregate.view(),
                            event.env.aggregate.view());
  }
}

void Life::on_key(sync::Transaction& txn, const AggregateId& aggregate) {
  if (hub()) outbox_.on_key(txn, aggregate);
}

void Life::on_key_refused(sync::Transaction& txn, SiteNo peer, const AggregateId& aggregate) {
  // The answer to the key that a site makes up would bring the one that it was not sent.
  if (sim_.planted == Planted::kRecallWithoutKeys) return;
  if (hub()) outbox_.return_key(txn, aggregate, peer);
}

void Life::on_received(sync::Transaction& txn, sync::Decision& decision,
                       const protocol::Event& event) {
  if (hub()) hub::answer_ticket_event(outbox_, txn, decision, event);
  if (due_) due_->on_received(decision, event);
}

void Life::on_committed(const Committed& committed) {
  if (hub()) {
    for (const SiteNo site : folded_) {
      grown(site == kHubSite ? StreamKind::kCommonKeys : StreamKind::kPrivateKeys, site);
      grown(site == kHubSite ? StreamKind::kCommon : StreamKind::kPrivate, site);
    }
  } else if (committed.journal_end != told_) {
    told_ = committed.journal_end;
    grown(StreamKind::kJournalKeys, kHubSite);
    grown(StreamKind::kJournal, kHubSite);
  }
}

void Life::on_recalled() {
  sim_.story.tell(name_of(process_.site_), "recalled what it had lost");
  later(sim_.dice.between(1, 50), [this] { process_.restart(); });
}

void Life::grown(StreamKind stream, SiteNo peer) {
  if (!grown_.emplace(stream, peer).second || grown_.size() > 1) return;
  later(sim_.dice.between(0, kHandOverMs), [this] {
    for (const auto& [which, site] : std::exchange(grown_, {})) {
      if (hub_exchange_) hub_exchange_->appended(which, site);
      if (site_exchange_) site_exchange_->appended(which);
    }
    touch();
  });
}

void Life::on_set_aside(sync::Stream, SiteNo peer, StreamPos, const std::string& reason) {
  process_.watch_.set_aside(process_.site_, peer, reason);
}

}  // namespace opora::sim
