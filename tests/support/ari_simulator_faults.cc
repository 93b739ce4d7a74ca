// Faults of the ARI simulator, and how events reach the listener through them.
#include "tests/support/ari_simulator.h"

namespace opora::testing {

using web::PathParams;
using web::Request;

void AriSimulator::cut() {
  const std::lock_guard lock(mutex_);
  listens_ = false;
  listener_.close(1001, "cut");
}

void AriSimulator::deafen() {
  const std::lock_guard lock(mutex_);
  deaf_ = true;
}

void AriSimulator::duplicate() {
  const std::lock_guard lock(mutex_);
  copies_ = 2;
}

void AriSimulator::holds_fast(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  held_fast_.insert(channel);
}

void AriSimulator::cannot(const std::string& part) {
  const std::lock_guard lock(mutex_);
  cannot_.insert(part);
}

void AriSimulator::has_no_sound(const std::string& media) {
  const std::lock_guard lock(mutex_);
  missing_sounds_.insert(media);
}

void AriSimulator::forgets_variables() {
  const std::lock_guard lock(mutex_);
  forgets_variables_ = true;
}

void AriSimulator::fail_next(int requests) {
  const std::lock_guard lock(mutex_);
  failing_ = requests;
}

void AriSimulator::watch(Watcher watcher) {
  const std::lock_guard lock(mutex_);
  watcher_ = std::move(watcher);
}

void AriSimulator::reorder() {
  const std::lock_guard lock(mutex_);
  reorders_ = true;
}

void AriSimulator::fail_behind(int requests) {
  const std::lock_guard lock(mutex_);
  failing_behind_ = requests;
}

void AriSimulator::fail_next_dial() {
  const std::lock_guard lock(mutex_);
  failing_dial_ = true;
}

void AriSimulator::stall() {
  const std::lock_guard lock(mutex_);
  stalls_ = true;
}

void AriSimulator::go_on() {
  std::vector<std::function<void()>> late;
  {
    const std::lock_guard lock(mutex_);
    stalls_ = false;
    late.swap(late_);
  }
  for (const auto& answer : late) answer();
}

// As Asterisk sets variables of a channel by the dozen while it does nothing else.
int AriSimulator::flood(const std::string& type, int events) {
  const std::lock_guard lock(mutex_);
  if (disallowed_.contains(type)) return 0;
  const std::string id = "pbx-flood";
  channels_[id].endpoint = "PJSIP/trunk";
  const std::string value(512, 'x');
  for (int i = 0; i < events; ++i)
    tell(type, id, R"("variable":"RTPAUDIOQOS","value":")" + value + R"(",)");
  channels_.erase(id);
  return events;
}

AriSimulator::Answer AriSimulator::handle(Handled handled, const Request& request,
                                          const PathParams& params) {
  Answer broken{500, R"({"message":"Internal Server Error"})"};
  for (const std::string& part : cannot_)
    if (request.path.find(part) != std::string::npos) return broken;
  if (failing_ > 0) {
    --failing_;
    return broken;
  }
  Answer answer = (this->*handled)(request, params);
  if (failing_dial_ && handled == &AriSimulator::dial) {
    failing_dial_ = false;
    return broken;
  }
  if (failing_behind_ == 0) return answer;
  --failing_behind_;
  return broken;
}

void AriSimulator::respond(const web::Respond& respond, web::Response response) {
  if (!stalls_) return respond(std::move(response));
  late_.push_back([respond, response = std::move(response)] { respond(response); });
}

// Who does not read what is sent to him is cut off (trap 10).
void AriSimulator::deliver(const std::string& event) {
  for (int i = 0; i < copies_; ++i)
    if (listener_.send(event) == web::WsSend::kTooSlow) listens_ = false;
}

// Turned round, an event waits for the next one: that of the listener's own heartbeat at the
// latest.
void AriSimulator::send(const std::string& event) {
  if (!listens_ || deaf_) return;
  if (reorders_ && !held_event_) {
    held_event_ = event;
    return;
  }
  pass(event);
}

// Not held itself.
void AriSimulator::pass(const std::string& event) {
  if (!listens_ || deaf_) return;
  deliver(event);
  if (held_event_) deliver(*held_event_);
  held_event_.reset();
}

void AriSimulator::tell_outside(Outside outside) {
  const std::lock_guard lock(mutex_);
  outside_ = std::move(outside);
}

void AriSimulator::outside(const std::string& channel, Turn turn, int cause) const {
  if (outside_) outside_(channel, turn, cause);
}

}  // namespace opora::testing
