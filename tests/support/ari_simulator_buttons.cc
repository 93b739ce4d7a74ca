// What people do with the buttons of their telephones, as recorded on Asterisk 22: hold, and a
// transfer that the application is asked about (PJSIP_TRANSFER_HANDLING=ari-only, trap 9).
#include "tests/support/ari_simulator.h"

namespace opora::testing {

std::string AriSimulator::talking_at(const std::string& endpoint) const {
  for (const auto& [id, channel] : channels_)
    if (channel.endpoint == endpoint && channel.state == "Up") return id;
  return "";
}

void AriSimulator::holds(const std::string& endpoint, bool holds) {
  const std::lock_guard lock(mutex_);
  const std::string id = talking_at(endpoint);
  if (id.empty()) return;
  if (holds) tell("ChannelHold", id, R"("musicclass":"default",)");
  else tell("ChannelUnhold", id);
}

void AriSimulator::tell_transfer(const std::string& id, const std::string& more) {
  send(R"({"type":"ChannelTransfer",)" + more + R"("referred_by":{"source_channel":)" +
       channel_json(id) + R"(},"asterisk_id":"00:00:00:00:00:00","application":"opora"})");
}

// A phone that is not asked about by the application is served by the dialplan: nothing is told.
bool AriSimulator::refers(const std::string& endpoint, const std::string& to, Refer how) {
  const std::lock_guard lock(mutex_);
  const std::string id = talking_at(endpoint);
  if (id.empty() || channels_.at(id).transfers != "ari-only") return false;
  transfer_answers_.erase(endpoint);
  const std::string before = how == Refer::kAttended ? R"(,"protocol_id":"71279402c0364eac")" : "";
  tell_transfer(
      id, R"("refer_to":{"requested_destination":{"destination":")" + to + "\"" + before + "}},");
  return true;
}

std::string AriSimulator::transfer_answer(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  const auto found = transfer_answers_.find(endpoint);
  return found == transfer_answers_.end() ? "" : found->second;
}

AriSimulator::Answer AriSimulator::transfer_progress(const web::Request& request,
                                                     const web::PathParams& params) {
  const auto found = channels_.find(params["id"]);
  if (found == channels_.end()) return {404, R"({"message":"Channel not found"})"};
  const std::string states(web::find_query(request.query, "states").value_or(""));
  transfer_answers_[found->second.endpoint] = states;
  tell_transfer(found->first, R"("state":")" + states + R"(",)");
  return {};
}

}  // namespace opora::testing
