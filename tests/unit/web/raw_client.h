// A client that sends exactly the bytes it is told, for tests that must misbehave. Plain or TLS.
// Every wait ends after kPatience with a failure, so that a hanging server fails its test instead
// of blocking it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ssl_st;

namespace opora::web {

inline constexpr std::chrono::seconds kPatience{20};

struct Answer {
  int status = 0;
  std::string head;  // status line and fields
  std::string body;
  // The field's value, or "" (names compare as written).
  std::string field(std::string_view name) const;
};

class RawClient {
 public:
  RawClient();
  explicit RawClient(std::uint16_t port) : RawClient() { connect(port); }
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void connect(std::uint16_t port);
  // Speaks TLS from now on, trusting any certificate; false when the handshake fails. `max_version`
  // 0: any.
  bool start_tls(int max_version = 0);

  // False when the server has closed.
  bool send(std::string_view bytes);
  void finish_sending();
  void hang_up();

  // The next answer with its body by Content-Length; status 0 when the server closed instead.
  Answer read_answer();
  Answer read_answer_to_head();  // of a HEAD request: no body follows
  Answer exchange(std::string_view request) {
    send(request);
    return read_answer();
  }
  // Exactly `size` bytes, or fewer when the server closed.
  std::string read_bytes(std::size_t size);
  // Waits for the end of the stream; true when it came.
  bool closed();
  // Whether there is something to read (or the end) within `wait`.
  bool readable(std::chrono::milliseconds wait);
  int fd() const { return fd_; }

 private:
  bool arrived(std::chrono::milliseconds wait);
  bool fill();
  int fd_ = -1;
  ssl_st* ssl_ = nullptr;
  std::string in_;
};

// "POST /path HTTP/1.1 …" with Host and Content-Length.
std::string post(std::string_view path, std::string_view body);
std::string get(std::string_view path);

}  // namespace opora::web
