// From the first ring to the queue: hours, menus, the message of closed hours (O8, T4).
#include <algorithm>

#include "node/telephony/queue/step.h"

namespace opora::telephony {

namespace {

void play_menu(Step& step, Call& call, MenuNo menu) {
  if (call.menu_steps >= kMaxMenuSteps || !step.plan.menus.contains(menu))
    return step.enter_queue(call, {step.plan.home});
  ++call.menu_steps;
  call.menu = menu;
  step.enter(call, Phase::kMenu, step.now + kMaxPromptMs);
  step.tell(PlayMenu{call.no, menu});
}

void waiting_digit(Step& step, Call& call, char digit) {
  const QueuePlan* queue = step.plan.queue(call.queue);
  if (queue == nullptr || digit != '1' || queue->call_back_after_ms == 0 || call.hidden) return;
  if (step.now - call.entered_at >= queue->call_back_after_ms)
    leave_call_back(step, call, PersonIs::kThere);
}

void menu_digit(Step& step, Call& call, char digit) {
  const auto menu = step.plan.menus.find(call.menu);
  if (menu == step.plan.menus.end()) return step.enter_queue(call, {step.plan.home});
  step.tell(StopPlaying{call.no});
  const auto chosen = menu->second.digits.find(digit);
  if (chosen == menu->second.digits.end()) return play_menu(step, call, call.menu);
  route(step, call, chosen->second);
}

// Nothing is pressed before it was said.
bool hears_notice(const Call& call) { return call.phase == Phase::kMenu && call.menu == kNotice; }

// Where another site asks for somebody, its agent hears the notice, and not the person.
void notice_over(Step& step, Call& call, Prompt prompt) {
  if (call.told == Told::kByLine) call.told = prompt == Prompt::kHeard ? Told::kYes : Told::kNo;
  route(step, call, route_of(step.plan, call.line, step.now));
}

bool goes_when_closed(const Step& step, const ToClosed& closed) {
  const QueuePlan* queue = step.plan.queue(closed.calls_back);
  return queue != nullptr && queue->overflow.to != OverflowTo::kNowhere &&
         queue->overflow.closed == Overflow::When::kGoes;
}

// Whom another site keeps meanwhile: no prompt and no menu, he has heard those; the place of his
// first entry. Closed: that site keeps him.
void come_over(Step& step, Call& call, const Journey& journey) {
  call.from_site = journey.from;
  call.person = Person::kUnanswered;
  call.travels = true;
  call.entered_at =
      step.now + -std::clamp<std::int64_t>(journey.waited_ms, 0, protocol::kMaxJourneyWaitMs);
  const Route to = route_of(step.plan, call.line, step.now);
  if (std::holds_alternative<ToClosed>(to)) {
    step.enter(call, Phase::kClosed, step.now + kMaxPromptMs);
    step.tell(HangUpLeg{call.no, kPerson, HangUpWhy::kNotTaken});
    return step.finish(call, Outcome::kClosed, PersonIs::kGone);
  }
  const auto* queue = std::get_if<ToQueue>(&to);
  step.tell(Ring{call.no});
  step.enter_queue(call, queue != nullptr ? *queue : ToQueue{step.plan.home});
}

}  // namespace

void begin(Step& step, Call& call) {
  const auto line = step.plan.lines.find(call.line);
  const bool noticed =
      line != step.plan.lines.end() && line->second.notice == LinePlan::Notice::kFirst;
  if (!noticed) return route(step, call, route_of(step.plan, call.line, step.now));
  call.menu = kNotice;
  step.enter(call, Phase::kMenu, step.now + kMaxPromptMs);
  step.tell(PlayMenu{call.no, kNotice});
}

void route(Step& step, Call& call, const Route& to) {
  if (const auto* queue = std::get_if<ToQueue>(&to)) return step.enter_queue(call, *queue);
  if (const auto* menu = std::get_if<ToMenu>(&to)) return play_menu(step, call, menu->menu);
  const auto& closed = std::get<ToClosed>(to);
  if (goes_when_closed(step, closed)) return step.enter_queue(call, {closed.calls_back});
  play_closed(step, call, closed);
}

void play_closed(Step& step, Call& call, const ToClosed& to) {
  // Whose number is hidden cannot be called: nothing is offered to him.
  call.queue = call.hidden ? QueueNo{} : to.calls_back;
  step.enter(call, Phase::kClosed, step.now + kMaxPromptMs);
  step.tell(PlayClosed{call.no, call.queue.v != 0});
}

void promise(Step& step, Call& call) {
  call.promised = true;
  step.enter(call, Phase::kClosed, step.now + kMaxPromptMs);
  step.tell(PlayPromise{call.no});
}

void leave_call_back(Step& step, Call& call, PersonIs person) {
  const TimeMs place = call.entered_at.v == 0 ? step.now : call.entered_at;
  step.tell(LeaveCallBack{call.no, call.queue, place, call.priority, call.skills,
                          call.travels ? call.journey : protocol::JourneyId{}});
  step.finish(call, Outcome::kCallBack, person);
}

void on(Step& step, const Arrived& event) {
  if (event.call.v == 0 || step.floor.calls.contains(event.call)) return;
  if (step.floor.calls.size() >= kMaxCalls) {
    // Whom another site keeps waits there: the PBX's own queue would take him away from it.
    if (event.journey.from.v != 0) step.tell(HangUpLeg{event.call, kPerson, HangUpWhy::kNotTaken});
    else step.tell(FallBack{event.call});
    return step.tell(Finish{event.call, Outcome::kRefused});
  }
  Call fresh;
  fresh.no = event.call;
  fresh.line = event.line;
  fresh.priority = event.priority;
  fresh.skills = event.skills;
  fresh.last_agent = event.last_agent;
  fresh.journey = event.journey.id;
  fresh.hidden = event.hidden;
  fresh.told = event.told;
  Call& call = step.open(std::move(fresh));
  if (event.journey.from.v != 0) return come_over(step, call, event.journey);
  step.tell(Answer{call.no});
  begin(step, call);
}

void on(Step& step, const CallBackEntered& event) {
  if (event.call.v == 0 || step.floor.calls.contains(event.call)) return;
  if (step.floor.calls.size() >= kMaxCalls) return step.tell(Finish{event.call, Outcome::kRefused});
  Call fresh;
  fresh.no = event.call;
  fresh.direction = protocol::Direction::kOut;
  fresh.person = Person::kAbsent;
  fresh.entered_at = event.entered_at;
  fresh.last_agent = event.last_agent;
  Call& call = step.open(std::move(fresh));
  step.enter_queue(call, {event.queue, event.priority, event.skills});
}

void on(Step& step, const CallBackWithdrawn& event) {
  Call* call = step.call(event.call);
  if (call == nullptr || call->person != Person::kAbsent) return;
  if (event.how == Withdrawal::kUnlessItRings && call->phase != Phase::kWaiting) return;
  step.finish(*call, Outcome::kNotDialled, PersonIs::kThere);
}

void on(Step& step, const Digit& event) {
  Call* call = step.call(event.call);
  if (call == nullptr) return;
  if (hears_notice(*call)) return;
  if (call->phase == Phase::kMenu) return menu_digit(step, *call, event.digit);
  if (call->phase == Phase::kWaiting && call->person == Person::kUp)
    return waiting_digit(step, *call, event.digit);
  const bool offered = call->phase == Phase::kClosed && call->queue.v != 0 && !call->promised;
  if (offered && event.digit == '1') leave_call_back(step, *call, PersonIs::kThere);
}

void on(Step& step, const Played& event) {
  Call* call = step.call(event.call);
  if (call == nullptr) return;
  if (hears_notice(*call)) return notice_over(step, *call, event.prompt);
  if (call->phase == Phase::kMenu) {
    const auto menu = step.plan.menus.find(call->menu);
    const std::int64_t wait = menu == step.plan.menus.end() ? 0 : menu->second.digit_ms;
    call->until = step.now + wait;
  }
  // Who may leave a request has the time to press the digit.
  constexpr std::int64_t kDigitAfterClosedMs = 5'000;
  if (call->phase == Phase::kClosed) {
    if (call->promised) return leave_call_back(step, *call, PersonIs::kThere);
    if (call->queue.v == 0) return step.finish(*call, Outcome::kClosed, PersonIs::kThere);
    call->until = step.now + kDigitAfterClosedMs;
  }
}

void menu_timeout(Step& step, Call& call) {
  if (hears_notice(call)) {
    step.tell(StopPlaying{call.no});
    return notice_over(step, call, Prompt::kFailed);
  }
  const auto menu = step.plan.menus.find(call.menu);
  if (menu == step.plan.menus.end()) return step.enter_queue(call, {step.plan.home});
  step.tell(StopPlaying{call.no});
  route(step, call, menu->second.otherwise);
}

}  // namespace opora::telephony
