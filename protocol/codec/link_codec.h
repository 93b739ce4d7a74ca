// Link messages ⇄ frames (protocol/schema/link.capnp). Pure functions, any thread; no Cap'n Proto
// in sight.
//
// Decoding trusts nothing: whatever breaks a limit of link_messages.h, has an id of the wrong size,
// a position out of range, text that is not printable ASCII or bytes left over is refused as
// kCorrupt, with a message that names the field. Streams of a later version are left out of lists;
// a message of a later version comes back as UnknownMessage.
#pragma once

#include <string_view>

#include "protocol/base/result.h"
#include "protocol/codec/link_messages.h"

namespace opora::protocol {

// The message must keep the limits (OPORA_CHECK): the caller made it.
Bytes encode_frame(const Frame& frame);
Result<Frame> decode_frame(std::string_view bytes);

Bytes encode_enrol(const EnrolMessage& message);
// kInvalid instead of kCorrupt for a well-formed message of a later version.
Result<EnrolMessage> decode_enrol(std::string_view bytes);

}  // namespace opora::protocol
