// A letter as it goes over the wire (RFC 5322): pure, any thread. The same letter gives the same
// bytes whenever it is sent, so that a second delivery is recognised by its Message-ID and differs
// in nothing. No text can end a header or begin another one: addresses are checked, everything else
// is encoded (RFC 2047), the body is base64.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace opora::node {

// A subject is read in a list: what is longer is cut.
inline constexpr std::size_t kMaxHeaderTextBytes = 400;
// Two free texts (4 000 letters) and the words around them.
inline constexpr std::size_t kMaxLetterBytes = std::size_t{40} << 10;

struct Letter {
  std::string id;    // hexadecimal digits
  std::string from;  // an address
  std::string from_name;
  std::string to;  // an address
  std::string subject;
  std::string body;  // lines end with \n
  TimeMs at;         // of what it tells of
};

// kInvalid "from", "to", "id"; kTooLarge "body".
Result<std::string> to_wire(const Letter& letter);

// A header's text as encoded words, folded at 76 columns; plain when it is a few ASCII words.
// `taken`: columns of its first line that are taken already.
std::string encoded_header(std::string_view text, std::size_t taken);
std::string base64(std::string_view bytes);

}  // namespace opora::node
