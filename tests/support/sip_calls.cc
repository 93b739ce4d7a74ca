#include "tests/support/sip_calls.h"

#include <algorithm>
#include <vector>

namespace opora::testing {

namespace {

constexpr std::int64_t kFirstPauseMs = 500;
constexpr std::int64_t kLongestPauseMs = 4'000;
constexpr std::int64_t kGiveUpMs = 32'000;
// A BYE that comes again after its answer was lost.
constexpr std::int64_t kRememberMs = 5'000;

// As Asterisk's PJSIP says a channel's cause to a caller who was not answered.
int status_of(int cause) {
  switch (cause) {
    case 1: return 404;
    case 17: return 486;
    case 18: return 408;
    case 19:
    case 20: return 480;
    case 34: return 503;
    default: return 603;
  }
}

// No sound comes and none is expected: the port is "discard".
constexpr std::string_view kSdp =
    "v=0\r\no=simulator 1 1 IN IP4 127.0.0.1\r\ns=simulator\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";

// "1" of "Signal=1" of application/dtmf-relay; nothing: none.
char digit_of(std::string_view body) {
  const std::size_t at = body.find("Signal=");
  if (at == std::string_view::npos) return 0;
  const std::size_t from = body.find_first_not_of(' ', at + 7);
  if (from == std::string_view::npos) return 0;
  return std::string_view("0123456789*#").find(body[from]) == std::string_view::npos ? char{0}
                                                                                     : body[from];
}

}  // namespace

SipCalls::Call* SipCalls::call_at(const std::string& channel) {
  const auto found =
      std::ranges::find_if(calls_, [&](const auto& c) { return c.second.channel == channel; });
  return found == calls_.end() ? nullptr : &found->second;
}

void SipCalls::say(Call& call, std::string text, std::int64_t now_ms) {
  call.said = std::move(text);
  call.pause = kFirstPauseMs;
  call.due = now_ms + call.pause;
  call.until = now_ms + kGiveUpMs;
  send_(call.peer, call.said);
}

void SipCalls::reply(const Call& call, const SipMessage& request, int status) {
  send_(call.peer, sip_answer(request, status, tag_of(call)));
}

// Provisional answers are not sent again, final ones are until they are acknowledged.
void SipCalls::answer(Call& call, int status, std::int64_t now_ms) {
  const bool is_yes = status == 200;
  std::string more = "Contact: <" + contact_ + ">\r\n";
  if (is_yes) more += "Content-Type: application/sdp\r\n";
  say(call, sip_answer(call.invite, status, tag_of(call), more, is_yes ? kSdp : ""), now_ms);
  if (status < 200) call.due = 0;
  else call.state = is_yes ? State::kAnswered : State::kRefused;
}

void SipCalls::bye(Call& call, std::int64_t now_ms) {
  std::string to(sip_uri(call.invite.header("contact")));
  if (to.empty()) to = sip_uri(call.invite.header("from"));
  std::string text = "BYE " + to + " SIP/2.0\r\nVia: SIP/2.0/UDP " + contact_.substr(4) +
                     ";branch=z9hG4bK" + tag_of(call) + "\r\nMax-Forwards: 70\r\n";
  text.append("From: ").append(call.invite.header("to")).append(";tag=").append(tag_of(call));
  text.append("\r\nTo: ").append(call.invite.header("from"));
  text.append("\r\nCall-ID: ").append(call.invite.call_id());
  text += "\r\nCSeq: 1 BYE\r\nReason: Q.850;cause=" + std::to_string(call.cause) +
          "\r\nContent-Length: 0\r\n\r\n";
  call.state = State::kEnding;
  say(call, std::move(text), now_ms);
}

void SipCalls::over(Call& call, std::int64_t now_ms) {
  call.state = State::kOver;
  call.due = 0;
  call.until = now_ms + kRememberMs;
}

void SipCalls::hang_up(Call& call) {
  if (!call.gone) pbx_.hangs_up(call.channel);
  call.gone = true;
}

// ---- What comes

void SipCalls::take(const SipPeer& from, std::string_view datagram, std::int64_t now_ms) {
  const auto message = read_sip(datagram);
  if (!message) return;
  const auto found = calls_.find(message->call_id());
  if (message->method.empty()) {
    const bool is_end = message->status >= 200 && message->sequence_method() == "BYE";
    if (is_end && found != calls_.end() && found->second.state == State::kEnding)
      calls_.erase(found);
    return;
  }
  if (message->method == "ACK") {
    if (found != calls_.end()) acknowledged(found, now_ms);
    return;
  }
  if (found != calls_.end()) return in_call(found->second, *message, now_ms);
  if (message->method == "INVITE") return invite(from, *message);
  send_(from, sip_answer(*message, message->method == "OPTIONS" ? 200 : 481, "pbx"));
}

void SipCalls::take_too_large(const SipPeer& from, std::string_view begin) {
  const auto message = read_sip(begin);
  if (message && !message->method.empty() && message->method != "ACK")
    send_(from, sip_answer(*message, 513, "pbx"));
}

void SipCalls::invite(const SipPeer& from, const SipMessage& request) {
  if (calls_.size() >= kMaxSipCalls) return send_(from, sip_answer(request, 503, "pbx"));
  // Of a call that nobody knows (any more).
  if (request.header("to").find(";tag=") != std::string_view::npos)
    return send_(from, sip_answer(request, 481, "pbx"));
  const auto line = sip_user("<" + request.uri + ">");
  const auto number = sip_user(request.header("from"));
  if (!line || !number) return send_(from, sip_answer(request, 404, "pbx"));
  Call& call = calls_[request.call_id()];
  call.peer = from;
  call.invite = request;
  send_(from, call.said = sip_answer(request, 100, ""));
  call.channel = pbx_.comes(*line, *number);
}

void SipCalls::acknowledged(Calls::iterator found, std::int64_t now_ms) {
  Call& call = found->second;
  if (call.state == State::kRefused) {
    calls_.erase(found);
    return;
  }
  if (call.state != State::kAnswered) return;
  call.state = State::kTalking;
  call.due = 0;
  // It went while the answer was under way.
  if (call.gone) bye(call, now_ms);
}

void SipCalls::in_call(Call& call, const SipMessage& request, std::int64_t now_ms) {
  const bool is_up = call.state == State::kAnswered || call.state == State::kTalking;
  if (request.method == "INVITE") {
    const bool again = request.header("cseq") == call.invite.header("cseq");
    if (again && call.state == State::kAsked) return send_(call.peer, call.said);
    if (again && (call.state == State::kAnswered || call.state == State::kRefused))
      return send_(call.peer, call.said);
    // Held, or taken back: nothing changes where there is no sound.
    if (!again && is_up)
      return send_(
          call.peer,
          sip_answer(request, 200, tag_of(call),
                     "Contact: <" + contact_ + ">\r\nContent-Type: application/sdp\r\n", kSdp));
    return;
  }
  if (request.method == "CANCEL") {
    reply(call, request, 200);
    if (call.state != State::kAsked) return;
    hang_up(call);
    return answer(call, 487, now_ms);
  }
  if (request.method == "BYE") {
    reply(call, request, 200);
    hang_up(call);
    return over(call, now_ms);
  }
  if (request.method == "INFO") return info(call, request);
  reply(call, request, 405);
}

void SipCalls::info(Call& call, const SipMessage& request) {
  const bool is_digit = request.header("content-type") == "application/dtmf-relay";
  const char digit = is_digit ? digit_of(request.body) : char{0};
  reply(call, request, digit == 0 ? 415 : 200);
  if (digit != 0 && !call.gone) pbx_.presses(call.channel, digit);
}

// ---- What becomes of a channel

void SipCalls::rings(const std::string& channel, std::int64_t now_ms) {
  Call* call = call_at(channel);
  if (call != nullptr && call->state == State::kAsked) answer(*call, 180, now_ms);
}

void SipCalls::answered(const std::string& channel, std::int64_t now_ms) {
  Call* call = call_at(channel);
  if (call != nullptr && call->state == State::kAsked) answer(*call, 200, now_ms);
}

void SipCalls::ended(const std::string& channel, int cause, std::int64_t now_ms) {
  Call* call = call_at(channel);
  if (call == nullptr || call->gone) return;
  call->gone = true;
  call->cause = cause;
  if (call->state == State::kAsked) answer(*call, status_of(cause), now_ms);
  // Before the ACK the other side has no call yet that could end (15).
  else if (call->state == State::kTalking) bye(*call, now_ms);
}

// ---- Time

void SipCalls::passes(std::int64_t now_ms) {
  std::vector<std::string> gone;
  for (auto& [id, call] : calls_) {
    const bool waits = call.state != State::kAsked && call.state != State::kTalking;
    if (waits && now_ms >= call.until) {
      hang_up(call);
      gone.push_back(id);
    } else if (call.due != 0 && now_ms >= call.due) {
      call.pause = std::min(2 * call.pause, kLongestPauseMs);
      call.due = now_ms + call.pause;
      send_(call.peer, call.said);
    }
  }
  for (const std::string& id : gone) calls_.erase(id);
}

}  // namespace opora::testing
