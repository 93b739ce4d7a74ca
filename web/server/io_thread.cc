#include "web/server/io_thread.h"

#include <algorithm>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "web/server/connection.h"
#include "web/server/response_text.h"

namespace opora::web {
namespace {

constexpr std::chrono::milliseconds kMaxTick{
    250};  // deadlines are seconds: a quarter late is no harm
constexpr std::chrono::milliseconds kMinTick{10};  // with the tiny limits of tests
constexpr Millis kSweepMs = 10'000;                // forgetting addresses is housekeeping

// A fifth of the shortest deadline.
std::chrono::milliseconds tick_for(const Limits& limits) {
  const int shortest =
      std::min({limits.handshake_ms, limits.header_ms, limits.idle_ms, limits.body_grace_ms,
                limits.body_ms, limits.write_stall_ms, limits.handler_ms, limits.linger_ms,
                limits.drain_ms, limits.ws_close_ms});
  return std::clamp(std::chrono::milliseconds(shortest / 5), kMinTick, kMaxTick);
}

AddressKey key_of(const asio::ip::address& address) {
  AddressKey key;
  key.loopback = address.is_loopback();
  if (address.is_v4()) {
    key.bytes = asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
  } else {
    key.bytes = address.to_v6().to_bytes();
    std::fill(key.bytes.begin() + 8, key.bytes.end(), std::uint8_t{0});  // the /64
  }
  return key;
}

std::string network_of(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  return asio::ip::network_v6(address.to_v6(), 64).canonical().to_string();
}

asio::ip::address plain_address(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

}  // namespace

IoThread::IoThread(SharedState& shared, asio::ssl::context* tls)
    : shared_(shared),
      tls_(tls),
      mailbox_(std::make_shared<Mailbox>(*this, [bell = bell_] { bell->ring(); })),
      listener_(io_, *bell_, [this] { take_letters(); }),
      tick_(tick_for(shared.limits)) {}

IoThread::~IoThread() {
  join();
  mailbox_->close();
}

void IoThread::start() {
  wait_tick();
  thread_ = std::thread([this] { run(); });
}

void IoThread::join() {
  if (thread_.joinable()) thread_.join();
}

void IoThread::run() {
  mailbox_->bind_to_this_thread();
  listener_.start();
  const auto work = asio::make_work_guard(io_);
  while (!io_.stopped()) {
    try {
      serve();
    } catch (const std::exception& e) {
      // Nothing is meant to throw here. The connection concerned ends by its deadline; the others
      // go on.
      Counters::add(shared_.counters.exceptions_caught);
      shared_.say(std::string("web: caught on an I/O thread: ") + e.what());
    }
  }
}

void IoThread::serve() {
  while (!io_.stopped()) {
    io_.run_one();
    io_.poll();
    if (look_out_.wanted()) look_for_answer();
  }
}

void IoThread::look_for_answer() {
  struct Looking {
    Mailbox& mailbox;
    explicit Looking(Mailbox& at) : mailbox(at) { mailbox.look(); }
    ~Looking() { mailbox.look_away(); }
    Looking(const Looking&) = delete;
    Looking& operator=(const Looking&) = delete;
  };
  const Looking looking(*mailbox_);
  const auto until = std::chrono::steady_clock::now() + kLookMost;
  while (!mailbox_->has_letters()) {
    if (std::chrono::steady_clock::now() >= until) return look_out_.in_vain();
    if (io_.poll() > 0) return;  // other work
  }
  look_out_.found();
  take_letters();
}

void IoThread::take_letters() {
  for (auto& letter : mailbox_->take()) deliver(std::move(letter));
}

Millis IoThread::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string_view IoThread::date() {
  const std::int64_t second =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(second);
  }
  return date_;
}

// --- clients

void IoThread::adopt_later(Socket socket) {
  asio::dispatch(io_, [this, moved = std::move(socket)]() mutable { adopt(std::move(moved)); });
}

void IoThread::adopt(Socket socket) {
  error_code ec;
  const auto endpoint = socket.remote_endpoint(ec);
  if (ec || draining_) return;  // gone already, or we are
  socket.set_option(asio::ip::tcp::no_delay(true), ec);
  socket.non_blocking(true, ec);
  if (ec) return;
  const auto address = plain_address(endpoint.address());
  Counters::add(shared_.counters.connections_accepted);
  auto lease = shared_.addresses.connect(key_of(address), now());
  if (!lease) return turn_away(socket);
  const std::uint64_t id = next_id_++;
  auto transport =
      tls_ ? make_tls_transport(std::move(socket), *tls_) : make_plain_transport(std::move(socket));
  auto connection = std::make_shared<Connection>(
      *this, id, std::move(transport), std::move(*lease),
      Peer{address.to_string(), address.is_loopback(), network_of(address)});
  add(id, connection);
  connection->start();
}

void IoThread::turn_away(Socket& socket) {
  shared_.counters.refuse(Refusal::kConnectionCap);
  if (tls_) return;  // a TLS client would not understand
  constexpr std::string_view kFull =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: "
      "0\r\n\r\n";
  error_code ignored;
  socket.write_some(asio::buffer(kFull.data(), kFull.size()), ignored);
  socket.shutdown(Socket::shutdown_send, ignored);
}

void IoThread::add(std::uint64_t id, std::shared_ptr<Client> client) {
  clients_[id] = std::move(client);
}

void IoThread::remove(std::uint64_t id) {
  clients_.erase(id);
  finish_if_idle();
}

void IoThread::deliver(Letter letter) {
  const auto found = clients_.find(letter.client);
  if (found == clients_.end()) return;  // the client has gone
  const auto client = found->second;    // kept alive for the call
  client->deliver(std::move(letter));
}

// --- time and end

void IoThread::wait_tick() {
  timer_.expires_after(tick_);
  timer_.async_wait([this](error_code ec) {
    if (!ec) on_tick();
  });
}

void IoThread::on_tick() {
  wait_tick();  // first: whatever throws below, time goes on
  const Millis moment = now();
  std::vector<std::shared_ptr<Client>> all;
  all.reserve(clients_.size());
  for (const auto& [id, client] : clients_) all.push_back(client);
  const bool over = draining_ && moment >= drain_until_;
  for (const auto& client : all) {
    if (over) client->abort();
    else client->tick(moment);
  }
  if (over) io_.stop();
  if (moment - swept_ < kSweepMs) return;
  swept_ = moment;
  shared_.addresses.sweep(moment);
}

void IoThread::request_drain() {
  asio::post(io_, [this] { on_drain(); });
}

void IoThread::on_drain() {
  if (draining_) return;
  draining_ = true;
  drain_until_ = now() + shared_.limits.drain_ms;
  std::vector<std::shared_ptr<Client>> all;
  for (const auto& [id, client] : clients_) all.push_back(client);
  for (const auto& client : all) client->drain();
  finish_if_idle();
}

void IoThread::finish_if_idle() {
  if (draining_ && clients_.empty()) io_.stop();
}

}  // namespace opora::web
