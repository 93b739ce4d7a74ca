// What an Asterisk says over ARI's WebSocket and in its lists, as far as the call queue needs it;
// the rest of a message is not looked at. As recorded on Asterisk 22.10. Pure; any input is safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"

namespace opora::telephony::ari {

enum class Kind : std::uint8_t {
  kOther = 0,
  kStasisStart = 1,
  kStasisEnd = 2,
  kStateChange = 3,  // of a channel: Ring, Ringing, Up
  kDestroyed = 4,    // of a channel, with the cause
  kDtmf = 5,
  kPlaybackFinished = 6,
  kUserevent = 7,  // our heartbeat's echo
  kReplaced = 8,   // another WebSocket of this application hears the events now
  kRecordingFinished = 9,
  kRecordingFailed = 10,
  kHold = 11,  // the button of a telephone
  kUnhold = 12,
  kTransfer = 13,  // REFER: the channel is whose telephone sent it
};

struct Channel {
  std::string id;
  std::string name;  // "PJSIP/op1-0000001d": the endpoint, then a serial number
  std::string state;
  std::string caller;  // number
  std::string exten;
  std::string call_id;   // ACD_CALL_ID, ours
  std::string dialplan;  // what it is in: "Stasis(opora,in,100)", "Queue(desk)"
};
// "PJSIP/op1" of "PJSIP/op1-0000001d".
std::string_view endpoint_of(const Channel& channel);
// A caller whom the dialplan has given to the application `app`: "Stasis(opora,in,100)".
bool came_into(const Channel& channel, std::string_view app);
// The dialplan has it for something else: the PBX's own queue. A channel that says nothing has not.
bool has_left(const Channel& channel, std::string_view app);

struct Bridge {
  std::string id;
  std::string type;  // "mixing", "holding"
  std::vector<std::string> channels;
};

struct Message {
  Kind kind = Kind::kOther;
  Channel channel;
  std::vector<std::string> args;  // of Stasis()
  std::string replaces;           // id of the channel that this one takes the place of
  std::int64_t cause = 0;
  std::string digit;
  std::string playback;
  std::string playback_state;  // "done", "failed"
  std::string recording;       // name
  std::string event_name;
  // Of a transfer: what was dialled, whether he has spoken there before (attended), how far it is.
  std::string destination;
  bool is_attended = false;
  std::string progress;
  std::string heartbeat;  // `seq` of the echo
};

// Larger than any that was recorded by far: a conference's bridge lists its channels.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{256} * 1024;

Result<Message> read_message(std::string_view json);
// GET /ari/channels.
Result<std::vector<Channel>> read_channels(std::string_view json);
// GET /ari/bridges.
Result<std::vector<Bridge>> read_bridges(std::string_view json);

}  // namespace opora::telephony::ari
