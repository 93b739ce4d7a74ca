#include "tests/support/ari_simulator.h"

#include <algorithm>

#include "web/server/json_reader.h"
#include "web/server/json_writer.h"

namespace opora::testing {

using web::PathParams;
using web::Request;

namespace {

constexpr const char* kApp = "opora";

std::string query(const Request& request, std::string_view name) {
  return std::string(web::find_query(request.query, name).value_or(""));
}

// Of ARI's reasons for a hang-up, as Q.850 has them.
int cause_of(const std::string& reason, int otherwise) {
  static const std::map<std::string, int> kCauses{{"busy", 17},
                                                  {"no_answer", 19},
                                                  {"rejected", 21},
                                                  {"answered_elsewhere", 26},
                                                  {"congestion", 34}};
  const auto found = kCauses.find(reason);
  return found == kCauses.end() ? otherwise : found->second;
}

std::vector<std::string> parted(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(',', from), text.size());
    out.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

}  // namespace

AriSimulator::AriSimulator() {
  web::ServerOptions options;
  options.listen = "127.0.0.1:0";
  server_ = web::Server::start(options, routes()).value();
}

AriSimulator::~AriSimulator() { server_->stop(); }

void AriSimulator::route(web::Router& router, web::Method method, const char* pattern,
                         Handled handled) {
  router.on(
      method, pattern,
      [this, handled](const Request& request, const PathParams& params,
                      const web::Respond& respond) {
        const std::lock_guard lock(mutex_);
        if (watcher_) watcher_(request);
        requests_.push_back(std::string(web::method_name(request.method)) + " " + request.path);
        const Answer answer = handle(handled, request, params);
        web::Response response = answer.body.empty()
                                     ? web::empty_response(answer.status)
                                     : web::json_response(answer.status, answer.body);
        if (!answer.body.empty()) response.content_type = answer.type;
        this->respond(respond, std::move(response));
      });
}

web::Router AriSimulator::routes() {
  using enum web::Method;
  web::Router out;
  out.websocket("/ari/events", [this](const Request&, const PathParams&,
                                      const web::WsUpgrade& upgrade) { take_listener(upgrade); });
  route(out, kGet, "/ari/channels", &AriSimulator::list);
  route(out, kGet, "/ari/asterisk/info", &AriSimulator::info);
  route(out, kGet, "/ari/channels/{id}/variable", &AriSimulator::get_variable);
  route(out, kGet, "/ari/bridges", &AriSimulator::list_bridges);
  route(out, kPost, "/ari/channels/{id}", &AriSimulator::dial);
  route(out, kDelete, "/ari/channels/{id}", &AriSimulator::hang_up);
  route(out, kPost, "/ari/channels/{id}/answer", &AriSimulator::answer);
  route(out, kPost, "/ari/channels/{id}/ring", &AriSimulator::ring);
  route(out, kPost, "/ari/channels/{id}/transfer_progress", &AriSimulator::transfer_progress);
  route(out, kPost, "/ari/channels/{id}/variable", &AriSimulator::set_variable);
  route(out, kPost, "/ari/channels/{id}/continue", &AriSimulator::go_on);
  route(out, kPost, "/ari/channels/{id}/play", &AriSimulator::play);
  route(out, kPost, "/ari/channels/{id}/play/{playback}", &AriSimulator::play);
  route(out, kPost, "/ari/channels/{id}/snoop/{snoop}", &AriSimulator::snoop);
  route(out, kDelete, "/ari/playbacks/{id}", &AriSimulator::nothing);
  route(out, kPost, "/ari/bridges/{id}", &AriSimulator::open_bridge);
  route(out, kDelete, "/ari/bridges/{id}", &AriSimulator::close_bridge);
  route(out, kPost, "/ari/bridges/{id}/addChannel", &AriSimulator::add_to_bridge);
  route(out, kPost, "/ari/bridges/{id}/moh", &AriSimulator::on_bridge);
  route(out, kPost, "/ari/bridges/{id}/record", &AriSimulator::record);
  route(out, kGet, "/ari/recordings/live/{name}", &AriSimulator::live_recording);
  route(out, kPost, "/ari/recordings/live/{name}/{what}", &AriSimulator::change_recording);
  route(out, kDelete, "/ari/recordings/live/{name}/{what}", &AriSimulator::change_recording);
  route(out, kGet, "/ari/recordings/stored/{name}/file", &AriSimulator::recorded_file);
  route(out, kDelete, "/ari/recordings/stored/{name}", &AriSimulator::forget_recording);
  route(out, kPost, "/ari/events/user/{name}", &AriSimulator::user_event);
  route(out, kPut, "/ari/applications/{app}/eventFilter", &AriSimulator::filter);
  return out;
}

// The last one to come hears; the one before is told so, and hears nothing more.
void AriSimulator::take_listener(const web::WsUpgrade& upgrade) {
  web::WsCallbacks callbacks;
  callbacks.on_open = [this](const web::WsSession& session) {
    const std::lock_guard lock(mutex_);
    if (listens_) send(R"({"type":"ApplicationReplaced","application":"opora"})");
    listener_ = session;
    listens_ = true;
    deaf_ = false;
    held_event_.reset();
    disallowed_.clear();
  };
  callbacks.on_close = [this](const web::WsSession& session, std::uint16_t) {
    const std::lock_guard lock(mutex_);
    if (session == listener_) listens_ = false;
  };
  upgrade.accept(std::move(callbacks));
}

// ---- What is

std::set<std::string> AriSimulator::in_bridge(const std::string& bridge) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> out;
  for (const auto& [id, channel] : channels_)
    if (channel.bridge == bridge) out.insert(id);
  return out;
}

std::string AriSimulator::bridge_of(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  const auto found = channels_.find(channel);
  return found == channels_.end() ? "" : found->second.bridge;
}

bool AriSimulator::is_there(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  return channels_.contains(channel);
}

bool AriSimulator::at_own_queue(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  const auto found = channels_.find(channel);
  return found != channels_.end() && found->second.incoming && !found->second.in_app;
}

bool AriSimulator::heard() {
  const std::lock_guard lock(mutex_);
  return listens_ && !deaf_;
}

std::size_t AriSimulator::channels() {
  const std::lock_guard lock(mutex_);
  return channels_.size();
}

std::size_t AriSimulator::bridges() {
  const std::lock_guard lock(mutex_);
  return bridges_.size();
}

std::vector<std::string> AriSimulator::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

// ---- Events

std::string AriSimulator::channel_json(const std::string& id) const {
  const Channel& channel = channels_.at(id);
  std::string data = kApp;
  for (const std::string& each : channel.args) data += "," + each;
  web::JsonWriter out;
  out.object([&] {
    out.field("id", id);
    out.field("name", channel.endpoint + "-00000001");
    out.field("state", channel.state);
    out.object("caller", [&] {
      out.field("name", "");
      out.field("number", channel.caller);
    });
    out.object("dialplan", [&] {
      out.field("context", "from-trunk");
      out.field("exten", channel.exten);
      const bool is_ours = channel.in_app || (!channel.incoming && !channel.left);
      out.field("app_name", is_ours ? "Stasis" : "Queue");
      out.field("app_data", is_ours ? data : "desk,,,,20");
    });
    if (!forgets_variables_)
      out.object("channelvars", [&] { out.field("ACD_CALL_ID", channel.call_id); });
  });
  return out.take();
}

void AriSimulator::tell(const std::string& type, const std::string& channel,
                        const std::string& more) {
  if (!channels_.contains(channel)) return;
  send(R"({"type":")" + type + R"(","timestamp":"2026-11-23T14:00:00.000+0000",)" + more +
       R"("channel":)" + channel_json(channel) + R"(,"application":"opora"})");
}

// ---- Requests

AriSimulator::Answer AriSimulator::list(const Request&, const PathParams&) {
  std::string out;
  for (const auto& [id, channel] : channels_) out += (out.empty() ? "" : ",") + channel_json(id);
  return {200, "[" + out + "]"};
}

AriSimulator::Answer AriSimulator::list_bridges(const Request&, const PathParams&) {
  web::JsonWriter out;
  out.object([&] {
    out.array("list", [&] {
      for (const auto& [bridge, type] : bridges_)
        out.object([&, &bridge = bridge, &type = type] {
          out.field("id", bridge);
          out.field("bridge_type", type);
          out.array("channels", [&] {
            for (const auto& [id, channel] : channels_)
              if (channel.bridge == bridge) out.value(id);
          });
        });
    });
  });
  const std::string object = out.take();  // a list is no object: without its name
  const std::size_t from = object.find('[');
  return {200, object.substr(from, object.rfind(']') + 1 - from)};
}

// The phone rings before the answer is there.
AriSimulator::Answer AriSimulator::dial(const Request& request, const PathParams& params) {
  const std::string& id = params["id"];
  if (channels_.contains(id))
    return {409, R"({"message":"Channel with given unique ID already exists"})"};
  const std::string endpoint = query(request, "endpoint");
  if (!endpoints_.contains(endpoint)) return {500, R"({"error":"Allocation failed"})"};
  Channel& channel = channels_[id];
  channel.endpoint = endpoint;
  channel.state = "Ringing";
  channel.args = parted(query(request, "appArgs"));
  channel.caller = query(request, "callerId");
  if (auto document = web::JsonDocument::parse(request.body); document.ok()) {
    web::JsonReader in = document->read(web::UnknownFields::kIgnore);
    in.optional_object("variables", [&](web::JsonReader& each) {
      channel.call_id = each.optional_text("ACD_CALL_ID").value_or("");
      channel.transfers = each.optional_text("PJSIP_TRANSFER_HANDLING()").value_or("");
      const auto header = [&](const std::string& name) {
        return each.optional_text("PJSIP_HEADER(add,X-Opora-" + name + ")").value_or("");
      };
      channel.headers = {header("Journey"), header("Site"),     header("Waited"),
                         header("Told"),    header("Priority"), header("Skills")};
    });
  }
  tell("ChannelStateChange", id);
  if (const auto ends = ends_at_.find(endpoint); ends != ends_at_.end()) {
    const std::string shown = channel_json(id);
    end(id, ends->second);
    return {200, shown};
  }
  if (somebody_at_.contains(endpoint)) {
    pick_up(id);
    tell("ChannelDtmfReceived", id, R"("duration_ms":100,"digit":"5",)");
  }
  return {200, channel_json(id)};
}

AriSimulator::Answer AriSimulator::info(const Request&, const PathParams&) {
  return {200, R"({"system":{"version":"22.10.1","entity_id":"00:00:00:00:00:00"}})"};
}

// Its dialplan has the fall-back of the example.
AriSimulator::Answer AriSimulator::get_variable(const Request& request, const PathParams& params) {
  if (!channels_.contains(params["id"])) return {404, R"({"message":"Channel not found"})"};
  const bool has_it = query(request, "variable") == "DIALPLAN_EXISTS(opora-fallback,s,1)";
  return {200, has_it ? R"({"value":"1"})" : R"({"value":"0"})"};
}

AriSimulator::Answer AriSimulator::hang_up(const Request& request, const PathParams& params) {
  if (!channels_.contains(params["id"])) return {404, R"({"message":"Channel not found"})"};
  end(params["id"], cause_of(query(request, "reason"), kNormalClearing));
  return {};
}

AriSimulator::Answer AriSimulator::ring(const Request&, const PathParams& params) {
  const auto found = channels_.find(params["id"]);
  if (found == channels_.end()) return {404, R"({"message":"Channel not found"})"};
  if (!found->second.in_app) return {409, R"({"message":"Channel not in Stasis application"})"};
  outside(params["id"], Turn::kRings);
  return {};
}

AriSimulator::Answer AriSimulator::answer(const Request&, const PathParams& params) {
  const auto found = channels_.find(params["id"]);
  if (found == channels_.end()) return {404, R"({"message":"Channel not found"})"};
  if (!found->second.in_app) return {409, R"({"message":"Channel not in Stasis application"})"};
  found->second.state = "Up";
  tell("ChannelStateChange", params["id"]);
  outside(params["id"], Turn::kAnswered);
  return {};
}

AriSimulator::Answer AriSimulator::set_variable(const Request& request, const PathParams& params) {
  const auto found = channels_.find(params["id"]);
  if (found == channels_.end()) return {404, R"({"message":"Channel not found"})"};
  if (query(request, "variable") == "ACD_CALL_ID") found->second.call_id = query(request, "value");
  return {};
}

AriSimulator::Answer AriSimulator::go_on(const Request&, const PathParams& params) {
  const auto found = channels_.find(params["id"]);
  if (found == channels_.end()) return {404, R"({"message":"Channel not found"})"};
  if (held_fast_.contains(found->first)) return {412, R"({"message":"Channel in invalid state"})"};
  tell("StasisEnd", params["id"]);
  found->second.in_app = false;
  found->second.left = true;
  found->second.bridge.clear();
  outside(params["id"], Turn::kAnswered);  // by its own queue, if not before
  return {};
}

AriSimulator::Answer AriSimulator::play(const Request& request, const PathParams& params) {
  const auto found = channels_.find(params["id"]);
  if (found == channels_.end()) return {404, R"({"message":"Channel not found"})"};
  if (!found->second.in_app) return {409, R"({"message":"Channel not in Stasis application"})"};
  if (missing_sounds_.contains(query(request, "media"))) {
    send(R"({"type":"PlaybackFinished","playback":{"id":")" + params["playback"] +
         R"(","state":"failed"},"application":"opora"})");
    return {201, R"({"id":"playback","state":"queued"})"};
  }
  if (prompts_end_ || somebody_at_.contains(found->second.endpoint))
    send(R"({"type":"PlaybackFinished","playback":{"id":")" + params["playback"] +
         R"(","state":"done"},"application":"opora"})");
  return {201, R"({"id":"playback","state":"queued"})"};
}

// Nothing is heard here: that there is somebody to be overheard is all that is looked at.
AriSimulator::Answer AriSimulator::snoop(const Request&, const PathParams& params) {
  if (!channels_.contains(params["id"])) return {404, R"({"message":"Channel not found"})"};
  send(R"({"type":"StasisStart","args":["snoop"],"channel":{"id":")" + params["snoop"] +
       R"(","name":"Snoop/)" + params["id"] + R"(-00000001","state":"Up"},"application":"opora"})");
  return {200, R"({"id":")" + params["snoop"] + R"("})"};
}

AriSimulator::Answer AriSimulator::open_bridge(const Request& request, const PathParams& params) {
  if (!bridges_.emplace(params["id"], query(request, "type")).second)
    return {409, R"({"message":"Bridge with id ')" + params["id"] + R"(' already exists"})"};
  return {200, R"({"id":"bridge"})"};
}

AriSimulator::Answer AriSimulator::close_bridge(const Request&, const PathParams& params) {
  if (bridges_.erase(params["id"]) == 0) return {404, R"({"message":"Bridge not found"})"};
  for (auto& [id, channel] : channels_)
    if (channel.bridge == params["id"]) channel.bridge.clear();
  for (const auto& [name, recording] : recordings_)
    if (recording.bridge == params["id"]) end_recording(name, "RecordingFinished");
  return {};
}

AriSimulator::Answer AriSimulator::add_to_bridge(const Request& request, const PathParams& params) {
  if (!bridges_.contains(params["id"])) return {404, R"({"message":"Bridge not found"})"};
  const auto ids = parted(query(request, "channel"));
  for (const std::string& id : ids) {
    const auto found = channels_.find(id);
    if (found == channels_.end()) return {400, R"({"message":"Channel not found"})"};
    if (!found->second.in_app) return {422, R"({"message":"Channel not in Stasis application"})"};
  }
  for (const std::string& id : ids) channels_.at(id).bridge = params["id"];
  return {};
}

AriSimulator::Answer AriSimulator::on_bridge(const Request&, const PathParams& params) {
  return bridges_.contains(params["id"]) ? Answer{}
                                         : Answer{404, R"({"message":"Bridge not found"})"};
}

AriSimulator::Answer AriSimulator::user_event(const Request& request, const PathParams& params) {
  std::string sequence;
  if (auto document = web::JsonDocument::parse(request.body); document.ok()) {
    web::JsonReader in = document->read(web::UnknownFields::kIgnore);
    in.optional_object("variables", [&](web::JsonReader& each) {
      sequence = each.optional_text("seq").value_or("");
    });
  }
  pass(R"({"type":"ChannelUserevent","eventname":")" + params["name"] +
       R"(","userevent":{"seq":")" + sequence + R"(","eventname":")" + params["name"] +
       R"("},"application":"opora"})");
  return {};
}

AriSimulator::Answer AriSimulator::filter(const Request& request, const PathParams& params) {
  disallowed_.clear();
  if (auto document = web::JsonDocument::parse(request.body); document.ok()) {
    web::JsonReader in = document->read(web::UnknownFields::kIgnore);
    in.array("disallowed", {0, 64}, [&](web::JsonReader& each) {
      disallowed_.insert(each.text("type", {1, 128}));
    });
  }
  return {200, R"({"name":")" + params["app"] + R"("})"};
}

AriSimulator::Answer AriSimulator::nothing(const Request&, const PathParams&) { return {}; }

}  // namespace opora::testing
