// Sending and receiving multipart messages, for the adapters of this folder only (it includes
// zmq.h).
#pragma once

#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <zmq.h>

#include "protocol/base/bytes.h"
#include "protocol/link/socket.h"

// ThreadSanitizer does not see how libzmq, which comes without its instrumentation, hands memory
// from its I/O thread to ours: what we only read there is not to be judged.
#if defined(__SANITIZE_THREAD__)
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);
#endif

namespace opora::protocol {

class HandedOver {
 public:
  HandedOver(const HandedOver&) = delete;
  HandedOver& operator=(const HandedOver&) = delete;
#if defined(__SANITIZE_THREAD__)
  HandedOver() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~HandedOver() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
#else
  HandedOver() = default;
#endif
};

// One received part. Owns the zmq message.
class MessagePart {
 public:
  MessagePart() { zmq_msg_init(&raw_); }
  ~MessagePart() { zmq_msg_close(&raw_); }
  MessagePart(const MessagePart&) = delete;
  MessagePart& operator=(const MessagePart&) = delete;

  // False when nothing is there (or the context ends).
  bool receive(void* socket, int flags) {
    while (zmq_msg_recv(&raw_, socket, flags) < 0) {
      if (errno != EINTR) return false;
    }
    return true;
  }
  bool more() const { return zmq_msg_more(&raw_) != 0; }
  Bytes bytes() {
    [[maybe_unused]] const HandedOver handed;
    return Bytes(static_cast<const char*>(zmq_msg_data(&raw_)), zmq_msg_size(&raw_));
  }
  // Metadata such as "User-Id"; empty when there is none.
  std::string property(const char* name) {
    const char* value = zmq_msg_gets(&raw_, name);
    [[maybe_unused]] const HandedOver handed;
    return value == nullptr ? std::string() : std::string(value);
  }

 private:
  mutable zmq_msg_t raw_;
};

// Reads and drops what is left of a message.
inline void drop_rest(void* socket, MessagePart& part) {
  while (part.more() && part.receive(socket, ZMQ_DONTWAIT)) {
  }
}

// A whole message of small parts; nothing when none is there.
inline std::optional<std::vector<Bytes>> receive_parts(void* socket, int flags,
                                                       std::size_t max_parts) {
  MessagePart part;
  if (!part.receive(socket, flags)) return std::nullopt;
  std::vector<Bytes> parts{part.bytes()};
  while (part.more() && part.receive(socket, ZMQ_DONTWAIT)) {
    if (parts.size() < max_parts) parts.push_back(part.bytes());
  }
  return parts;
}

inline SendResult send_part(void* socket, std::string_view bytes, int flags) {
  while (zmq_send(socket, bytes.data(), bytes.size(), flags | ZMQ_DONTWAIT) < 0) {
    if (errno == EINTR) continue;
    return errno == EAGAIN ? SendResult::kFull : SendResult::kGone;
  }
  return SendResult::kSent;
}

inline SendResult send_parts(void* socket, const std::vector<std::string_view>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const int flags = i + 1 < parts.size() ? ZMQ_SNDMORE : 0;
    if (const SendResult result = send_part(socket, parts[i], flags); result != SendResult::kSent)
      return result;
  }
  return SendResult::kSent;
}

}  // namespace opora::protocol
