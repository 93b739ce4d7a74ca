// The side of a connection that moves bytes and watches the clock.
#include <algorithm>

#include "web/server/connection.h"
#include "web/server/problem.h"

namespace opora::web {
namespace {

constexpr std::size_t kHeadReadBytes = 4 * 1024;   // most requests are under 2 KiB, body included
constexpr std::size_t kBodyReadBytes = 32 * 1024;  // fewer system calls for uploads
constexpr int kDrainLingerMs = 200;  // stop() does not wait for clients that are slow to hang up
constexpr std::size_t kLingerBytes = 1024 * 1024;  // read and thrown away after a refusal, at most

}  // namespace

std::string_view Connection::input() const {
  return {static_cast<const char*>(in_.data().data()), in_.size()};
}

void Connection::on_read(error_code ec, std::size_t bytes) {
  reading_ = false;
  if (phase_ == Phase::kClosed) return;
  if (ec) {
    peer_done_ = true;
    closing_ = true;
    if (out_.empty() || phase_ == Phase::kLinger) close();  // else the last answer still goes out
    return;
  }
  in_.commit(bytes);
  if (phase_ == Phase::kLinger) return on_linger_read(bytes);
  if (phase_ == Phase::kBody) body_received_ += bytes;
  advance();
}

void Connection::want_read() {
  const bool wants =
      phase_ == Phase::kBody || (phase_ == Phase::kHead && !closing_ && !out_.backlogged());
  if (reading_ || !(wants || phase_ == Phase::kLinger)) return;
  const std::size_t wanted = phase_ == Phase::kBody ? kBodyReadBytes : kHeadReadBytes;
  const std::size_t room = std::min(wanted, in_.max_size() - in_.size());
  reading_ = true;
  transport_->read_some(in_.prepare(room), then(&Connection::on_read));
}

bool Connection::flush() {
  bool wrote = false;
  while (phase_ != Phase::kClosed && !writing_ && !out_.empty()) {
    const auto parts = out_.front();
    const WriteBuffers buffers{asio::buffer(parts[0].data(), parts[0].size()),
                               asio::buffer(parts[1].data(), parts[1].size())};
    error_code ec;
    const std::size_t bytes = transport_->write_now(buffers, ec);
    out_.consume(bytes);
    wrote = wrote || bytes > 0;
    if (ec == asio::error::would_block) {
      writing_ = true;
      write_deadline_ = thread_.now() + limits().write_stall_ms;
      transport_->write_some(buffers, then(&Connection::on_written));
    } else if (ec) {
      close();
    }
  }
  if (phase_ == Phase::kHead && closing_ && out_.empty()) begin_linger();
  return wrote && out_.empty();
}

void Connection::on_written(error_code ec, std::size_t bytes) {
  writing_ = false;
  if (phase_ == Phase::kClosed) return;
  if (ec) return close();
  out_.consume(bytes);
  advance();
}

// Closing at once while the peer still sends would reset the connection, and our answer could be
// lost on its way.
void Connection::begin_linger() {
  if (peer_done_) return close();
  enter(Phase::kLinger);
  deadline_ = thread_.now() + (thread_.draining() ? std::min(kDrainLingerMs, limits().linger_ms)
                                                  : limits().linger_ms);
  lingered_ = 0;
  transport_->finish_sending(then(&Connection::on_finished_sending));
}

void Connection::on_finished_sending(error_code, std::size_t) {
  if (phase_ == Phase::kClosed) return;
  if (!reading_) in_.consume(in_.size());
  want_read();
}

void Connection::on_linger_read(std::size_t bytes) {
  in_.consume(in_.size());
  lingered_ += bytes;
  if (lingered_ > kLingerBytes) return close();
  want_read();
}

void Connection::tick(Millis now) {
  if (writing_ && now >= write_deadline_) {
    shared().counters.refuse(Refusal::kTooSlow);
    return close();
  }
  if (body_too_slow(now) || (deadline_ != 0 && now >= deadline_)) on_deadline();
}

bool Connection::body_too_slow(Millis now) const {
  if (phase_ != Phase::kBody) return false;
  const Millis elapsed = now - body_began_;
  if (elapsed < limits().body_grace_ms) return false;
  return static_cast<Millis>(body_received_) * 1000 < elapsed * limits().body_bytes_per_second;
}

void Connection::on_deadline() {
  switch (phase_) {
    case Phase::kHandshake: shared().counters.refuse(Refusal::kTooSlow); return close();
    case Phase::kHead:
      if (!out_.empty()) return;  // the write's own deadline holds
      if (in_.size() == 0) return close();
      refuse(408, Refusal::kTooSlow, invalid("", "the request's header took too long"));
      return advance();
    case Phase::kBody:
      refuse(408, Refusal::kTooSlow, invalid("", "the request's body came too slowly"));
      return advance();
    case Phase::kHandling:
      ++request_no_;  // an answer that still comes is too late
      keep_alive_ = false;
      shared().say("web: no handler answered in time");
      emit(problem({Code::kUnavailable, "", "no answer in time"}));
      return advance();
    case Phase::kLinger: return close();
    case Phase::kClosed: return;
  }
}

void Connection::drain() {
  const bool idle = phase_ == Phase::kHead && in_.size() == 0 && out_.empty();
  if (idle || phase_ == Phase::kHandshake || phase_ == Phase::kLinger) close();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  enter(Phase::kClosed);
  transport_->close();
  budget_.release();
  lease_ = {};
  thread_.remove(id_);
}

}  // namespace opora::web
