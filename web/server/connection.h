// Internal: one HTTP/1.1 connection: reads a request, hands it to its handler, writes the answer,
// and so on, strictly in order. Lives on one I/O thread. README.md draws the states.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>

#include "web/server/body_decoder.h"
#include "web/server/client.h"
#include "web/server/io_thread.h"
#include "web/server/output_queue.h"
#include "web/server/request_head.h"
#include "web/server/response_text.h"
#include "web/server/transport.h"

namespace opora::web {

class Connection final : public Client, public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoThread& thread, std::uint64_t id, std::unique_ptr<Transport> transport,
             AddressTable::Lease lease, Peer peer);
  void start();

  void tick(Millis now) override;
  void deliver(Letter letter) override;
  void drain() override;
  void abort() override { close(); }

 private:
  enum class Expect : std::uint8_t { kNothing, kContinue };
  enum class Phase : std::uint8_t { kHandshake, kHead, kBody, kHandling, kLinger, kClosed };

  void on_handshake(error_code ec, std::size_t);
  void on_read(error_code ec, std::size_t bytes);
  void on_linger_read(std::size_t bytes);
  void on_written(error_code ec, std::size_t bytes);
  void on_finished_sending(error_code ec, std::size_t);

  // Does all that can be done without waiting, then asks for what is missing.
  void advance();
  bool step();
  bool step_head();
  bool step_body();
  void begin_request(RequestHead head);
  void begin_body(Framing framing, std::uint64_t length, Expect expect);
  void dispatch();
  bool takes_body() const;
  Response answer_without_handler();
  void upgrade();
  void become_websocket(WsCallbacks callbacks);

  void emit(Response response);
  void refuse(int status, Refusal reason, const Error& error);
  void refuse_large_body();
  void refuse_for_memory();
  void on_deadline();
  bool body_too_slow(Millis now) const;

  void enter(Phase phase);
  bool flush();  // true when something went out at once
  void want_read();
  void begin_linger();
  void close();

  std::string_view input() const;
  std::size_t body_limit() const;
  SharedState& shared() { return thread_.shared(); }
  const Limits& limits() const { return thread_.shared().limits; }
  Completion then(void (Connection::*member)(error_code, std::size_t)) {
    return {shared_from_this(), member};
  }

  IoThread& thread_;
  const std::uint64_t id_;
  std::unique_ptr<Transport> transport_;
  AddressTable::Lease lease_;
  const Peer peer_;
  BodyBudget budget_;

  Phase phase_ = Phase::kHandshake;
  Millis deadline_ = 0;        // of the phase; 0: none
  Millis write_deadline_ = 0;  // while a write waits
  bool advancing_ = false, reading_ = false, writing_ = false;
  bool closing_ = false;    // no request after this answer
  bool peer_done_ = false;  // the peer has sent its last byte
  std::size_t lingered_ = 0;

  boost::beast::flat_buffer in_;
  std::size_t scanned_ = 0;  // of the head, for the empty line
  bool skipped_line_ = false;
  OutputQueue out_;

  // The request at hand.
  std::uint64_t request_no_ = 0;
  Request request_;
  Router::Match match_;
  BodyDecoder body_;
  Millis body_began_ = 0;
  std::size_t body_received_ = 0;
  bool head_only_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = true;
  std::string ws_key_;
  std::optional<Response> ready_;        // what the handler answered
  std::optional<WsCallbacks> accepted_;  // or that the upgrade may go on
};

}  // namespace opora::web
