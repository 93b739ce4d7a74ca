// A new node's enrolment. Blocks its caller; any thread.
#pragma once

#include <string>

#include "protocol/base/result.h"
#include "protocol/codec/link_messages.h"
#include "protocol/link/enrol_code.h"
#include "protocol/link/socket.h"

namespace opora::sync {

// Redeems the code for `keys`, which become the site's identity: store them before. Asks again when
// the hub is busy, does not answer, or the connection breaks, until `timeout_ms`; the same code
// with the same keys is safe to repeat. Errors: kDenied (path names the refusal: "used",
// "unknown_code"…; "enrolment-code": another hub answers there), kUnavailable (no answer in time),
// kInvalid (endpoint).
Result<protocol::Enrolled> enrol(const protocol::LinkContext& context, const std::string& endpoint,
                                 const protocol::EnrolCode& code, const protocol::LinkKeyPair& keys,
                                 const std::string& software, int timeout_ms);

}  // namespace opora::sync
