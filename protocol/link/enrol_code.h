// The enrolment code: what an administrator reads out or copies to a new node. Pure.
//
// 52 bytes: version (1) | site (u16, big-endian) | one-time secret (15) | the hub's public key (32;
// the key is its own fingerprint) | checksum (2: the first bytes of BLAKE2b-256 over what is before
// it). Written in Crockford's base 32, 84 characters in groups of five. Reading takes lower case,
// spaces and hyphens anywhere, and O for 0, I and L for 1.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/ids.h"
#include "protocol/base/result.h"

namespace opora::protocol {

struct EnrolCode {
  SiteNo site;
  EnrolSecret secret;
  LinkKey hub_key;
  bool operator==(const EnrolCode&) const = default;
};

std::string format_enrol_code(const EnrolCode& code);
// kInvalid at path "code": a foreign character, the wrong length, a checksum that does not fit (a
// character was misread), or a version that this program does not know.
Result<EnrolCode> parse_enrol_code(std::string_view text);

}  // namespace opora::protocol
