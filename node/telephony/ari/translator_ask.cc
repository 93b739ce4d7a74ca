// Which requests a command is.
#include "node/telephony/ari/translator.h"
#include "web/server/json_writer.h"

namespace opora::telephony::ari {

namespace {

using Method = Request::Method;

void append(Requests& to, Requests more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::string_view reason_of(HangUpWhy why) {
  switch (why) {
    case HangUpWhy::kTakenElsewhere: return "answered_elsewhere";
    case HangUpWhy::kNotTaken: return "no_answer";
    case HangUpWhy::kOver:
    case HangUpWhy::kNotOurs: break;
  }
  return "normal";
}

// "your place: 3, about 5 minutes", of the sounds that every Asterisk has.
std::string announcement(const Announce& what, const std::string& offer) {
  std::string media = what.position == 1
                          ? std::string("sound:queue-youarenext")
                          : "sound:queue-thereare,number:" + std::to_string(what.position) +
                                ",sound:queue-callswaiting";
  constexpr std::int64_t kMinute = 60'000;
  if (what.wait_ms >= kMinute)
    media +=
        ",sound:queue-holdtime,number:" + std::to_string((what.wait_ms + kMinute / 2) / kMinute) +
        ",sound:queue-minutes";
  if (what.offers_call_back && !offer.empty()) media += "," + offer;
  return media;
}

}  // namespace

Requests Translator::ask(const Command& command) {
  return std::visit([&](const auto& each) { return on(each); }, command);
}

Request Translator::channel_request(LegKey leg, std::string_view what) const {
  Request out{Method::kPost, "/ari/channels/" + percent(channel(leg)) + std::string(what), "", {}};
  out.of = leg;
  return out;
}

Request Translator::play(CallNo call, const std::string& media) const {
  Request request = channel_request({call, kPerson}, "/play/" + percent(prompt_of(call)));
  request.target += "?media=" + percent(media);
  return request;
}

Requests Translator::into_bridge(const std::string& bridge, std::string_view type,
                                 const std::vector<std::string>& channels) const {
  std::string list;
  for (const std::string& each : channels) list += (list.empty() ? "" : ",") + each;
  const std::string path = "/ari/bridges/" + percent(bridge);
  return {{Method::kPost, path + "?type=" + std::string(type), "", {}},
          {Method::kPost, path + "/addChannel?channel=" + percent(list), "", {}}};
}

Requests Translator::music(const std::string& bridge) const {
  return {{Method::kPost,
           "/ari/bridges/" + percent(bridge) + "/moh?mohClass=" + percent(settings_.music),
           "",
           {}}};
}

Requests Translator::join(CallNo call) {
  std::vector<std::string> channels{channel({call, kPerson})};
  for (const LegNo leg : persons_[call].joined) channels.push_back(channel({call, leg}));
  return into_bridge(talk_bridge(call), "mixing", channels);
}

Requests Translator::on(const Answer& command) {
  return {channel_request({command.call, kPerson}, "/answer")};
}

Requests Translator::on(const Ring& command) {
  return {channel_request({command.call, kPerson}, "/ring")};
}

Requests Translator::on(const PlayPromise& command) {
  return {play(command.call, settings_.promise_media)};
}

Requests Translator::on(const PlayMenu& command) {
  const auto media = settings_.menus.find(command.menu);
  return {play(command.call, media == settings_.menus.end() ? "sound:beep" : media->second)};
}

Requests Translator::on(const PlayClosed& command) {
  return {play(command.call, command.offers_call_back ? settings_.closed_with_offer_media
                                                      : settings_.closed_media)};
}

Requests Translator::on(const StopPlaying& command) {
  return {{Method::kDelete, "/ari/playbacks/" + percent(prompt_of(command.call)), "", {}}};
}

Requests Translator::on(const Park& command) {
  persons_[command.call].joined.clear();
  const std::string bridge = queue_bridge(command.queue);
  Requests out = into_bridge(bridge, "holding", {channel({command.call, kPerson})});
  append(out, music(bridge));
  return out;
}

Requests Translator::on(const Announce& command) {
  Request request = channel_request({command.call, kPerson}, "/play");
  request.target += "?media=" + percent(announcement(command, settings_.offer_media));
  return {std::move(request)};
}

std::string Translator::dialled_by(const Dial& command) const {
  if (command.agent.v != 0) {
    const auto endpoint = settings_.endpoints.find(command.agent);
    return endpoint == settings_.endpoints.end() ? "" : endpoint->second;
  }
  if (command.to_region) return settings_.region;
  const std::string number = command.leg == kPerson ? caller_of(command.call) : command.number;
  std::string to = settings_.trunk;
  if (const auto at = to.find("{number}"); at != std::string::npos) to.replace(at, 8, number);
  return to;
}

// "3f2a90c1.77e01b5d"
std::string Translator::skills_said(Skills skills) const {
  std::string out;
  for (const auto& [code, skill] : settings_.skills)
    if ((skills.v & skill.v) != 0) out += (out.empty() ? "" : ".") + code;
  return out;
}

Requests Translator::on(const Dial& command) {
  const LegKey leg{command.call, command.leg};
  const std::string id = channel_of(leg);
  if (command.leg == kPerson) persons_[command.call].channel = id;
  Request request;
  request.target = "/ari/channels/" + percent(id) + "?endpoint=" + percent(dialled_by(command)) +
                   "&app=" + percent(settings_.app) + "&appArgs=" + percent("leg," + id) +
                   "&timeout=" + std::to_string(command.ring_ms / 1'000);
  const std::string caller = command.leg == kPerson ? "" : caller_of(command.call);
  if (!caller.empty()) request.target += "&callerId=" + percent(caller);
  web::JsonWriter body;
  body.object([&] {
    body.object("variables", [&] {
      body.field("ACD_CALL_ID", std::to_string(command.call.v));
      // What a telephone's own transfer button means is decided here, not by the dialplan (trap 9).
      if (command.agent.v != 0) body.field("PJSIP_TRANSFER_HANDLING()", "ari-only");
      // Of the INVITE: a function of the dialplan, run on the new channel before it is called.
      if (command.to_region)
        body.field("PJSIP_HEADER(add,X-Opora-Told)", command.told == Told::kYes ? "1" : "0");
      if (command.journey.id.is_zero()) return;
      body.field("PJSIP_HEADER(add,X-Opora-Journey)", command.journey.id.hex());
      body.field("PJSIP_HEADER(add,X-Opora-Site)", std::to_string(settings_.site.v));
      body.field("PJSIP_HEADER(add,X-Opora-Waited)", std::to_string(command.journey.waited_ms));
      if (command.priority.v != 0)
        body.field("PJSIP_HEADER(add,X-Opora-Priority)", std::to_string(command.priority.v));
      if (const std::string skills = skills_said(command.skills); !skills.empty())
        body.field("PJSIP_HEADER(add,X-Opora-Skills)", skills);
    });
  });
  request.body = body.take();
  request.dials = leg;
  Requests out{std::move(request)};
  if (command.hears.v != 0) {
    Request tone = channel_request({command.call, command.hears},
                                   "/play/" + percent(ring_back_of(command.call)));
    tone.target += "?media=" + percent("tone:ring");
    out.push_back(std::move(tone));
  }
  return out;
}

Requests Translator::on(const Join& command) {
  Person& person = persons_[command.call];
  person.joined.insert(command.leg);
  Requests out;
  // Whom we dialled, this process or one before it: the agent hears the tone until it is told to
  // end, and is moved nowhere before.
  if (channel({command.call, kPerson}) == channel_of({command.call, kPerson}))
    out.push_back(
        {Method::kDelete, "/ari/playbacks/" + percent(ring_back_of(command.call)), "", {}});
  append(out, join(command.call));
  return out;
}

Requests Translator::on(const JoinConsult& command) {
  return into_bridge(
      consult_bridge(command.call), "mixing",
      {channel({command.call, command.agent}), channel({command.call, command.consulted})});
}

Requests Translator::on(const HoldPerson& command) {
  const std::string bridge = hold_bridge(command.call);
  Requests out = into_bridge(bridge, "holding", {channel({command.call, kPerson})});
  append(out, music(bridge));
  return out;
}

// The agent may be in the bridge of a consultation: all come back together.
Requests Translator::on(const ResumePerson& command) {
  persons_[command.call].joined = {command.with.begin(), command.with.end()};
  return join(command.call);
}

Requests Translator::on(const Overhear& command) {
  const LegKey supervisor{command.call, command.leg};
  const std::string snoop = snoop_channel(supervisor);
  Request spy = channel_request({command.call, command.agent}, "/snoop/" + percent(snoop));
  spy.target += "?spy=both&whisper=";
  spy.target += command.how == LegRole::kWhispering ? "out" : "none";
  spy.target += "&app=" + percent(settings_.app) + "&appArgs=snoop";
  Requests out{std::move(spy)};
  append(out, into_bridge(listen_bridge(supervisor), "mixing", {snoop, channel(supervisor)}));
  return out;
}

Requests Translator::on(const HangUpLeg& command) {
  const LegKey leg{command.call, command.leg};
  Request request{Method::kDelete, "/ari/channels/" + percent(channel(leg)), "", {}};
  request.target += "?reason=" + std::string(reason_of(command.why));
  if (const auto person = persons_.find(command.call); person != persons_.end())
    person->second.joined.erase(command.leg);
  return {std::move(request)};
}

Requests Translator::on(const AnswerPhone& command) {
  return {transfer_answer(channel({command.call, command.leg}), command.taken)};
}

// The bridge, not a channel: it goes on through hold and transfers (trap 8). A name that is there
// already is ours, of a request that was sent twice.
Requests Translator::on(const StartRecording& command) {
  const TapeKey tape{command.call, command.part};
  Request request{
      Method::kPost,
      "/ari/bridges/" + percent(talk_bridge(command.call)) + "/record?name=" + recording_of(tape) +
          "&format=wav&maxDurationSeconds=" + std::to_string(kMaxTapeSeconds) + "&ifExists=fail",
      "",
      {}};
  request.records = tape;
  return {std::move(request)};
}

Requests Translator::on(const PauseRecording& command) {
  return {{Method::kPost, live_recording({command.call, command.part}) + "/pause", "", {}}};
}

Requests Translator::on(const ResumeRecording& command) {
  return {{Method::kDelete, live_recording({command.call, command.part}) + "/pause", "", {}}};
}

Requests Translator::on(const StopRecording& command) {
  return {{Method::kPost, live_recording({command.call, command.part}) + "/stop", "", {}}};
}

Requests Translator::without_bridges(CallNo call) {
  Requests out;
  for (const std::string& bridge : {talk_bridge(call), hold_bridge(call), consult_bridge(call)})
    out.push_back({Method::kDelete, "/ari/bridges/" + percent(bridge), "", {}});
  return out;
}

Requests Translator::on(const CheckRecording& command) {
  const TapeKey tape{command.call, command.part};
  Request request{Method::kGet, live_recording(tape), "", {}};
  request.checks = tape;
  return {std::move(request)};
}

Request to_own_queue(const std::string& channel, const std::string& fallback_context) {
  return {Method::kPost,
          "/ari/channels/" + percent(channel) + "/continue?context=" + percent(fallback_context) +
              "&extension=s&priority=1",
          "",
          {}};
}

bool concerns(const Request& request, const std::string& channel) {
  const std::string path = "/ari/channels/" + percent(channel);
  const std::string_view target = request.target;
  return target.starts_with(path) &&
         (target.size() == path.size() || target[path.size()] == '/' || target[path.size()] == '?');
}

// Of a call that nobody here knows this is all that is said: its bridges go with it.
Requests Translator::on(const FallBack& command) {
  persons_[command.call].falls_back = true;
  Requests out{to_own_queue(channel({command.call, kPerson}), settings_.fallback_context)};
  append(out, without_bridges(command.call));
  return out;
}

Requests Translator::on(const Finish& command) {
  Requests out = without_bridges(command.call);
  const auto person = persons_.find(command.call);
  if (person != persons_.end()) {
    others_.erase(person->second.channel);
    persons_.erase(person);
  }
  return out;
}

}  // namespace opora::telephony::ari
