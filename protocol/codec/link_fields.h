// Checked reading of the fields of link messages, for the codecs in this folder only (it includes
// Cap'n Proto).
#pragma once

#include <algorithm>
#include <string>

#include <capnp/blob.h>

#include "protocol/base/result.h"
#include "protocol/base/utf8.h"
#include "protocol/codec/capnp_frame.h"
#include "protocol/codec/link_messages.h"

namespace opora::protocol {

template <class Id>
capnp::Data::Reader data_of(const Id& id) {
  return capnp::Data::Reader(id.b.data(), id.b.size());
}
inline capnp::Data::Reader data_of(const Bytes& bytes) {
  return capnp::Data::Reader(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size());
}

inline bool known_stream(std::uint16_t raw) { return raw >= 1 && raw <= kStreamKinds; }

// A verdict of a later version: to wait is never wrong.
inline Verdict verdict_of(std::uint8_t raw) {
  return raw <= static_cast<std::uint8_t>(Verdict::kSetAside) ? static_cast<Verdict>(raw)
                                                              : Verdict::kHeld;
}
inline StopReason stop_reason_of(std::uint8_t raw) {
  return raw <= static_cast<std::uint8_t>(StopReason::kOlder) ? static_cast<StopReason>(raw)
                                                              : StopReason::kUnknown;
}

inline CloseReason close_reason_of(std::uint8_t raw) {
  const bool known = raw >= 1 && raw < static_cast<std::uint8_t>(CloseReason::kPeer);
  return known ? static_cast<CloseReason>(raw) : CloseReason::kPeer;
}

// Remembers the first field that was wrong; what is read after that is not used.
class FieldCheck {
 public:
  bool ok() const { return !error_; }
  const Error& error() const { return *error_; }
  void fail(const char* field, const char* why) {
    if (!error_) error_ = corrupt(field, why);
  }

  StreamPos position(const char* field, std::uint64_t raw) {
    if (raw > kMaxPosition) fail(field, "position out of range");
    return StreamPos{raw};
  }
  SiteNo site(const char* field, std::uint32_t raw) {
    if (raw > kMaxSiteNo) fail(field, "no such site number");
    return SiteNo{raw};
  }
  StreamKind stream(const char* field, std::uint16_t raw) {
    if (!known_stream(raw)) fail(field, "no such stream");
    return static_cast<StreamKind>(raw);
  }
  template <class Id>
  Id id(const char* field, capnp::Data::Reader raw) {
    const auto id = Id::from({reinterpret_cast<const char*>(raw.begin()), raw.size()});
    if (!id) fail(field, "wrong size");
    return id.value_or(Id{});
  }
  // Printable ASCII: it goes to logs and screens.
  std::string text(const char* field, capnp::Text::Reader raw) {
    std::string out(raw.begin(), raw.size());
    if (out.size() > kMaxLinkText) fail(field, "too long");
    if (std::any_of(out.begin(), out.end(), [](char c) { return c < 0x20 || c > 0x7e; })) {
      fail(field, "not printable ASCII");
    }
    return out;
  }
  // What the hub's administrators typed.
  std::string name(const char* field, capnp::Text::Reader raw) {
    std::string out(raw.begin(), raw.size());
    if (out.size() > kMaxLinkText) fail(field, "too long");
    if (!is_utf8(out)) fail(field, "not UTF-8");
    if (std::any_of(out.begin(), out.end(), [](unsigned char c) { return c < 0x20; })) {
      fail(field, "a control character");
    }
    return out;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace opora::protocol
