// The connecting end of the link: one CURVE connection to the hub, frames as opaque bytes. Belongs
// to one thread.
//
// Nothing here is reliable: a frame that was sent may be lost with the connection; whoever uses it
// relies on answers only. A new Dealer for every session, so that nothing queued for an old one
// reaches a new one.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/link/socket.h"

namespace opora::protocol {

struct DealerOptions {
  std::string endpoint;  // "tcp://host:port"
  LinkKey server_key;
  LinkKeyPair keys;
  std::size_t max_frame_bytes = 0;
};

// What happened to the connection, in order.
struct DealerEvent {
  enum class Kind {
    kConnected,     // the peer proved its key and took ours
    kDisconnected,  // it stood and broke
    kFailed,        // nobody answers, or the network reset the connection; the next attempt follows
                    // by itself (20 ms growing to 2 s, with jitter)
    kForeign,  // an attempt failed because whoever answers there does not speak our protocol, or
               // closes before it has proved its key (another key; or an end in that moment: only
               // what repeats is sure); the next one follows too
    kRefused,  // an attempt failed because the hub does not take our key; the next one follows too
  };
  Kind kind;
  std::string text;  // why, for people
};

class Dealer {
 public:
  // Connects in the background. kInvalid for an endpoint that cannot be one.
  static Result<std::unique_ptr<Dealer>> open(const LinkContext& context,
                                              const DealerOptions& options);

  ~Dealer();
  Dealer(const Dealer&) = delete;
  Dealer& operator=(const Dealer&) = delete;

  SendResult send(const Bytes& frame);
  // The next frame; nothing when there is none now. A multipart message comes as an empty frame.
  std::optional<Bytes> receive();
  std::optional<DealerEvent> next_event();
  // Lets what was sent leave for a moment after the end (a goodbye); without it the rest is
  // dropped.
  void linger();
  std::array<Readable, 2> readables() const;

 private:
  Dealer(Socket socket, Socket monitor);
  Socket socket_;
  Socket monitor_;
  bool up_ = false;
};

}  // namespace opora::protocol
