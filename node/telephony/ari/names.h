// Ids that the node gives to channels, bridges and playbacks of an Asterisk, made from the call and
// the leg, so that asking twice is one thing and a restarted node knows its own. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/telephony/recording_source.h"

namespace opora::telephony::ari {

struct LegKey {
  CallNo call;
  LegNo leg;
  auto operator<=>(const LegKey&) const = default;
};

// "opora-7-2". The channel of a caller who came in has the PBX's own id.
std::string channel_of(LegKey leg);
std::optional<LegKey> leg_of(std::string_view channel);

std::string queue_bridge(QueueNo queue);  // holding, for all who wait in it
std::string talk_bridge(CallNo call);
std::string hold_bridge(CallNo call);
std::string consult_bridge(CallNo call);
std::string listen_bridge(LegKey supervisor);
// Of a bridge that is one call's: not a queue's.
std::optional<CallNo> bridged(std::string_view bridge);
std::string snoop_channel(LegKey supervisor);
std::string prompt_of(CallNo call);
std::optional<CallNo> prompted(std::string_view playback);
std::string ring_back_of(CallNo call);  // what an agent hears while the person's telephone rings

// "opora-r-7-1"; its path while it runs.
std::string recording_of(TapeKey tape);
std::string live_recording(TapeKey tape);
std::optional<TapeKey> recorded(std::string_view recording);

// What a caller asks for, as another site hears it, whose plan counts its skills in another order:
// the same name is the same code, and neither dialplan nor header has to bear its letters.
std::string skill_code(std::string_view name);

// For a part of a path or a value of a query: everything but letters, digits, "-", "." and "_".
std::string percent(std::string_view text);

}  // namespace opora::telephony::ari
