// What an Asterisk says over AMI: packets of lines "Name: value", each packet ended by an empty
// line; before the first a line that says the version. As recorded on Asterisk 22.10. Pure; any
// input is safe.
//
// Limits. A line of kMaxLine, a packet of kMaxFields: the largest that was recorded has 38 fields.
// What is beyond is an error, and the connection is begun anew: there is no telling where the next
// packet begins.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/result.h"

namespace opora::telephony::ami {

inline constexpr std::size_t kMaxLine = std::size_t{16} * 1024;
inline constexpr std::size_t kMaxFields = 256;

struct Packet {
  std::vector<std::pair<std::string, std::string>> fields;

  // Of the first field of this name, whatever its case; empty when there is none.
  std::string_view get(std::string_view name) const;
  bool is_event(std::string_view name) const { return get("Event") == name; }
};

class PacketReader {
 public:
  // The next bytes, cut anywhere. kTooLarge: nothing more is read.
  Status feed(std::string_view bytes);
  // Whole packets, in order. The version's line is none.
  bool has_packet() const { return !packets_.empty(); }
  Packet take();
  // The line before the first packet came: this is an AMI.
  bool greeted() const { return greeted_; }

 private:
  Status line(std::string_view line);

  std::string rest_;
  Packet packet_;
  std::deque<Packet> packets_;
  bool greeted_ = false;
  bool broken_ = false;
};

// "Action: NAME" and fields, as a packet. Values hold no line's end: one that does is left out.
std::string action(std::string_view name,
                   const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace opora::telephony::ami
