// Internal: what each peer address holds and spends: connections, WebSockets, requests a second.
// One table a server, any thread (one short lock). An IPv6 peer counts by its /64, which is what
// one customer gets.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "web/server/limits.h"

namespace opora::web {

using Millis = std::int64_t;  // steady clock

struct AddressKey {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 mapped into IPv6
  bool loopback = false;
  bool operator==(const AddressKey&) const = default;
};

class AddressTable {
  struct Entry {
    std::size_t connections = 0;
    std::size_t websockets = 0;
    double tokens = 0;
    Millis refilled = 0;
  };

 public:
  explicit AddressTable(const Limits& limits) : limits_(limits) {}

  // One connection's place in the table; gives it back when destroyed. Moves, does not copy.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease();
    // Takes one request's token; false when the address is over its rate.
    bool take_request(Millis now);
    // Makes this connection a WebSocket; false when the address has its fill of them.
    bool take_websocket();

   private:
    friend class AddressTable;
    Lease(AddressTable* table, Entry* entry, bool loopback)
        : table_(table), entry_(entry), loopback_(loopback) {}
    AddressTable* table_ = nullptr;
    Entry* entry_ = nullptr;
    bool loopback_ = false;
    bool websocket_ = false;
  };

  // Nothing when the address or the server has its fill of connections.
  std::optional<Lease> connect(const AddressKey& key, Millis now);
  // Forgets addresses that hold nothing and whose bucket is full again.
  void sweep(Millis now);
  std::size_t open_connections() const;
  std::size_t open_websockets() const;
  std::size_t known_addresses() const;

 private:
  struct KeyHash {
    std::size_t operator()(const AddressKey& key) const;
  };
  void refill(Entry& entry, bool loopback, Millis now) const;

  const Limits limits_;
  mutable std::mutex mutex_;
  std::unordered_map<AddressKey, Entry, KeyHash> entries_;
  std::size_t open_ = 0;
  std::size_t websockets_ = 0;
};

}  // namespace opora::web
