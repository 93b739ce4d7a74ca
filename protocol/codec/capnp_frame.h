// Cap'n Proto messages ⇄ the standard framing (segment table, then segments), for the link's codecs
// only (it includes Cap'n Proto). Records, which are hashed, have a canonical form instead
// (message.h). Pure.
//
// Bytes from a socket are seldom aligned to words and libcapnp throws on them, so they are copied
// first. The traversal limit is the message's own size, so that pointers which share or repeat data
// cannot make a small frame expensive; each accessor may look at its pointer twice. Exceptions of
// the library end here.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace opora::protocol {

inline constexpr std::size_t kCapnpWord = sizeof(capnp::word);
// Messages of this project nest four deep; eight leaves room for later versions.
inline constexpr int kCapnpNesting = 8;

inline Error corrupt(std::string field, std::string why) {
  return Error{Code::kCorrupt, std::move(field), std::move(why)};
}

// What the library says of a malformed message quotes bytes of it, and goes into logs and back to
// the sender: as ASCII that can be read.
inline std::string readable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

inline Bytes message_bytes(capnp::MessageBuilder& message) {
  const kj::Array<capnp::word> words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  return Bytes(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
}

// Calls read(root) with the message's root of type Root and returns its Result.
template <class Root, class Read>
auto with_message(std::string_view bytes, Read read)
    -> decltype(read(std::declval<typename Root::Reader>())) {
  if (bytes.empty() || bytes.size() % kCapnpWord != 0)
    return corrupt("", "not a whole number of words");
  const std::size_t size = bytes.size() / kCapnpWord;
  kj::Array<capnp::word> words = kj::heapArray<capnp::word>(size);
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 2 * size + 64;
  options.nestingLimit = kCapnpNesting;
  try {
    capnp::FlatArrayMessageReader message(words, options);
    if (message.getEnd() != words.end()) return corrupt("", "bytes left over");
    return read(message.getRoot<Root>());
  } catch (const kj::Exception& e) {
    return corrupt("", "malformed message: " + readable(e.getDescription().cStr()));
  }
}

}  // namespace opora::protocol
