#include "web/server/address_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace opora::web {

std::size_t AddressTable::KeyHash::operator()(const AddressKey& key) const {
  return std::hash<std::string_view>{}(
      {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
}

AddressTable::Lease::Lease(Lease&& other) noexcept { *this = std::move(other); }

AddressTable::Lease& AddressTable::Lease::operator=(Lease&& other) noexcept {
  std::swap(table_, other.table_);
  std::swap(entry_, other.entry_);
  std::swap(loopback_, other.loopback_);
  std::swap(websocket_, other.websocket_);
  return *this;
}

AddressTable::Lease::~Lease() {
  if (!table_) return;
  const std::lock_guard lock(table_->mutex_);
  --table_->open_;
  --entry_->connections;
  if (!websocket_) return;
  --table_->websockets_;
  --entry_->websockets;
}

bool AddressTable::Lease::take_request(Millis now) {
  const std::lock_guard lock(table_->mutex_);
  table_->refill(*entry_, loopback_, now);
  if (entry_->tokens < 1) return false;
  entry_->tokens -= 1;
  return true;
}

bool AddressTable::Lease::take_websocket() {
  const std::lock_guard lock(table_->mutex_);
  if (websocket_ || entry_->websockets >= table_->limits_.ws_sessions_per_address)
    return websocket_;
  websocket_ = true;
  ++entry_->websockets;
  ++table_->websockets_;
  return true;
}

void AddressTable::refill(Entry& entry, bool loopback, Millis now) const {
  const double rate = loopback ? limits_.loopback_requests_per_second : limits_.requests_per_second;
  const double burst = loopback ? limits_.loopback_request_burst : limits_.request_burst;
  entry.tokens =
      std::min(burst, entry.tokens + rate * static_cast<double>(now - entry.refilled) / 1000.0);
  entry.refilled = now;
}

std::optional<AddressTable::Lease> AddressTable::connect(const AddressKey& key, Millis now) {
  const std::lock_guard lock(mutex_);
  const std::size_t cap =
      key.loopback ? limits_.connections_per_loopback : limits_.connections_per_address;
  if (open_ >= limits_.connections) return std::nullopt;
  const auto [at, fresh] = entries_.try_emplace(key);
  Entry& entry = at->second;
  if (fresh) {
    entry.tokens = key.loopback ? limits_.loopback_request_burst : limits_.request_burst;
    entry.refilled = now;
  }
  if (entry.connections >= cap) return std::nullopt;
  ++entry.connections;
  ++open_;
  return Lease(this, &entry, key.loopback);
}

void AddressTable::sweep(Millis now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& item) {
    Entry entry = item.second;
    refill(entry, item.first.loopback, now);
    const double full =
        item.first.loopback ? limits_.loopback_request_burst : limits_.request_burst;
    return entry.connections == 0 && entry.tokens >= full;
  });
}

std::size_t AddressTable::open_connections() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

std::size_t AddressTable::open_websockets() const {
  const std::lock_guard lock(mutex_);
  return websockets_;
}

std::size_t AddressTable::known_addresses() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace opora::web
