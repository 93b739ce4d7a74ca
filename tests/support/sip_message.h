// A SIP message (RFC 3261) as far as the front of the simulated PBX needs it: read with limits from
// one datagram, and written. Any input is safe: what is no message is nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace opora::testing {

// SIPp's requests with a body are under 1 KiB; one datagram on loopback carries 64.
inline constexpr std::size_t kMaxSipBytes = 8 * 1024;
inline constexpr std::size_t kMaxSipHeaders = 64;
// A number, a line or a name; ids of calls are longer.
inline constexpr std::size_t kMaxSipUser = 64;

struct SipMessage {
  std::string method;  // empty: a response
  std::string uri;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in small letters, unfolded
  std::string body;

  // The first of that name; empty: there is none.
  std::string_view header(std::string_view name) const;
  std::string call_id() const { return std::string(header("call-id")); }
  // "INVITE" of "CSeq: 1 INVITE".
  std::string_view sequence_method() const;
};

std::optional<SipMessage> read_sip(std::string_view datagram);

// "84951234567" of `"Anna" <sip:84951234567@127.0.0.1>;tag=1`; nothing: it has none, or one of
// other than letters, digits and "+*#._-".
std::optional<std::string> sip_user(std::string_view address);
// "sip:1@127.0.0.1:5060" of `<sip:1@127.0.0.1:5060>`.
std::string_view sip_uri(std::string_view address);

// An answer to a request: what a response has to repeat of it. `to_tag` is put where To has none;
// `more` are whole lines.
std::string sip_answer(const SipMessage& request, int status, std::string_view to_tag,
                       std::string_view more = {}, std::string_view body = {});

}  // namespace opora::testing
