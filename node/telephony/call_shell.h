// CallShell: the call queue of a site, running. Each thing that happens is one command of the
// engine: the core takes its step, and the rows that it touched, the numbers of calls that are
// promised and what reports are told are one transaction. Once that is durable, the PBX is told
// what to do, on the engine's thread, in the order of the steps.
//
// So at any moment the store has a state that the core was in, and the journal says what led to it.
// Ended in between, the process has said a command less to the PBX than its rows know: at the start
// the rows are read, the PBX is looked at, and what may be missing is said again.
//
// States: begins (rows not read) → runs. A command that the engine did not take, or a commit whose
// draft was refused, leads back to where the rows are read again; a store that failed ends the
// process. Threads: tell, next_call, ask, dial_out, set_plan, look from any; the core is the
// engine's thread's. Whoever owns the engine stops it before this goes.
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>

#include "node/telephony/call_back_notes.h"
#include "node/telephony/call_control.h"
#include "node/telephony/call_journal.h"
#include "node/telephony/call_numbers.h"
#include "node/telephony/call_rows.h"
#include "node/telephony/queue/core.h"

namespace opora::telephony {

class CallShell final : public CallEvents {
 public:
  // How late a timer of the queue may be: nobody hears it.
  static constexpr int kEveryMs = 100;
  // A clock that was set back by more: the timers of calls begin anew, or they would stand still
  // until it is again what it was.
  static constexpr std::int64_t kSetBackMs = 5'000;

  using Submit = std::function<void(sync::Command)>;
  using SharedPlan = std::shared_ptr<const SitePlan>;
  // What came of what somebody asked for: nothing when it was done. Engine's thread.
  using Answered = std::function<void(std::optional<Refusal>)>;

  // A journey for whoever comes in (T23); any thread.
  using Draw = std::function<protocol::JourneyId()>;

  // The PBX outlives the shell. `changed`: what screens show of the queue did; engine's thread.
  CallShell(
      Submit submit, CallControl& pbx, SharedPlan plan, std::uint32_t phantom_ms,
      std::function<void()> changed = [] {}, Draw draw = [] { return protocol::JourneyId{}; });

  // Once, before the adapter tells anything: reads the rows, then lets the adapter look.
  void start();
  void tell(Report report) override;
  std::optional<CallNo> next_call() override { return numbers_.take(); }
  // Whether he may ask for it was looked at before.
  struct Asker {
    AgentNo agent;
    AggregateId user;  // as the journal names who did it
  };
  void ask(Asker who, Ask what, Answered answered);
  void dial_out(Asker who, const std::string& number, Answered answered);
  // Puts somebody into his place who asked to be called back (O7); of a task that is there already,
  // or that is not this site's to call when the engine comes to it, nothing happens.
  struct CallBackTask {
    AggregateId id;
    std::string number;
    protocol::QueuePlace place;
  };
  void call_back(const CallBackTask& task);
  // Nobody here is to call him any more.
  void withdraw(const AggregateId& task, Withdrawal how);
  // Those that stand in a queue, or are called.
  std::vector<AggregateId> call_backs() const;
  void desk_seen(AgentNo agent) { submit(of(DeskSeen{agent})); }
  void desk_lost(AgentNo agent) { submit(of(DeskLost{agent})); }
  void set_plan(SharedPlan plan);
  // Every kEveryMs: what is due, and what was missed.
  void look(TimeMs now);

  // Engine's thread; null before the rows are read.
  const Core* core() const { return core_ ? &*core_ : nullptr; }

 private:
  // One command of the engine, from the event to the PBX.
  struct Turn {
    Event event;
    AggregateId user{};  // who wants it; zeros: nobody, it happened
    CallJournal::Numbers numbers{};
    SharedPlan plan{};   // with PlanChanged
    AggregateId task{};  // with CallBackEntered
    Answered answered{};
    // What the decision leaves for what comes after it.
    Commands commands{};
    SiteNo site{};
    std::vector<protocol::LostCall> wishes{};
    std::vector<CallBackNotes::Attempt> attempts{};
    std::vector<AggregateId> at_own_queue{};  // calls
    std::optional<std::uint64_t> numbers_below{};
    bool look_again = false;
    bool touched = false;  // rows
  };
  using SharedTurn = std::shared_ptr<Turn>;
  static SharedTurn of(Event event);

  void submit(SharedTurn turn);
  void decide(sync::Decision& decision, Turn& turn);
  void take(sync::Decision& decision, Turn& turn, const Event& event);
  static bool may_happen(sync::Decision& decision, const Turn& turn);
  void know_last_agent(sync::Decision& decision, Event& event) const;
  bool calls_back(CallNo call) const;
  void know_called_back(const StoredRows& stored);
  void know_numbers(sync::Decision& decision, const StoredRows& stored);
  void read(sync::Decision& decision, Turn& turn);
  void done(Turn& turn, const Result<sync::Answer>& answer);
  void drop_unknown(sync::Decision& decision, Turn& turn);
  void note(Turn& turn, const Commands& commands) const;
  protocol::LostCall wish_of(const LeaveCallBack& left, SiteNo site) const;
  void forget_call_back(CallNo call);

  const Submit submit_;
  CallControl& pbx_;
  const std::uint32_t phantom_ms_;
  const std::function<void()> changed_;
  const Draw draw_;
  CallNumbers numbers_;
  std::atomic<std::int64_t> wake_{std::numeric_limits<std::int64_t>::max()};
  std::atomic<std::int64_t> last_{0};    // the time of the last step
  std::atomic<bool> ticking_{false};     // a tick is under way
  std::atomic<bool> missed_{false};      // an event was not taken
  std::atomic<bool> read_again_{false};  // the core is ahead of its rows
  std::atomic<std::uint64_t> asks_{0};
  mutable std::mutex mutex_;
  std::map<AggregateId, CallNo> called_back_;  // tasks that stand in a queue, or are called

  // Engine's thread.
  SharedPlan plan_;
  std::optional<Core> core_;
  bool numbered_ = false;
  CallJournal::Numbers persons_;
};

}  // namespace opora::telephony
