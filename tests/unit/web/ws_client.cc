#include "tests/unit/web/ws_client.h"

namespace opora::web {

Answer WsClient::handshake(std::string fields) {
  client_.send(
      "GET " + path_ +
      " HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      fields + "\r\n");
  answer_ = client_.read_answer();
  return answer_;
}

void WsClient::send_frame(int opcode, std::string_view payload, bool last) {
  std::string frame;
  frame += static_cast<char>((last ? 0x80 : 0) | opcode);
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    const bool wide = payload.size() > 0xFFFF;
    frame += static_cast<char>(0x80 | (wide ? 127 : 126));
    for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
      frame += static_cast<char>(payload.size() >> shift);
  }
  const std::string mask = "\x01\x02\x03\x04";
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  client_.send(frame);
}

void WsClient::send_fragments(const std::vector<std::string>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i)
    send_frame(i == 0 ? kText : 0, parts[i], i + 1 == parts.size());
}

void WsClient::send_close(std::uint16_t code) {
  send_frame(kClose, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)});
}

WsClient::Frame WsClient::read() {
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  const auto head = client_.read_bytes(2);
  if (head.size() < 2) return {};
  std::size_t size = byte(head[1]) & 0x7F;
  if (size >= 126) {
    const auto wide = client_.read_bytes(size == 126 ? 2 : 8);
    size = 0;
    for (const char c : wide) size = size << 8 | byte(c);
  }
  return {byte(head[0]) & 0x0F, client_.read_bytes(size)};
}

std::uint16_t WsClient::read_close() {
  for (;;) {
    const Frame frame = read();
    if (frame.opcode == -1) return 1006;
    if (frame.opcode != kClose) continue;
    if (frame.payload.size() < 2) return 1005;
    return static_cast<std::uint16_t>(static_cast<unsigned char>(frame.payload[0]) << 8 |
                                      static_cast<unsigned char>(frame.payload[1]));
  }
}

}  // namespace opora::web
