// The recorded trace, read as it would come over a connection.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "node/telephony/ami/packet.h"
#include "protocol/base/check.h"
#include "protocol/base/clock.h"

namespace opora::testing {

struct Recorded {
  std::int64_t ms;
  telephony::ami::Packet packet;
};

inline std::vector<Recorded> read_trace(const std::string& file) {
  std::ifstream in(file);
  OPORA_CHECK(in.good());
  std::vector<Recorded> out;
  telephony::ami::PacketReader reader;
  std::int64_t ms = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    if (line.starts_with('@')) {
      ms = std::stoll(line.substr(1));
      continue;
    }
    OPORA_CHECK(reader.feed(line + "\r\n").ok());
    while (reader.has_packet()) out.push_back({ms, reader.take()});
  }
  OPORA_CHECK(reader.feed("\r\n").ok());
  while (reader.has_packet()) out.push_back({ms, reader.take()});
  return out;
}

inline telephony::ami::Packet packet(
    std::initializer_list<std::pair<std::string, std::string>> fields) {
  return {fields};
}

}  // namespace opora::testing
