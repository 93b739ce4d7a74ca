// One message of each kind, with every field filled: for golden bytes, damage and round trips.
#pragma once

#include <string>
#include <vector>

#include "protocol/codec/link_messages.h"

namespace opora::protocol {

struct FrameSample {
  std::string name;
  Frame frame;
};
std::vector<FrameSample> frame_samples();

struct EnrolSample {
  std::string name;
  EnrolMessage message;
};
std::vector<EnrolSample> enrol_samples();

}  // namespace opora::protocol
