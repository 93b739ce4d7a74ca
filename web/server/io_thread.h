// Internal: one I/O thread with its connections. All members but start(), request_drain(), join(),
// adopt_later() and mailbox() are for the thread itself.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ssl/context.hpp>

#include "web/server/asio.h"
#include "web/server/client.h"
#include "web/server/doorbell.h"
#include "web/server/look_out.h"
#include "web/server/mailbox.h"
#include "web/server/shared_state.h"

namespace opora::web {

class IoThread final : public LetterReceiver {
 public:
  IoThread(SharedState& shared, asio::ssl::context* tls);
  ~IoThread() override;

  void start();
  void request_drain();  // any thread
  void join();
  // A freshly accepted socket of this thread's io(); any thread.
  void adopt_later(Socket socket);

  asio::io_context& io() { return io_; }
  SharedState& shared() { return shared_; }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  Millis now() const;
  std::string_view date();  // for the Date field, renewed each second
  bool draining() const { return draining_; }

  // A request of one of the connections is at its handler, or no longer.
  void begin_handling() { look_out_.asked(); }
  void end_handling() { look_out_.answered(); }

  void add(std::uint64_t id, std::shared_ptr<Client> client);
  void remove(std::uint64_t id);
  void deliver(Letter letter) override;

 private:
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>,
                                           asio::io_context::executor_type>;
  void run();
  void serve();
  void look_for_answer();
  void take_letters();
  void adopt(Socket socket);
  void turn_away(Socket& socket);
  void wait_tick();
  void on_tick();
  void on_drain();
  void finish_if_idle();

  SharedState& shared_;
  asio::ssl::context* tls_;
  asio::io_context io_{1};
  Timer timer_{io_};
  const std::shared_ptr<const Doorbell> bell_ = std::make_shared<Doorbell>();
  std::shared_ptr<Mailbox> mailbox_;
  DoorListener listener_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Client>> clients_;
  std::uint64_t next_id_ = 1;
  LookOut look_out_{std::thread::hardware_concurrency()};
  std::chrono::milliseconds tick_;
  Millis drain_until_ = 0;
  Millis swept_ = 0;
  bool draining_ = false;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::thread thread_;
};

}  // namespace opora::web
