// Relay over SMTP by libcurl: STARTTLS or TLS from the start, the relay's certificate checked; one
// connection at a time, kept between letters that follow each other. Owned by the postman.
#pragma once

#include <atomic>

#include "node/mail/relay.h"

namespace opora::node {

// A relay behind a poor line; a greylisting one answers late on purpose (RFC 5321 4.5.3.2 asks for
// patience with the end of the data).
inline constexpr long kLetterTimeoutMs = 120'000;

// The settings passed check_mail(). kInvalid "mail-password-file"; kInternal when libcurl does not
// start.
Result<std::unique_ptr<Relay>> connect_relay(const MailSettings& settings);

}  // namespace opora::node
