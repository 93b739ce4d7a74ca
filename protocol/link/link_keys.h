// CURVE key pairs: who a node or the hub is on the link. Values; any thread.
//
// The public key (LinkKey in protocol/base/ids.h) may be shown; the secret one is stored by its
// owner only, readable by nobody else. Text form is Z85, 40 characters, as ZeroMQ's own tools print
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/ids.h"

namespace opora::protocol {

using LinkSecret = StrongBytes<struct LinkSecretTag, 32>;

struct LinkKeyPair {
  LinkKey public_key;
  LinkSecret secret;
};

LinkKeyPair generate_link_keys();
// The pair of a stored secret.
LinkKeyPair link_keys_of(const LinkSecret& secret);

std::string to_z85(const LinkKey& key);
std::string to_z85(const LinkSecret& secret);
// Nothing unless it is 40 characters of Z85.
std::optional<LinkKey> link_key_from_z85(std::string_view text);
std::optional<LinkSecret> link_secret_from_z85(std::string_view text);

}  // namespace opora::protocol
