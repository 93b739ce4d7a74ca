// What is recorded of a call (O6, A18): all that its person and an agent of this site say to each
// other, where the plan says so. Nothing of it decides anything else: a call goes on unrecorded.
#include "node/telephony/queue/step.h"

namespace opora::telephony {

namespace {

bool is_recorded(const Plan& plan, const Call& call) {
  if (call.told == Told::kNo) return false;
  const QueuePlan* queue = plan.queue(call.queue);
  if (queue != nullptr) return queue->recording == Recording::kAll;
  return call.direction == protocol::Direction::kOut && plan.outgoing == Recording::kAll;
}

// Who talks with the person, or holds him.
AgentNo talks_with(Step& step, Call& call) {
  const bool talks = call.phase == Phase::kTalking && call.person == Person::kUp;
  const Leg* leg = talks ? step.serving(call) : nullptr;
  return leg == nullptr ? AgentNo{} : leg->agent;
}

void start(Step& step, Call& call, AgentNo agent) {
  Tape& tape = call.tape;
  if (tape.part >= kMaxParts || tape.faults >= kMaxTapeFaults) return;
  tape.state = TapeState::kOn;
  tape.agent = agent;
  ++tape.part;
  step.tell(StartRecording{call.no, tape.part, call.queue, agent, step.now});
}

// A person who hears music is not recorded, nor what is said about him meanwhile.
void follow(Step& step, Call& call) {
  const AgentNo agent = talks_with(step, call);
  Tape& tape = call.tape;
  const bool wanted = agent.v != 0 && is_recorded(step.plan, call);
  if (!wanted || agent != tape.agent) stop_recording(step, call);
  if (!wanted) return;
  if (tape.state == TapeState::kOff && !call.held) return start(step, call, agent);
  if (tape.state == TapeState::kOn && call.held) {
    tape.state = TapeState::kPaused;
    return step.tell(PauseRecording{call.no, tape.part});
  }
  if (tape.state != TapeState::kPaused || call.held) return;
  tape.state = TapeState::kOn;
  step.tell(ResumeRecording{call.no, tape.part});
}

}  // namespace

void stop_recording(Step& step, Call& call) {
  if (call.tape.state == TapeState::kOff) return;
  call.tape.state = TapeState::kOff;
  step.tell(StopRecording{call.no, call.tape.part});
}

// Ended meanwhile, a part is followed by the next; one that runs goes on, as this call is now.
void check_recording(Step& step, const Call& call) {
  const Tape& tape = call.tape;
  if (tape.state == TapeState::kOff) return;
  step.tell(CheckRecording{call.no, tape.part});
  if (tape.state == TapeState::kPaused) step.tell(PauseRecording{call.no, tape.part});
  else step.tell(ResumeRecording{call.no, tape.part});
}

// By itself when it was long enough: the next part begins at the end of this step.
void on(Step& step, const RecordingEnded& event) {
  Call* call = step.call(event.call);
  const bool is_on =
      call != nullptr && call->tape.part == event.part && call->tape.state != TapeState::kOff;
  if (!is_on) return;
  call->tape.state = TapeState::kOff;
  if (event.why == TapeEnd::kFailed) ++call->tape.faults;
  step.tell(RecordingOver{event.call, event.part, event.why});
}

void follow_recordings(Step& step) {
  if (!step.floor.linked) return;
  const std::set<CallNo> touched = step.calls;
  for (const CallNo no : touched)
    if (const auto found = step.floor.calls.find(no); found != step.floor.calls.end())
      follow(step, found->second);
}

}  // namespace opora::telephony
