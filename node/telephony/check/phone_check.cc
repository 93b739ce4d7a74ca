#include "node/telephony/check/phone_check.h"

#include <algorithm>

#include "node/telephony/ari/names.h"
#include "node/telephony/check/words.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"

namespace opora::telephony {

using ari::Kind;
using ari::Message;
using ari::percent;

namespace {

constexpr std::string_view kDialled = "Local/answers@opora-check";
constexpr std::string_view kBeat = "opora-check-beat";
constexpr int kSliceMs = 100;
// A lost or slow PBX is not flooded: events that nobody asked for, of our own few channels.
constexpr std::size_t kMaxUnasked = 1'000;

// `{"system":{"version":"22.10.1"}}`, `{"value":"1"}`.
Result<std::string> text_in(const std::string& json, std::string_view object,
                            std::string_view field) {
  auto document = web::JsonDocument::parse(json);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  std::string out;
  const auto read = [&](web::JsonReader& each) { out = each.text(field, {0, 256}); };
  if (object.empty()) read(in);
  else in.optional_object(object, read);
  OPORA_TRY(in.finish());
  return out;
}

}  // namespace

PhoneCheck::PhoneCheck(ari::Access pbx, std::string mark)
    : access_(std::move(pbx)),
      mark_(std::move(mark)),
      requests_(access_.remote),
      events_(access_.remote) {}

const std::vector<PhoneCheck::Scenario>& PhoneCheck::scenarios() {
  static const std::vector<Scenario> kAll{
      {"connect, version", &PhoneCheck::connects, true},
      {"subscribe to events", &PhoneCheck::subscribes, true},
      {"heartbeat by echo", &PhoneCheck::beats, true},
      {"dial with an id of ours", &PhoneCheck::dials, true},
      {"remember the call at its channel", &PhoneCheck::remembers, false},
      {"answer and play", &PhoneCheck::answers_and_plays, false},
      {"hear digits", &PhoneCheck::hears_digits, false},
      {"the site's sounds", &PhoneCheck::has_sounds, false},
      {"the PBX's own words and tones", &PhoneCheck::has_words, false},
      {"hold with music", &PhoneCheck::holds, false},
      {"bridge two", &PhoneCheck::bridges, false},
      {"record, and fetch the file", &PhoneCheck::records, false},
      {"listen in", &PhoneCheck::listens_in, false},
      {"consult a third, and pass on", &PhoneCheck::consults, false},
      {"blind transfer", &PhoneCheck::transfers, false},
      {"busy, no answer, not there", &PhoneCheck::tells_why, false},
      {"a cut: come back, find the calls", &PhoneCheck::comes_back, false},
      {"fall-back of the dialplan", &PhoneCheck::falls_back, false},
      {"leave nothing behind", &PhoneCheck::leaves_nothing, false},
  };
  return kAll;
}

bool PhoneCheck::run(const std::function<void(const Checked&)>& tell) {
  bool all_good = true;
  bool goes_on = true;
  for (const Scenario& each : scenarios()) {
    const bool tidies = each.run == &PhoneCheck::leaves_nothing;
    if (!goes_on && !tidies) {
      tell({std::string(each.name), "not tried", false});
      continue;
    }
    const Found found = (this->*each.run)();
    tell({std::string(each.name), found.ok() ? *found : found.error().message, found.ok()});
    all_good &= found.ok();
    goes_on &= found.ok() || !each.others_need_it;
  }
  return all_good;
}

// ---- Words to the PBX and from it

Result<std::string> PhoneCheck::send(Method method, const std::string& target,
                                     std::vector<int> wanted, const std::string& body) {
  auto reply = requests_.send(method, target, body);
  if (!reply.ok()) return failed("no answer: " + reply.error().message);
  if (std::ranges::find(wanted, reply->status) != wanted.end()) return std::move(reply->body);
  const std::string path = target.substr(0, target.find('?'));
  if (reply->status == 401) return failed("401: user or password of ARI are wrong");
  return failed(path + ": " + std::to_string(reply->status) + " instead of " +
                std::to_string(wanted.front()));
}

Result<Message> PhoneCheck::await(std::string_view what,
                                  const std::function<bool(const Message&)>& is_meant,
                                  int within_ms) {
  const auto known = std::ranges::find_if(unasked_, is_meant);
  if (known != unasked_.end()) {
    Message out = std::move(*known);
    unasked_.erase(known);
    return out;
  }
  for (const std::int64_t until = steady_ms() + within_ms; steady_ms() < until;) {
    const auto text = events_.next(kSliceMs);
    if (!text.ok()) return failed("the WebSocket: " + text.error().message);
    if (!*text) continue;
    auto message = ari::read_message(**text);
    if (!message.ok()) continue;
    if (is_meant(*message)) return std::move(*message);
    if (unasked_.size() < kMaxUnasked) unasked_.push_back(std::move(*message));
  }
  return failed("no " + std::string(what) + " within " + std::to_string(within_ms / 1'000) + " s");
}

Result<ari::Channel> PhoneCheck::look(const std::string& channel) {
  const auto list = send(Method::kGet, "/ari/channels", {200});
  if (!list.ok()) return list.error();
  auto channels = ari::read_channels(*list);
  if (!channels.ok()) return failed("the list of channels cannot be read");
  for (ari::Channel& each : *channels)
    if (each.id == channel) return std::move(each);
  return failed("the channel is not there");
}

Result<std::vector<ari::Bridge>> PhoneCheck::bridges_now() {
  const auto list = send(Method::kGet, "/ari/bridges", {200});
  if (!list.ok()) return list.error();
  auto bridges = ari::read_bridges(*list);
  if (!bridges.ok()) return failed("the list of bridges cannot be read");
  return std::move(*bridges);
}

std::string PhoneCheck::dialling(const std::string& channel, std::string_view endpoint) {
  return channel_path(channel) + "?endpoint=" + percent(endpoint) + "&app=" + std::string(kApp) +
         "&appArgs=check&timeout=5";
}

Status PhoneCheck::dial(const std::string& channel) {
  const std::string target = dialling(channel, kDialled);
  const auto sent = send(Method::kPost, target, {200});
  if (!sent.ok()) return sent.error();
  const auto came = await("StasisStart", [&](const Message& message) {
    return is_of(message, Kind::kStasisStart, channel);
  });
  if (came.ok()) return ok_status();
  return failed(came.error().message + ": has the dialplan the context opora-check?");
}

// A WebSocket that is just open may hear nothing yet: said again, each second.
Status PhoneCheck::echo() {
  constexpr int kTryMs = 1'000;
  Status heard = failed("no echo");
  for (int tried = 0; tried < kStepMs / kTryMs && !heard.ok(); ++tried) {
    const std::string sequence = std::to_string(++beats_);
    web::JsonWriter body;
    body.object([&] { body.object("variables", [&] { body.field("seq", sequence); }); });
    const std::string target =
        "/ari/events/user/" + std::string(kBeat) + "?application=" + std::string(kApp);
    const auto sent = send(Method::kPost, target, {204}, body.take());
    if (!sent.ok()) return sent.error();
    const auto echoed = await(
        "echo",
        [&](const Message& message) {
          return message.kind == Kind::kUserevent && message.event_name == kBeat &&
                 message.heartbeat == sequence;
        },
        kTryMs);
    heard = echoed.ok() ? ok_status() : Status(echoed.error());
  }
  return heard;
}

// ---- Scenarios

PhoneCheck::Found PhoneCheck::connects() {
  const auto info = send(Method::kGet, "/ari/asterisk/info?only=system", {200});
  if (!info.ok()) return info.error();
  const auto version = text_in(*info, "system", "version");
  if (!version.ok() || version->empty()) return failed("it does not say its version");
  const bool recorded = version->starts_with("22.");
  return "Asterisk " + *version + (recorded ? "" : ", of which there is no recording (22 is)");
}

PhoneCheck::Found PhoneCheck::subscribes() {
  const std::string app(kApp);
  const Status opened = events_.open("/ari/events?app=" + app);
  if (!opened.ok()) return failed("the WebSocket: " + opened.error().message);
  const auto filtered =
      send(Method::kPut, "/ari/applications/" + app + "/eventFilter", {200},
           R"({"disallowed":[{"type":"ChannelVarset"},{"type":"ChannelDialplan"}]})");
  if (!filtered.ok()) return filtered.error();
  return std::string("events come, ChannelVarset does not");
}

PhoneCheck::Found PhoneCheck::beats() {
  const std::int64_t begun = steady_ms();
  OPORA_TRY(echo());
  return "after " + std::to_string(steady_ms() - begun) + " ms";
}

PhoneCheck::Found PhoneCheck::dials() {
  OPORA_TRY(dial(id("1")));
  const auto again = send(Method::kPost, dialling(id("1"), kDialled), {409});
  if (!again.ok()) return again.error();
  return std::string("answered; the same id again is 409");
}

PhoneCheck::Found PhoneCheck::answers_and_plays() {
  const auto answered = send(Method::kPost, channel_path(id("1")) + "/answer", {204});
  if (!answered.ok()) return answered.error();
  const auto sent =
      send(Method::kPost,
           channel_path(id("1")) + "/play/" + percent(id("p")) + "?media=sound%3Abeep", {201});
  if (!sent.ok()) return sent.error();
  const auto played = await("PlaybackFinished", [&](const Message& message) {
    return message.kind == Kind::kPlaybackFinished && message.playback == id("p");
  });
  if (!played.ok()) return played.error();
  if (played->playback_state == "failed") return failed("sound:beep cannot be played");
  return std::string("sound:beep is played to its end");
}

PhoneCheck::Found PhoneCheck::hears_digits() {
  const auto heard =
      await("digit", [&](const Message& message) { return is_of(message, Kind::kDtmf, id("1")); });
  if (!heard.ok()) return heard.error();
  return "pressed: " + heard->digit;
}

PhoneCheck::Found PhoneCheck::holds() {
  const std::string bridge = bridge_path(id("h"));
  for (const auto& [target, status] :
       {std::pair(bridge + "?type=holding", 200),
        std::pair(bridge + "/addChannel?channel=" + percent(id("1")), 204),
        std::pair(bridge + "/moh", 204)}) {
    const auto done = send(Method::kPost, target, {status});
    if (!done.ok()) return done.error();
  }
  return std::string("in a holding bridge, with music");
}

PhoneCheck::Found PhoneCheck::bridges() {
  OPORA_TRY(dial(id("2")));
  const std::string bridge = bridge_path(id("t"));
  const auto opened = send(Method::kPost, bridge + "?type=mixing", {200});
  if (!opened.ok()) return opened.error();
  const auto added = send(
      Method::kPost, bridge + "/addChannel?channel=" + percent(id("1") + "," + id("2")), {204});
  if (!added.ok()) return added.error();
  const auto bridges = bridges_now();
  if (!bridges.ok()) return bridges.error();
  for (const ari::Bridge& each : *bridges)
    if (each.id == id("t") && each.type == "mixing" && each.channels.size() == 2)
      return std::string("both in it, out of hold");
  return failed("the bridge has not both");
}

PhoneCheck::Found PhoneCheck::transfers() {
  const auto sent = send(Method::kPost,
                         channel_path(id("2")) + "/continue?context=" + std::string(kApp) +
                             "&extension=stays&priority=1",
                         {204});
  if (!sent.ok()) return sent.error();
  const auto left = await("StasisEnd", [&](const Message& message) {
    return is_of(message, Kind::kStasisEnd, id("2"));
  });
  if (!left.ok()) return left.error();
  const auto there = look(id("2"));
  if (!there.ok()) return failed("the channel is gone instead of going on");
  return std::string("goes on in the dialplan");
}

PhoneCheck::Found PhoneCheck::comes_back() {
  // Opening anew closes what was: what happens in between is not heard.
  OPORA_TRY(events_.open("/ari/events?app=" + std::string(kApp)));
  unasked_.clear();
  const auto there = look(id("1"));
  if (!there.ok()) return failed("the call did not live through it");
  OPORA_TRY(echo());
  const auto answer = send(Method::kPost, channel_path(id("1")) + "/answer", {204});
  if (!answer.ok()) return failed("the call is out of our hands: " + answer.error().message);
  return std::string("the call is there and ours");
}

PhoneCheck::Found PhoneCheck::falls_back() {
  const std::string exists = "DIALPLAN_EXISTS(" + access_.fallback_context + ",s,1)";
  const auto value =
      send(Method::kGet, channel_path(id("1")) + "/variable?variable=" + percent(exists), {200});
  if (!value.ok()) return value.error();
  const auto found = text_in(*value, "", "value");
  if (!found.ok() || *found != "1")
    return failed("the dialplan has no " + access_.fallback_context + ",s,1");
  return access_.fallback_context + ",s,1 is there";
}

PhoneCheck::Found PhoneCheck::leaves_nothing() {
  Status done = ok_status();
  const auto goes = [&](const std::string& target) {
    const auto sent = send(Method::kDelete, target, {204, 404});
    if (!sent.ok()) done = sent.error();
  };
  for (const char* channel : {"s", "1", "2", "3", "busy", "silent", "nobody"})
    goes(channel_path(id(channel)));
  for (const char* bridge : {"h", "t", "w", "c"}) goes(bridge_path(id(bridge)));
  goes("/ari/recordings/stored/" + id("r"));
  if (!done.ok()) return done.error();
  for (const char* channel : {"1", "2", "3"})
    for (const std::int64_t until = steady_ms() + kStepMs; look(id(channel)).ok();)
      if (steady_ms() > until) return failed("a channel of the check is still there");
  return std::string("its channels, bridges and its recording are gone");
}

}  // namespace opora::telephony
