// The few things that all sockets of the link have in common. ZeroMQ stays in the .cc files of this
// folder.
//
// A LinkContext is made by main and outlives every socket on it. A socket belongs to one thread at
// a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/link/link_keys.h"

namespace opora::protocol {

// A cut connection must not block the end of the process; only an orderly goodbye gets a moment to
// leave.
inline constexpr int kGoodbyeMs = 200;
// Frames queued to one peer at most: a session has 64 batches, their acknowledgements and a few
// pings under way; a peer that lets more pile up has stalled and its session ends.
inline constexpr int kSendQueue = 256;
// Frames read ahead from one peer at most. Beyond it TCP slows the sender, so small is only memory
// saved.
inline constexpr int kReceiveQueue = 32;

class LinkContext {
 public:
  LinkContext();
  ~LinkContext();  // waits until all sockets are closed
  LinkContext(const LinkContext&) = delete;
  LinkContext& operator=(const LinkContext&) = delete;
  void* raw() const { return raw_; }

 private:
  void* raw_;
};

// Owns one ZeroMQ socket. Used by the adapters of this folder only.
class Socket {
 public:
  Socket() = default;
  Socket(const LinkContext& context, int type);
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;

  explicit operator bool() const { return raw_ != nullptr; }
  void* raw() const { return raw_; }
  void close();
  // An option that this library is built to have: a refusal is our mistake.
  void set(int option, int value);
  void set(int option, std::int64_t value);
  void set(int option, std::string_view bytes);
  // Fails with the address and the system's reason.
  Status bind(const std::string& endpoint);
  Status connect(const std::string& endpoint);
  // Where a socket bound to port * really listens.
  std::string bound_endpoint() const;

 private:
  void* raw_ = nullptr;
};

void set_common_options(Socket& socket, std::size_t max_frame_bytes);
void set_curve_client(Socket& socket, const LinkKeyPair& own, const LinkKey& server);
// With `zap_domain` enforced: without a working handler nobody gets in.
void set_curve_server(Socket& socket, const LinkKeyPair& own, std::string_view zap_domain);

enum class SendResult {
  kSent,  // queued; only an answer proves that it arrived
  kFull,  // the peer does not keep up
  kGone,  // no such peer, or not connected
};

// What wait_readable waits for: a ZeroMQ socket, or a file descriptor when `socket` is null.
struct Readable {
  void* socket = nullptr;
  int fd = -1;
};

// Returns when one of them has something to read, or after `timeout_ms` (0: at once). Which one is
// found by trying.
void wait_readable(std::span<const Readable> sources, int timeout_ms);

// The system's or ZeroMQ's words for the last error.
std::string last_error_text();

}  // namespace opora::protocol
