#include "protocol/link/link_keys.h"

#include <array>

#include <zmq.h>

#include "protocol/base/check.h"

namespace opora::protocol {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kZ85Chars = 40;
using Z85 = std::array<char, kZ85Chars + 1>;  // with the zero byte that libzmq writes

template <class Id>
std::string encode(const Id& id) {
  Z85 text{};
  OPORA_CHECK(zmq_z85_encode(text.data(), id.b.data(), kKeyBytes) != nullptr);
  return std::string(text.data(), kZ85Chars);
}

template <class Id>
std::optional<Id> decode(std::string_view text) {
  if (text.size() != kZ85Chars || text.find('\0') != std::string_view::npos) return std::nullopt;
  Id id;
  if (zmq_z85_decode(id.b.data(), std::string(text).c_str()) == nullptr) return std::nullopt;
  // A group of five characters can say more than 32 bits; libzmq does not always notice.
  return encode(id) == text ? std::optional<Id>(id) : std::nullopt;
}

}  // namespace

LinkKeyPair generate_link_keys() {
  Z85 public_key{};
  Z85 secret{};
  // Fails only in a libzmq without CURVE, which cannot run this project at all.
  OPORA_CHECK(zmq_curve_keypair(public_key.data(), secret.data()) == 0);
  return {*decode<LinkKey>({public_key.data(), kZ85Chars}),
          *decode<LinkSecret>({secret.data(), kZ85Chars})};
}

LinkKeyPair link_keys_of(const LinkSecret& secret) {
  Z85 public_key{};
  OPORA_CHECK(zmq_curve_public(public_key.data(), encode(secret).c_str()) == 0);
  return {*decode<LinkKey>({public_key.data(), kZ85Chars}), secret};
}

std::string to_z85(const LinkKey& key) { return encode(key); }
std::string to_z85(const LinkSecret& secret) { return encode(secret); }
std::optional<LinkKey> link_key_from_z85(std::string_view text) { return decode<LinkKey>(text); }
std::optional<LinkSecret> link_secret_from_z85(std::string_view text) {
  return decode<LinkSecret>(text);
}

}  // namespace opora::protocol
