// `opora-node --telephony-check`: PhoneCheck (telephony/check/phone_check.h) against the Asterisk
// that a site has configured, for its administrator. Nothing of the node is opened: it may run
// meanwhile.
#pragma once

#include "node/call_desk.h"

namespace opora::node {

// One line a scenario to standard output. 0: all are good; 1: some are not; 2: the settings are
// wrong, which standard error says with the option.
int check_telephony(const CallSettings& settings);

}  // namespace opora::node
