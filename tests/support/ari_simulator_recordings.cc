// Recordings of the ARI simulator: of bridges, named by whoever asks, kept until they are removed.
#include "protocol/domain/recording_sound.h"
#include "tests/support/ari_simulator.h"
#include "web/server/json_writer.h"

namespace opora::testing {

using web::PathParams;
using web::Request;

namespace {

constexpr const char* kNoRecording = R"({"message":"Recording not found"})";

// Of an Asterisk's format "wav": sixteen bits, 8 000 a second; a voice that comes and goes.
std::string three_seconds() {
  constexpr int kRate = 8'000;
  constexpr int kSamples = 3 * kRate;
  std::string out = protocol::wav_header(kSamples);
  for (int i = 0; i < kSamples; ++i) {
    const int loud = (i / (kRate / 4)) % 2 == 0 ? 12'000 : 600;
    const auto sample = static_cast<std::uint16_t>(i % 20 < 10 ? loud : -loud);
    out.push_back(static_cast<char>(sample & 0xFF));
    out.push_back(static_cast<char>(sample >> 8));
  }
  return out;
}

}  // namespace

void AriSimulator::tell_recording(const std::string& type, const std::string& name) {
  const Recording& recording = recordings_.at(name);
  web::JsonWriter out;
  out.object([&] {
    out.field("type", type);
    out.field("timestamp", "2026-11-23T14:00:00.000+0000");
    out.object("recording", [&] {
      out.field("name", name);
      out.field("format", "wav");
      out.field("state", recording.state);
      out.field("target_uri", "bridge:" + recording.bridge);
    });
    out.field("application", "opora");
  });
  send(out.take());
}

void AriSimulator::end_recording(const std::string& name, const char* type) {
  Recording& recording = recordings_.at(name);
  if (recording.state != "recording" && recording.state != "paused") return;
  recording.state = "done";
  tell_recording(type, name);
  recording.state = "stored";
}

AriSimulator::Answer AriSimulator::record(const Request& request, const PathParams& params) {
  if (!bridges_.contains(params["id"])) return {404, R"({"message":"Bridge not found"})"};
  const std::string name = std::string(web::find_query(request.query, "name").value_or(""));
  if (web::find_query(request.query, "format") != "wav")
    return {422, R"({"message":"specified format is unknown on this system"})"};
  if (recordings_.contains(name))
    return {409, R"({"message":"Recording ')" + name +
                     R"(' already exists and can not be overwritten"})"};
  recordings_[name].bridge = params["id"];
  tell_recording(records_ ? "RecordingStarted" : "RecordingFailed", name);
  if (!records_) recordings_.erase(name);
  return {201, R"({"name":"recording"})"};
}

AriSimulator::Answer AriSimulator::live_recording(const Request&, const PathParams& params) {
  const auto found = recordings_.find(params["name"]);
  if (found == recordings_.end() || found->second.state == "stored") return {404, kNoRecording};
  return {200, R"({"state":")" + found->second.state + R"("})"};
}

AriSimulator::Answer AriSimulator::change_recording(const Request& request,
                                                    const PathParams& params) {
  const auto found = recordings_.find(params["name"]);
  if (found == recordings_.end() || found->second.state == "stored") return {404, kNoRecording};
  if (params["what"] == "stop") end_recording(found->first, "RecordingFinished");
  else found->second.state = request.method == web::Method::kPost ? "paused" : "recording";
  return {};
}

AriSimulator::Answer AriSimulator::recorded_file(const Request&, const PathParams& params) {
  const auto found = recordings_.find(params["name"]);
  if (found == recordings_.end()) return {404, kNoRecording};
  return {200, three_seconds(), "audio/wav"};
}

AriSimulator::Answer AriSimulator::forget_recording(const Request&, const PathParams& params) {
  return recordings_.erase(params["name"]) == 0 ? Answer{404, kNoRecording} : Answer{};
}

void AriSimulator::ends_prompts() {
  const std::lock_guard lock(mutex_);
  prompts_end_ = true;
}

void AriSimulator::breaks_recordings() {
  const std::lock_guard lock(mutex_);
  records_ = false;
  for (const auto& [name, recording] : recordings_)
    if (recording.state != "stored") tell_recording("RecordingFailed", name);
  std::erase_if(recordings_, [](const auto& each) { return each.second.state != "stored"; });
}

void AriSimulator::ends_recordings() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, recording] : recordings_) end_recording(name, "RecordingFinished");
}

std::vector<std::string> AriSimulator::recordings() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [name, recording] : recordings_) out.push_back(name + " " + recording.state);
  return out;
}

}  // namespace opora::testing
