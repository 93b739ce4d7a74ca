#include "tests/support/sip_message.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace opora::testing {

namespace {

constexpr std::string_view kVersion = "SIP/2.0";

std::string small(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Of the compact forms those that a phone sends.
std::string whole_name(const std::string& name) {
  static const std::map<std::string, std::string> kShort{
      {"v", "via"},           {"f", "from"},    {"t", "to"},
      {"i", "call-id"},       {"m", "contact"}, {"c", "content-type"},
      {"l", "content-length"}};
  const auto found = kShort.find(name);
  return found == kShort.end() ? name : found->second;
}

// The next line, without its end; `text` goes on behind it. Nothing: no line ends there.
std::optional<std::string_view> next_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

bool read_start(std::string_view line, SipMessage& out) {
  const std::size_t first = line.find(' ');
  if (first == std::string_view::npos) return false;
  const std::size_t second = line.find(' ', first + 1);
  const std::string_view middle = line.substr(first + 1, second - first - 1);
  if (line.substr(0, first) == kVersion) {
    const auto [end, error] =
        std::from_chars(middle.data(), middle.data() + middle.size(), out.status);
    return error == std::errc{} && out.status >= 100 && out.status < 700;
  }
  if (second == std::string_view::npos || line.substr(second + 1) != kVersion) return false;
  out.method = line.substr(0, first);
  out.uri = middle;
  return !out.method.empty() && !out.uri.empty();
}

std::string_view reason_of(int status) {
  static const std::map<int, std::string_view> kReasons{{100, "Trying"},
                                                        {180, "Ringing"},
                                                        {200, "OK"},
                                                        {404, "Not Found"},
                                                        {405, "Method Not Allowed"},
                                                        {408, "Request Timeout"},
                                                        {415, "Unsupported Media Type"},
                                                        {480, "Temporarily Unavailable"},
                                                        {481, "Call/Transaction Does Not Exist"},
                                                        {486, "Busy Here"},
                                                        {487, "Request Terminated"},
                                                        {503, "Service Unavailable"},
                                                        {513, "Message Too Large"},
                                                        {603, "Decline"}};
  const auto found = kReasons.find(status);
  return found == kReasons.end() ? "No Reason" : found->second;
}

}  // namespace

std::string_view SipMessage::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& h) { return h.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view SipMessage::sequence_method() const {
  const std::string_view sequence = header("cseq");
  const std::size_t space = sequence.find(' ');
  return space == std::string_view::npos ? "" : trimmed(sequence.substr(space));
}

std::optional<SipMessage> read_sip(std::string_view datagram) {
  if (datagram.size() > kMaxSipBytes) datagram = datagram.substr(0, kMaxSipBytes);
  SipMessage out;
  const auto start = next_line(datagram);
  if (!start || !read_start(*start, out)) return std::nullopt;
  while (true) {
    const auto line = next_line(datagram);
    if (!line) return std::nullopt;
    if (line->empty()) break;
    const bool goes_on = line->front() == ' ' || line->front() == '\t';
    if (goes_on && out.headers.empty()) return std::nullopt;
    if (goes_on) {
      out.headers.back().second.append(" ").append(trimmed(*line));
      continue;
    }
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos || out.headers.size() == kMaxSipHeaders)
      return std::nullopt;
    out.headers.emplace_back(whole_name(small(trimmed(line->substr(0, colon)))),
                             trimmed(line->substr(colon + 1)));
  }
  // What every request and response has (8.1.1).
  for (const std::string_view name : {"via", "from", "to", "call-id", "cseq"})
    if (out.header(name).empty()) return std::nullopt;
  out.body = datagram;
  return out;
}

std::string_view sip_uri(std::string_view address) {
  if (const std::size_t from = address.find('<'); from != std::string_view::npos) {
    const std::size_t to = address.find('>', from);
    return address.substr(from + 1, to == std::string_view::npos ? to : to - from - 1);
  }
  return trimmed(address.substr(0, address.find(';')));
}

std::optional<std::string> sip_user(std::string_view address) {
  std::string_view uri = sip_uri(address);
  if (!uri.starts_with("sip:")) return std::nullopt;
  uri.remove_prefix(4);
  const std::size_t at = uri.find('@');
  if (at == std::string_view::npos || at == 0 || at > kMaxSipUser) return std::nullopt;
  const std::string_view user = uri.substr(0, at);
  const bool is_plain = std::ranges::all_of(user, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("+*#._-").find(c) != std::string_view::npos;
  });
  return is_plain ? std::optional(std::string(user)) : std::nullopt;
}

std::string sip_answer(const SipMessage& request, int status, std::string_view to_tag,
                       std::string_view more, std::string_view body) {
  std::string out = std::string(kVersion) + " " + std::to_string(status) + " ";
  out.append(reason_of(status)).append("\r\n");
  for (const auto& [name, value] : request.headers)
    if (name == "via") out += "Via: " + value + "\r\n";
  out.append("From: ").append(request.header("from")).append("\r\n");
  out.append("To: ").append(request.header("to"));
  if (!to_tag.empty() && request.header("to").find(";tag=") == std::string_view::npos)
    out.append(";tag=").append(to_tag);
  out.append("\r\nCall-ID: ").append(request.header("call-id"));
  out.append("\r\nCSeq: ").append(request.header("cseq")).append("\r\n");
  out.append(more);
  out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  return out.append(body);
}

}  // namespace opora::testing
