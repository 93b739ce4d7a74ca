// Every limit of the server, each with its reason. Values are defaults; tests and configuration
// override them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace opora::web {

struct Limits {
  // --- one request
  std::size_t header_bytes =
      16 * 1024;  // request line and fields: a cookie, a token and a browser's own take 2 KiB
  std::size_t header_fields = 64;       // Chromium sends under 20; trailers count too
  std::size_t target_bytes = 4 * 1024;  // a list on screen asks for 64 ids, 2 KiB
  std::size_t query_params = 32;        // the richest list has 12 filters
  std::size_t body_bytes =
      4 * 1024 * 1024;  // 1 000 telephony events are 300 KiB; routes raise it for files
  std::size_t chunk_extension_bytes =
      256;  // per body: nobody uses them, RFC 9112 only wants them skipped
  // Chunk headers a body may have beyond one per 16 body bytes: tiny chunks cost more to parse than
  // to send.
  std::size_t chunks_free = 1024;
  // Bodies held in memory at once, all connections together: 2 000 slow 4 MiB uploads must not eat
  // the machine.
  std::size_t bodies_bytes = 128 * 1024 * 1024;
  std::size_t pipelined_bytes =
      64 * 1024;  // what one connection may have buffered unread (and Beast's buffer cap)

  // --- time
  int handshake_ms = 10'000;  // TLS over a bad radio link takes 3 s
  int header_ms = 10'000;     // from the first byte of a request to the end of its header
  int idle_ms = 75'000;       // keep-alive without a request; above the 60 s at which browsers poll
  int body_grace_ms = 5'000;  // before the rate floors below apply
  int body_bytes_per_second =
      2'000;                    // a modem is faster; 4 MiB at this floor would take 35 min, so:
  int body_ms = 300'000;        // no body takes longer than this
  int write_stall_ms = 20'000;  // a reader that takes nothing for so long is gone
  int handler_ms = 60'000;      // an answer this late is of no use; the client gets 503
  int linger_ms = 2'000;  // reading on after a refusal so that the client sees it before the close
  int drain_ms = 3'000;   // stop(): what requests in flight get to finish

  // --- how many
  std::size_t connections = 2'048;  // a site has under 200 desks with 6 connections each
  std::size_t connections_per_address =
      128;  // one browser takes 6; some desks share a terminal server
  std::size_t connections_per_loopback =
      2'048;                         // programs and tests on this machine are trusted that far
  double requests_per_second = 200;  // per address (IPv6: per /64); a desk makes under 5
  double request_burst = 600;  // a page load with all its parts, times a terminal server's desks
  double loopback_requests_per_second = 1'000'000;  // the PBX adapter and the benches live here
  double loopback_request_burst = 1'000'000;
  int accept_backoff_ms =
      100;  // pause after accept() failed for want of descriptors or memory, instead of spinning

  // --- WebSocket
  std::size_t ws_sessions_per_address = 64;  // one a browser; terminal servers as above
  std::size_t ws_message_bytes = 64 * 1024;  // clients only send pings and subscriptions
  std::size_t ws_queue_messages = 1'000;     // at most 5 a second are sent: minutes behind
  std::size_t ws_queue_bytes = 1024 * 1024;
  int ws_idle_ms = 30'000;  // silence with an unanswered ping in it ends the session (ping at half)
  int ws_close_ms = 2'000;  // what a peer gets to answer our close frame
};

}  // namespace opora::web
