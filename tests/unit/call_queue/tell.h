// Events and commands of the call queue as words, for stories that failed. Pure.
#pragma once

#include <string>

#include "node/telephony/queue/command.h"

namespace opora::testing {

std::string tell(const telephony::Event& event);
std::string tell(const telephony::Command& command);

}  // namespace opora::testing
