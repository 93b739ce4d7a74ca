// A daemon at its end of the line: what the exchange is told of the network, and the network of the
// exchange.
#include <utility>

#include "tests/sim/region/life.h"

namespace opora::sim {

using sync::StreamKind;

namespace {

sync::Route route_of(Network::LineId line) { return KeyWriter().u64(line).take(); }

}  // namespace

void Life::connected(SiteNo peer, const sync::PeerInfo& info) {
  if (due_) due_->connected(peer, info);
  sim_.story.tell(name_of(process_.site_), "linked with " + name_of(peer));
}

void Life::disconnected(SiteNo peer, protocol::CloseReason reason, const std::string& text) {
  if (due_) due_->disconnected(peer, reason, text);
  sim_.story.tell(name_of(process_.site_),
                  "link with " + name_of(peer) + " ended: " + close_reason_name(reason));
}

void Life::acked(SiteNo peer, StreamKind stream, StreamPos durable, StreamPos safe) {
  streams_->note_acked(stream, peer, durable);
  if (due_) due_->acked(peer, stream, durable, safe);
  process_.watch_.acked(process_.site_, peer, stream, durable);
}

void Life::peer_status(SiteNo peer, const sync::PeerStatus& status) {
  if (due_) due_->peer_status(peer, status);
  process_.watch_.holds_through(process_.site_, peer, status.data_through);
}

void Life::alarm(SiteNo peer, sync::AlarmCode code, const std::string& text) {
  sim_.story.tell(name_of(process_.site_),
                  "alarm about " + name_of(peer) + ": " + alarm_name(code) + ", " + text);
  process_.watch_.alarm(process_.site_, peer, code, text);
}

std::optional<SiteNo> Life::site_of(const LinkKey& key) const {
  return SiteNo{KeyReader(key.view()).u32()};
}

Status Life::open() {
  process_.network_.dial(process_.who_);
  return ok_status();
}

bool Life::send(const Bytes& frame) {
  process_.watch_.sends(process_.site_, kHubSite, frame);
  return process_.network_.send_up(process_.who_, frame);
}

void Life::close() { process_.network_.close(process_.who_); }

bool Life::send(const sync::Route& route, const Bytes& frame) {
  Network::LineId line = KeyReader(route).u64();
  process_.watch_.sends(kHubSite, routes_.at(line), frame);
  if (sim_.planted == Planted::kSessionReused && sim_.dice.percent(2)) {
    line = routes_.rbegin()->first;
  }
  return process_.network_.send_down(line, frame);
}

Status Life::end_all() {
  process_.network_.end_all();
  return ok_status();
}

void Life::on_connected() {
  site_exchange_->connected();
  touch();
}

void Life::on_disconnected() {
  site_exchange_->disconnected();
  touch();
}

void Life::on_failed() {
  site_exchange_->failed("no connection");
  touch();
}

void Life::on_frame(const Bytes& frame) {
  site_exchange_->frame(frame);
  touch();
}

void Life::on_frame(Network::LineId line, SiteNo from, const Bytes& frame) {
  routes_[line] = from;
  hub_exchange_->frame(route_of(line), key_of_site(from), frame);
  touch();
}

}  // namespace opora::sim
