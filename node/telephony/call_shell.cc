#include "node/telephony/call_shell.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "node/telephony/call_rows.h"

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
         !std::holds_alternative<LeaveCallBack>(command) &&
         !std::holds_alternative<Refused>(command);
}

std::optional<CallNo> dialled_by(const Event& event) {
  const auto* asked = std::get_if<Asked>(&event);
  const auto* out = asked == nullptr ? nullptr : std::get_if<DialOut>(&asked->what);
  return out == nullptr ? std::nullopt : std::optional(out->call);
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
                     std::function<void()> changed)
    : submit_(std::move(submit)),
      pbx_(pbx),
      phantom_ms_(phantom_ms),
      changed_(std::move(changed)),
      plan_(std::move(plan)) {}

CallShell::SharedTurn CallShell::of(Event event) {
  auto turn = std::make_shared<Turn>();
  turn->event = std::move(event);
  return turn;
}

void CallShell::start() { submit(of(Tick{})); }

void CallShell::tell(Report report) {
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
  take(decision, turn, turn.event);
  if (const auto below = numbers_.wants(); below && !turn.numbers_below) {
    write_numbers(decision, *below);
    turn.numbers_below = below;
  }
  const auto wake = core_->next_wake();
  wake_ = wake ? wake->v : std::numeric_limits<std::int64_t>::max();
  last_ = core_->floor().now.v;
}

// One step of the core, with all that it says to the store.
void CallShell::take(sync::Decision& decision, Turn& turn, const Event& event) {
  Core::Done done = core_->step(plan_->calls, event, decision.context().now);
  write_rows(decision, *core_, done);
  turn.touched |= !done.calls.empty() || !done.agents.empty() || !done.figures.empty();
  CallJournal(decision, *plan_, persons_, phantom_ms_).tell(done.commands);
  for (Command& each : done.commands) {
    if (const auto* finish = std::get_if<Finish>(&each)) persons_.erase(finish->call);
    turn.commands.push_back(std::move(each));
  }
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
  take(decision, turn, Restarted{});
  turn.look_again = true;
}

void CallShell::done(Turn& turn, const Result<sync::Answer>& answer) {
  if (std::holds_alternative<Tick>(turn.event)) ticking_ = false;
  if (!answer.ok()) {
    missed_ = true;
    // Not taken at all, or the process ends; else the core went where its rows did not.
    const Code code = answer.error().code;
    if (code != Code::kTooMany && code != Code::kUnavailable) read_again_ = true;
    if (turn.answered) turn.answered(Refusal::kUnavailable);
    return;
  }
  if (turn.numbers_below) numbers_.grant(*turn.numbers_below);
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
