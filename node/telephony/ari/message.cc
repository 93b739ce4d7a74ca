#include "node/telephony/ari/message.h"

#include <array>

#include "web/server/json_reader.h"

namespace opora::telephony::ari {

namespace {

// A call's 1 000 channels of some forty values each.
constexpr web::JsonLimits kLimits{32, 256, 200'000};
constexpr std::size_t kMaxChannels = 4'000;
constexpr web::TextRule kText{0, 4'096};

constexpr std::array<std::pair<std::string_view, Kind>, 13> kKinds{{
    {"StasisStart", Kind::kStasisStart},
    {"StasisEnd", Kind::kStasisEnd},
    {"ChannelStateChange", Kind::kStateChange},
    {"ChannelDestroyed", Kind::kDestroyed},
    {"ChannelDtmfReceived", Kind::kDtmf},
    {"PlaybackFinished", Kind::kPlaybackFinished},
    {"ChannelUserevent", Kind::kUserevent},
    {"ApplicationReplaced", Kind::kReplaced},
    {"RecordingFinished", Kind::kRecordingFinished},
    {"RecordingFailed", Kind::kRecordingFailed},
    {"ChannelHold", Kind::kHold},
    {"ChannelUnhold", Kind::kUnhold},
    {"ChannelTransfer", Kind::kTransfer},
}};

Kind kind_of(std::string_view type) {
  for (const auto& [name, kind] : kKinds)
    if (name == type) return kind;
  return Kind::kOther;
}

std::string text(web::JsonReader& in, std::string_view name) {
  return in.optional_text(name, kText).value_or("");
}

Channel read_channel(web::JsonReader& in) {
  Channel out;
  out.id = in.text("id", {1, 256});
  out.name = text(in, "name");
  out.state = text(in, "state");
  in.optional_object("caller", [&](web::JsonReader& each) { out.caller = text(each, "number"); });
  in.optional_object("dialplan", [&](web::JsonReader& each) {
    out.exten = text(each, "exten");
    out.dialplan = text(each, "app_name") + "(" + text(each, "app_data") + ")";
  });
  in.optional_object("channelvars",
                     [&](web::JsonReader& each) { out.call_id = text(each, "ACD_CALL_ID"); });
  return out;
}

// A list has no name of its own, and a reader begins at an object.
template <class Item>
Result<std::vector<Item>> read_list(std::string_view json, Item (*read)(web::JsonReader&)) {
  std::string wrapped = R"({"list":)";
  wrapped.append(json).append("}");
  auto document = web::JsonDocument::parse(wrapped, kLimits);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  std::vector<Item> out;
  in.array("list", {0, kMaxChannels}, [&](web::JsonReader& each) { out.push_back(read(each)); });
  OPORA_TRY(in.finish());
  return out;
}

Bridge read_bridge(web::JsonReader& in) {
  Bridge out;
  out.id = in.text("id", {1, 256});
  out.type = text(in, "bridge_type");
  if (in.has("channels")) out.channels = in.lines("channels", {0, kMaxChannels}, {1, 256});
  return out;
}

void read_transfer(web::JsonReader& in, Message& out) {
  in.optional_object("refer_to", [&](web::JsonReader& to) {
    to.optional_object("requested_destination", [&](web::JsonReader& each) {
      out.destination = text(each, "destination");
      out.is_attended = each.has("protocol_id");
    });
    out.is_attended = out.is_attended || to.has("destination_channel");
  });
  in.optional_object("referred_by", [&](web::JsonReader& by) {
    by.optional_object("source_channel",
                       [&](web::JsonReader& each) { out.channel = read_channel(each); });
  });
  out.progress = text(in, "state");
}

// What stands before the arguments of Stasis().
bool is_in(const Channel& channel, const std::string& stasis) {
  const std::string_view dialplan = channel.dialplan;
  if (!dialplan.starts_with(stasis)) return false;
  return dialplan.size() > stasis.size() &&
         (dialplan[stasis.size()] == ',' || dialplan[stasis.size()] == ')');
}

}  // namespace

bool came_into(const Channel& channel, std::string_view app) {
  return is_in(channel, "Stasis(" + std::string(app) + ",in");
}

bool has_left(const Channel& channel, std::string_view app) {
  const bool says_nothing = channel.dialplan.empty() || channel.dialplan == "()";
  return !says_nothing && !is_in(channel, "Stasis(" + std::string(app));
}

std::string_view endpoint_of(const Channel& channel) {
  const std::string_view name = channel.name;
  return name.substr(0, name.rfind('-'));
}

Result<Message> read_message(std::string_view json) {
  if (json.size() > kMaxMessageBytes) return Error{Code::kTooLarge, "", "a message of the PBX"};
  auto document = web::JsonDocument::parse(json, kLimits);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  Message out;
  out.kind = kind_of(in.text("type", {1, 128}));
  if (out.kind == Kind::kOther) {
    OPORA_TRY(in.finish());
    return out;
  }
  in.optional_object("channel", [&](web::JsonReader& each) { out.channel = read_channel(each); });
  in.optional_object("replace_channel",
                     [&](web::JsonReader& each) { out.replaces = text(each, "id"); });
  in.optional_object("recording",
                     [&](web::JsonReader& each) { out.recording = text(each, "name"); });
  in.optional_object("playback", [&](web::JsonReader& each) {
    out.playback = text(each, "id");
    out.playback_state = text(each, "state");
  });
  in.optional_object("userevent",
                     [&](web::JsonReader& each) { out.heartbeat = text(each, "seq"); });
  if (in.has("args")) out.args = in.lines("args", {0, 32}, {0, 1'024});
  out.cause = in.optional_integer("cause", {0, 65'535}).value_or(0);
  out.digit = text(in, "digit");
  out.event_name = text(in, "eventname");
  if (out.kind == Kind::kTransfer) read_transfer(in, out);
  OPORA_TRY(in.finish());
  return out;
}

Result<std::vector<Channel>> read_channels(std::string_view json) {
  return read_list<Channel>(json, read_channel);
}

Result<std::vector<Bridge>> read_bridges(std::string_view json) {
  return read_list<Bridge>(json, read_bridge);
}

}  // namespace opora::telephony::ari
