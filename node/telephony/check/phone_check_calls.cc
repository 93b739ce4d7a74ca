// Scenarios of the check: what a call queue needs beyond ringing and talking (O4, O6, N3).
#include <algorithm>

#include "node/telephony/check/phone_check.h"
#include "node/telephony/check/words.h"

namespace opora::telephony {

using ari::Kind;
using ari::Message;
using ari::percent;

namespace {

// A sound that is not there is said to be at once; one that plays for so long is there.
constexpr int kMissingMs = 700;
// Long enough for a file that is more than its header.
constexpr int kTapeMs = 1'000;
constexpr std::int64_t kUserBusy = 17;
constexpr std::int64_t kNoAnswer = 19;
// A WAV file with nothing in it.
constexpr std::size_t kWavHeader = 44;

}  // namespace

// Without it each caller is a new one after a restart of the node.
PhoneCheck::Found PhoneCheck::remembers() {
  const auto set =
      send(Method::kPost,
           channel_path(id("1")) + "/variable?variable=ACD_CALL_ID&value=" + percent(mark_), {204});
  if (!set.ok()) return set.error();
  const auto there = look(id("1"));
  if (!there.ok()) return there.error();
  if (there->call_id != mark_)
    return failed(
        "the list of channels does not say it: channelvars of ari.conf has to have "
        "ACD_CALL_ID");
  return std::string("ACD_CALL_ID is in the list of channels");
}

Result<bool> PhoneCheck::can_play(const std::string& media) {
  const std::string playback = id("s" + std::to_string(++plays_));
  const auto sent = send(
      Method::kPost,
      channel_path(id("1")) + "/play/" + percent(playback) + "?media=" + percent(media), {201});
  if (!sent.ok()) return sent.error();
  const auto is_over = [&](const Message& message) {
    return message.kind == Kind::kPlaybackFinished && message.playback == playback;
  };
  const auto over = await("PlaybackFinished", is_over, kMissingMs);
  if (over.ok()) return over->playback_state != "failed";
  const auto stopped = send(Method::kDelete, "/ari/playbacks/" + percent(playback), {204, 404});
  if (!stopped.ok()) return stopped.error();
  return true;
}

PhoneCheck::Found PhoneCheck::can_play_all(const std::vector<std::string>& sounds) {
  std::string missing;
  for (const std::string& each : sounds) {
    const auto can = can_play(each);
    if (!can.ok()) return can.error();
    if (!*can) missing += (missing.empty() ? "" : ", ") + each;
  }
  if (!missing.empty()) return failed("cannot be played: " + missing);
  return std::to_string(sounds.size()) + " can be played";
}

PhoneCheck::Found PhoneCheck::has_sounds() { return can_play_all(access_.sounds); }

PhoneCheck::Found PhoneCheck::has_words() {
  return can_play_all({"sound:queue-youarenext", "sound:queue-thereare", "sound:queue-callswaiting",
                       "sound:queue-holdtime", "sound:queue-minutes", "number:5", "tone:ring"});
}

PhoneCheck::Found PhoneCheck::records() {
  const std::string name = id("r");
  const auto begun = send(Method::kPost,
                          bridge_path(id("t")) + "/record?name=" + percent(name) +
                              "&format=wav&maxDurationSeconds=30&ifExists=fail",
                          {201});
  if (!begun.ok()) return begun.error();
  const auto is_of_it = [&](const Message& message, Kind kind) {
    return message.kind == kind && message.recording == name;
  };
  // 201 is no success (trap 8).
  const auto broke = await(
      "word", [&](const Message& each) { return is_of_it(each, Kind::kRecordingFailed); }, kTapeMs);
  if (broke.ok())
    return failed("the recording failed: may Asterisk write its folder of recordings?");
  const auto stopped =
      send(Method::kPost, "/ari/recordings/live/" + percent(name) + "/stop", {204});
  if (!stopped.ok()) return stopped.error();
  const auto over = await("RecordingFinished", [&](const Message& each) {
    return is_of_it(each, Kind::kRecordingFinished);
  });
  if (!over.ok()) return over.error();
  const std::string stored = "/ari/recordings/stored/" + percent(name);
  const auto file = send(Method::kGet, stored + "/file", {200});
  if (!file.ok()) return file.error();
  if (!file->starts_with("RIFF") || file->size() <= kWavHeader)
    return failed("the file is no WAV, or empty");
  const auto gone = send(Method::kDelete, stored, {204});
  if (!gone.ok()) return gone.error();
  return std::to_string(file->size()) + " bytes, fetched and removed";
}

PhoneCheck::Found PhoneCheck::listens_in() {
  const auto sent = send(Method::kPost,
                         channel_path(id("2")) + "/snoop/" + percent(id("s")) +
                             "?spy=both&whisper=out&app=" + std::string(kApp) + "&appArgs=snoop",
                         {200});
  if (!sent.ok()) return sent.error();
  const auto came = await("StasisStart of who listens", [&](const Message& message) {
    return is_of(message, Kind::kStasisStart, id("s"));
  });
  if (!came.ok()) return came.error();
  const auto gone = send(Method::kDelete, channel_path(id("s")), {204, 404});
  if (!gone.ok()) return gone.error();
  return std::string("hears both, and is heard by one");
}

// These in it, and out of where they were.
Status PhoneCheck::gather(const char* bridge, const char* type,
                          const std::vector<std::string>& channels) {
  const std::string path = bridge_path(id(bridge));
  const auto opened = send(Method::kPost, path + "?type=" + type, {200, 409});
  if (!opened.ok()) return opened.error();
  std::string list;
  for (const std::string& each : channels) list += (list.empty() ? "" : ",") + each;
  const auto added = send(Method::kPost, path + "/addChannel?channel=" + percent(list), {204});
  if (!added.ok()) return added.error();
  const auto bridges = bridges_now();
  if (!bridges.ok()) return bridges.error();
  for (const ari::Bridge& each : *bridges) {
    const bool here = each.id == id(bridge);
    for (const std::string& channel : channels) {
      const bool in_it = std::ranges::find(each.channels, channel) != each.channels.end();
      if (in_it != here)
        return failed(each.id + (here ? " has not all" : " has one of them still"));
    }
  }
  return ok_status();
}

// The person waits with music, two talk of him; then the third has him.
PhoneCheck::Found PhoneCheck::consults() {
  OPORA_TRY(dial(id("3")));
  OPORA_TRY(gather("w", "holding", {id("1")}));
  const auto music = send(Method::kPost, bridge_path(id("w")) + "/moh", {204});
  if (!music.ok()) return music.error();
  OPORA_TRY(gather("c", "mixing", {id("2"), id("3")}));
  OPORA_TRY(gather("t", "mixing", {id("1"), id("3")}));
  return std::string("two talk while one waits, then the third has him");
}

Result<std::int64_t> PhoneCheck::cause_of(const char* whom) {
  const std::string channel = id(whom);
  const std::string at = "Local/" + std::string(whom) + "@" + std::string(kApp);
  const auto sent = send(Method::kPost, dialling(channel, at), {200});
  if (!sent.ok()) return sent.error();
  const auto ended = await("ChannelDestroyed", [&](const Message& message) {
    return is_of(message, Kind::kDestroyed, channel);
  });
  if (!ended.ok()) return failed(at + ": " + ended.error().message);
  return ended->cause;
}

// What becomes of an agent goes by it: a break, a rest, another one's turn.
PhoneCheck::Found PhoneCheck::tells_why() {
  for (const auto& [whom, wanted] :
       {std::pair("busy", kUserBusy), std::pair("silent", kNoAnswer)}) {
    const auto cause = cause_of(whom);
    if (!cause.ok()) return cause.error();
    if (*cause != wanted)
      return failed(std::string(whom) + " is told with cause " + std::to_string(*cause) +
                    " instead of " + std::to_string(wanted));
  }
  const auto nobody =
      send(Method::kPost, dialling(id("nobody"), "PJSIP/opora-check-nobody"), {500, 400, 404});
  if (!nobody.ok()) return failed("a telephone that is not there is dialled all the same");
  return std::string("causes 17 and 19; who is not there is refused at once");
}

}  // namespace opora::telephony
