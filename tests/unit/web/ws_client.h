// A WebSocket client by hand (RFC 6455), able to break the rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/web/raw_client.h"

namespace opora::web {

class WsClient {
 public:
  static constexpr int kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;
  struct Frame {
    int opcode = -1;  // -1: the stream ended
    std::string payload;
  };

  WsClient(std::uint16_t port, std::string path) : client_(port), path_(std::move(path)) {}
  // Asks for the upgrade with `fields` besides the usual ones; Host is "test".
  Answer handshake(std::string fields = "");
  std::string accept_key() const { return answer_.field("Sec-WebSocket-Accept"); }

  void send_frame(int opcode, std::string_view payload, bool last = true);
  void send_text(std::string_view text) { send_frame(kText, text); }
  void send_fragments(const std::vector<std::string>& parts);
  void send_close(std::uint16_t code);
  Frame read();
  // Skips texts until a close frame; its code, or 1006 when the stream ended without one.
  std::uint16_t read_close();
  RawClient& raw() { return client_; }

 private:
  RawClient client_;
  std::string path_;
  Answer answer_;
};

}  // namespace opora::web
