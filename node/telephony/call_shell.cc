#include "node/telephony/call_shell.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "node/telephony/call_tapes.h"
#include "node/telephony/last_agent.h"
#include "protocol/domain/phone.h"

namespace opora::telephony {

namespace {

// What a caller's PBX says of him is text of a stranger.
constexpr std::size_t kMaxNumber = 32;
std::string dialled(std::string number) {
  std::erase_if(number, [](char c) {
    return std::string_view("+0123456789*#").find(c) == std::string::npos;
  });
  if (number.size() > kMaxNumber) number.resize(kMaxNumber);
  return number;
}

bool is_for_pbx(const Command& command) {
  return !std::holds_alternative<TellCall>(command) &&
         !std::holds_alternative<TellAgent>(command) &&
         !std::holds_alternative<RecordingOver>(command) &&
         !std::holds_alternative<LeaveCallBack>(command) &&
         !std::holds_alternative<Refused>(command);
}

std::optional<CallNo> dialled_by(const Event& event) {
  if (const auto* back = std::get_if<CallBackEntered>(&event)) return back->call;
  const auto* asked = std::get_if<Asked>(&event);
  const auto* out = asked == nullptr ? nullptr : std::get_if<DialOut>(&asked->what);
  return out == nullptr ? std::nullopt : std::optional(out->call);
}

// Of whom we called; nothing: he was not called, or talked with.
std::optional<protocol::CallBackResult> result_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kBusy: return protocol::CallBackResult::kBusy;
    case Outcome::kNotReached: return protocol::CallBackResult::kNoAnswer;
    case Outcome::kNoTrunk: return protocol::CallBackResult::kReleased;
    default: return std::nullopt;
  }
}

std::optional<Refusal> refusal_in(const Commands& commands, const Event& event) {
  const auto* asked = std::get_if<Asked>(&event);
  if (asked == nullptr) return std::nullopt;
  for (const Command& each : commands)
    if (const auto* refused = std::get_if<Refused>(&each);
        refused != nullptr && refused->ask.v == asked->ask.v)
      return refused->why;
  return std::nullopt;
}

}  // namespace

CallShell::CallShell(Submit submit, CallControl& pbx, SharedPlan plan, std::uint32_t phantom_ms,
                     std::function<void()> changed, Draw draw)
    : submit_(std::move(submit)),
      pbx_(pbx),
      phantom_ms_(phantom_ms),
      changed_(std::move(changed)),
      draw_(std::move(draw)),
      plan_(std::move(plan)) {}

CallShell::SharedTurn CallShell::of(Event event) {
  auto turn = std::make_shared<Turn>();
  turn->event = std::move(event);
  return turn;
}

void CallShell::start() { submit(of(Tick{})); }

void CallShell::tell(Report report) {
  if (auto* came = std::get_if<Arrived>(&report.event)) {
    if (came->journey.id.is_zero()) came->journey.id = draw_();
    const auto number = report.numbers.find(came->call);
    came->hidden = number != report.numbers.end() && protocol::phone_key(number->second).empty();
  }
  SharedTurn turn = of(std::move(report.event));
  for (auto& [call, number] : report.numbers)
    if (std::string digits = dialled(std::move(number)); !digits.empty())
      turn->numbers.emplace(call, std::move(digits));
  submit(std::move(turn));
}

void CallShell::ask(Asker who, Ask what, Answered answered) {
  SharedTurn turn = of(Asked{AskNo{++asks_}, who.agent, std::move(what)});
  turn->user = who.user;
  turn->answered = std::move(answered);
  submit(std::move(turn));
}

void CallShell::dial_out(Asker who, const std::string& number, Answered answered) {
  const auto call = numbers_.take();
  const std::string digits = dialled(number);
  if (!call || digits.empty()) return answered(call ? Refusal::kUnknown : Refusal::kUnavailable);
  SharedTurn turn = of(Asked{AskNo{++asks_}, who.agent, DialOut{*call}});
  turn->user = who.user;
  turn->numbers.emplace(*call, digits);
  turn->answered = std::move(answered);
  submit(std::move(turn));
}

void CallShell::call_back(const CallBackTask& task) {
  const std::string digits = dialled(task.number);
  if (digits.empty()) return;
  CallNo call;
  {
    const std::lock_guard lock(mutex_);
    if (called_back_.contains(task.id)) return;
    const auto next = numbers_.take();
    if (!next) return;
    call = *next;
    called_back_.emplace(task.id, call);
  }
  SharedTurn turn = of(CallBackEntered{call,
                                       QueueNo{task.place.queue},
                                       task.place.entered_at,
                                       Priority{task.place.priority},
                                       Skills{task.place.skills},
                                       {}});
  turn->task = task.id;
  turn->numbers.emplace(call, digits);
  submit(std::move(turn));
}

void CallShell::withdraw(const AggregateId& task, Withdrawal how) {
  CallNo call;
  {
    const std::lock_guard lock(mutex_);
    const auto found = called_back_.find(task);
    if (found == called_back_.end()) return;
    call = found->second;
  }
  submit(of(CallBackWithdrawn{call, how}));
}

std::vector<AggregateId> CallShell::call_backs() const {
  const std::lock_guard lock(mutex_);
  std::vector<AggregateId> out;
  for (const auto& [task, call] : called_back_) out.push_back(task);
  return out;
}

void CallShell::forget_call_back(CallNo call) {
  const std::lock_guard lock(mutex_);
  std::erase_if(called_back_, [&](const auto& each) { return each.second == call; });
}

void CallShell::set_plan(SharedPlan plan) {
  SharedTurn turn = of(PlanChanged{});
  turn->plan = std::move(plan);
  submit(std::move(turn));
}

void CallShell::look(TimeMs now) {
  if (missed_.exchange(false)) {
    SharedTurn turn = of(LinkLost{});
    turn->look_again = true;
    submit(std::move(turn));
  }
  const bool is_due = now.v >= wake_ || now.v + kSetBackMs < last_;
  if (is_due && !ticking_.exchange(true)) submit(of(Tick{}));
}

void CallShell::submit(SharedTurn turn) {
  sync::Command command;
  command.actor = turn->user;
  command.answer_at = sync::AnswerAt::kSync;
  command.decide = [this, turn](sync::Decision& decision) {
    decide(decision, *turn);
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [this, turn = std::move(turn)](const Result<sync::Answer>& answer) {
    done(*turn, answer);
  };
  submit_(std::move(command));
}

void CallShell::decide(sync::Decision& decision, Turn& turn) {
  turn.site = decision.context().site;
  if (read_again_.exchange(false)) core_.reset();
  if (!core_) read(decision, turn);
  if (turn.plan) plan_ = turn.plan;
  // Of calls that the core never had.
  if (persons_.size() > kMaxCalls)
    std::erase_if(persons_,
                  [&](const auto& each) { return !core_->floor().calls.contains(each.first); });
  persons_.merge(turn.numbers);
  // A clock that was set back stops the timers, which go by moments.
  if (decision.context().now + kSetBackMs < core_->floor().now) {
    take(decision, turn, Restarted{});
    turn.look_again = true;
  }
  know_last_agent(decision, turn.event);
  if (may_happen(decision, turn)) take(decision, turn, turn.event);
  else persons_.erase(*dialled_by(turn.event));
  if (const auto call = dialled_by(turn.event);
      !turn.task.is_zero() && core_->floor().calls.contains(*call))
    write_task(decision, *call, turn.task);
  CallBackNotes notes(decision, plan_->call_backs);
  for (protocol::LostCall& each : turn.wishes) notes.wishes(std::move(each));
  for (const AggregateId& each : turn.at_own_queue) notes.is_served_elsewhere(each);
  for (CallBackNotes::Attempt& each : turn.attempts) notes.tried(std::move(each));
  notes.note();
  if (const auto below = numbers_.wants(); below && !turn.numbers_below) {
    write_numbers(decision, *below);
    turn.numbers_below = below;
  }
  const auto wake = core_->next_wake();
  wake_ = wake ? wake->v : std::numeric_limits<std::int64_t>::max();
  last_ = core_->floor().now.v;
}

// Since somebody looked a desk may have taken the task up, or another site has it: two would call.
bool CallShell::may_happen(sync::Decision& decision, const Turn& turn) {
  if (!std::holds_alternative<CallBackEntered>(turn.event) || turn.task.is_zero()) return true;
  return protocol::is_due(decision.load(protocol::Kind::kCallBack, turn.task), decision.context());
}

// Whoever comes, or is called back, goes to whom he talked with last, if that one is free (A3).
void CallShell::know_last_agent(sync::Decision& decision, Event& event) const {
  const auto know = [&](auto& who) {
    const auto number = persons_.find(who.call);
    if (number != persons_.end()) who.last_agent = last_agent_of(decision, *plan_, number->second);
  };
  if (auto* came = std::get_if<Arrived>(&event)) know(*came);
  if (auto* back = std::get_if<CallBackEntered>(&event)) know(*back);
}

// One step of the core, with all that it says to the store.
void CallShell::take(sync::Decision& decision, Turn& turn, const Event& event) {
  Core::Done done = core_->step(plan_->calls, event, decision.context().now);
  write_rows(decision, *core_, done);
  // That the PBX is away, or heard again, changes no row and is shown nonetheless.
  const bool link =
      std::holds_alternative<LinkLost>(event) || std::holds_alternative<Reconciled>(event);
  turn.touched |= link || !done.calls.empty() || !done.agents.empty() || !done.figures.empty();
  CallJournal(decision, *plan_, persons_, phantom_ms_).tell(done.commands);
  note(turn, done.commands);
  note_tapes(decision, *plan_, done.commands);
  for (Command& each : done.commands) {
    if (const auto* finish = std::get_if<Finish>(&each)) {
      persons_.erase(finish->call);
      if (calls_back(finish->call)) erase_task(decision, finish->call);
    }
    turn.commands.push_back(std::move(each));
  }
}

// What a step means for calls back that the telephone events do not say.
void CallShell::note(Turn& turn, const Commands& commands) const {
  for (const Command& each : commands) {
    if (const auto* left = std::get_if<LeaveCallBack>(&each)) {
      turn.wishes.push_back(wish_of(*left, turn.site));
      continue;
    }
    const auto* finish = std::get_if<Finish>(&each);
    if (finish == nullptr) continue;
    if (finish->outcome == Outcome::kAtOwnQueue)
      turn.at_own_queue.push_back(
          protocol::call_aggregate(turn.site, kCallSource, call_id_of(finish->call)));
    const auto result = result_of(finish->outcome);
    const auto number = persons_.find(finish->call);
    if (!result || number == persons_.end()) continue;
    turn.attempts.push_back(
        {number->second,
         finish->agent.v == 0 ? std::string(kCallSource) : plan_->name_of(finish->agent), *result});
  }
}

protocol::LostCall CallShell::wish_of(const LeaveCallBack& left, SiteNo site) const {
  protocol::LostCall out;
  out.call = protocol::call_aggregate(site, kCallSource, call_id_of(left.call));
  out.at = core_->floor().now;
  const QueuePlan* queue = plan_->calls.queue(left.queue);
  out.desk = queue == nullptr ? DeskNo{1} : queue->desk;
  if (queue != nullptr) out.line = queue->line;
  if (const auto number = persons_.find(left.call); number != persons_.end())
    out.phone = number->second;
  out.journey = left.journey;
  out.place = {left.queue.v, left.entered_at, left.priority.v, left.skills.v};
  return out;
}

void CallShell::read(sync::Decision& decision, Turn& turn) {
  StoredRows stored = read_rows(decision.rows());
  for (const Bytes& key : stored.unread) decision.erase_meta(key);
  CallJournal(decision, *plan_, persons_, phantom_ms_).end(stored.lost);
  if (!stored.unread.empty())
    spdlog::warn("the call queue: {} rows are of another version or damaged", stored.unread.size());
  if (!std::exchange(numbered_, true)) {
    turn.numbers_below = numbers_.open(stored.numbers_below, decision.context().now);
    write_numbers(decision, *turn.numbers_below);
  }
  core_.emplace(std::move(stored.rows));
  know_called_back(stored);
  take(decision, turn, Restarted{});
  drop_unknown(decision, turn);
  know_numbers(decision, stored);
  turn.look_again = true;
}

// Whom we were to call, and whose number went with the process: his task has it (O7), and who
// dialled by hand dials again.
void CallShell::drop_unknown(sync::Decision& decision, Turn& turn) {
  std::vector<CallNo> unknown;
  for (const auto& [no, call] : core_->floor().calls)
    if (call.person == Person::kAbsent && !persons_.contains(no)) unknown.push_back(no);
  for (const CallNo no : unknown) take(decision, turn, CallBackWithdrawn{no});
}

bool CallShell::calls_back(CallNo call) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(called_back_, [&](const auto& each) { return each.second == call; });
}

// Whose telephone rings meanwhile is called by that call, and by no other.
void CallShell::know_called_back(const StoredRows& stored) {
  const std::lock_guard lock(mutex_);
  for (const auto& [call, task] : stored.tasks)
    if (core_->floor().calls.contains(call)) called_back_.emplace(task, call);
}

// Of those that are left: what comes of the call is an attempt of the task.
void CallShell::know_numbers(sync::Decision& decision, const StoredRows& stored) {
  for (const auto& [call, id] : stored.tasks) {
    if (!core_->floor().calls.contains(call)) {
      erase_task(decision, call);
      continue;
    }
    const protocol::Entity& task = decision.load(protocol::Kind::kCallBack, id);
    std::string number = dialled(task.personal.text(protocol::PersonalField::kPhone));
    if (!number.empty()) persons_.emplace(call, std::move(number));
  }
}

void CallShell::done(Turn& turn, const Result<sync::Answer>& answer) {
  if (std::holds_alternative<Tick>(turn.event)) ticking_ = false;
  if (!answer.ok()) {
    missed_ = true;
    if (const auto call = dialled_by(turn.event)) forget_call_back(*call);
    // Not taken at all, or the process ends; else the core went where its rows did not.
    const Code code = answer.error().code;
    if (code != Code::kTooMany && code != Code::kUnavailable) read_again_ = true;
    if (turn.answered) turn.answered(Refusal::kUnavailable);
    return;
  }
  if (turn.numbers_below) numbers_.grant(*turn.numbers_below);
  for (const Command& each : turn.commands)
    if (const auto* finish = std::get_if<Finish>(&each)) forget_call_back(finish->call);
  if (const auto* back = std::get_if<CallBackEntered>(&turn.event);
      back != nullptr && !core_->floor().calls.contains(back->call))
    forget_call_back(back->call);
  if (turn.touched) changed_();
  const auto refusal = refusal_in(turn.commands, turn.event);
  if (const auto call = dialled_by(turn.event); call && persons_.contains(*call)) {
    if (refusal) persons_.erase(*call);
    else pbx_.set_number(*call, persons_.at(*call));
  }
  std::erase_if(turn.commands, [](const Command& each) { return !is_for_pbx(each); });
  if (!turn.commands.empty()) pbx_.carry_out(turn.commands);
  if (turn.look_again) pbx_.look_again();
  if (turn.answered) turn.answered(refusal);
}

}  // namespace opora::telephony
