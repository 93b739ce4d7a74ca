// Internal: accepts connections on one address and deals them out to the I/O threads. Lives on the
// first of them.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>

#include "protocol/base/result.h"
#include "web/server/io_thread.h"

namespace opora::web {

// "127.0.0.1:8080", "[::1]:0". Errors have the path "listen".
Result<asio::ip::tcp::endpoint> parse_listen(const std::string& text);

class Listener {
 public:
  explicit Listener(std::vector<std::unique_ptr<IoThread>>& threads);
  // Binds and listens; connections wait in the kernel until start().
  Status open(const asio::ip::tcp::endpoint& endpoint);
  void start();
  void request_stop();  // any thread
  asio::ip::tcp::endpoint local() const { return local_; }

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>,
                                           asio::io_context::executor_type>;
  void accept();
  void back_off(error_code why);

  std::vector<std::unique_ptr<IoThread>>& threads_;
  Acceptor acceptor_;
  Timer timer_;
  asio::ip::tcp::endpoint local_;
  std::size_t next_ = 0;
};

}  // namespace opora::web
