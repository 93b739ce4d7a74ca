#include "web/server/request_head.h"

#include <algorithm>
#include <charconv>

#include <boost/beast/http/basic_parser.hpp>

#include "web/server/target.h"

namespace opora::web {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

// What Beast alone would let pass: folds (it unfolds them), "gzip, chunked", chunked in HTTP/1.0,
// equal Content-Lengths twice, requests without Host. It is fed whole heads only and never sees a
// body: its chunk parser has an assertion that a peer can reach by sending "0\r\n" and one byte
// more.
class HeadParser final : public http::basic_parser<true> {
 public:
  HeadParser(const Limits& limits, std::size_t head_size) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(head_size + 1));
    eager(false);
    body_limit(boost::none);  // the routes have their own (Connection::body_limit)
    head_.headers.reserve(head_size, kTypicalFields);
  }

  // The fault that stopped the parser, if any.
  std::optional<HeadFault> fault;
  RequestHead& head() { return head_; }

 private:
  static constexpr std::size_t kTypicalFields = 16;  // a browser's request

  void stop(int status, std::string message, error_code& ec) {
    fault = HeadFault{status, std::move(message)};
    ec = http::error::bad_field;
  }

  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code& ec) override {
    const auto known = method_from({method.data(), method.size()});
    if (!known) return stop(501, "the method is not one of this server", ec);
    if (target.size() > limits_.target_bytes)
      return stop(414, "the request target is too long", ec);
    head_.method = *known;
    head_.target.assign(target.data(), target.size());
    head_.http_1_0 = version == 10;
  }
  void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                     error_code& ec) override {
    if (head_.headers.size() == limits_.header_fields)
      return stop(431, "too many header fields", ec);
    head_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code&) override { head_.keep_alive = true; }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  const Limits& limits_;
  RequestHead head_;
};

bool equals_ascii(std::string_view a, std::string_view lower) {
  return a.size() == lower.size() &&
         std::equal(a.begin(), a.end(), lower.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
         });
}

// Beast folds lines silently and lets a bare LF end some of them.
const char* line_fault(std::string_view head) {
  for (auto at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at == 0 || head[at - 1] != '\r') return "a line without CR LF";
    if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t'))
      return "a folded header field";
  }
  return nullptr;
}

bool valid_host(std::string_view host) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:[]").find(c) != std::string_view::npos;
  };
  return !host.empty() && std::all_of(host.begin(), host.end(), allowed);
}

std::optional<HeadFault> judge_framing(RequestHead& head) {
  const auto coding = head.headers.find("Transfer-Encoding");
  const auto length = head.headers.find("Content-Length");
  if (coding) {
    if (length) return HeadFault{400, "both Transfer-Encoding and Content-Length"};
    if (head.http_1_0) return HeadFault{400, "Transfer-Encoding in HTTP/1.0"};
    if (head.headers.count("Transfer-Encoding") != 1 || !equals_ascii(*coding, "chunked")) {
      return HeadFault{400, "a Transfer-Encoding other than chunked"};
    }
    head.framing = Framing::kChunked;
  } else if (length) {
    const char* end = length->data() + length->size();
    const auto parsed = std::from_chars(length->data(), end, head.content_length);
    if (head.headers.count("Content-Length") != 1 || parsed.ec != std::errc() ||
        parsed.ptr != end) {
      return HeadFault{400, "a bad Content-Length"};
    }
    if (head.content_length > 0) head.framing = Framing::kLength;
  }
  return std::nullopt;
}

std::optional<HeadFault> judge_fields(RequestHead& head) {
  if (head.headers.count("Host") != 1) return HeadFault{400, "exactly one Host field is needed"};
  if (!valid_host(*head.headers.find("Host"))) return HeadFault{400, "a bad Host field"};
  if (const auto expect = head.headers.find("Expect")) {
    if (!equals_ascii(*expect, "100-continue")) return HeadFault{417, "an unknown Expect field"};
    head.expects_continue = !head.http_1_0 && head.framing != Framing::kNone;
  }
  return std::nullopt;
}

}  // namespace

bool may_start_request(char first) { return first >= 'A' && first <= 'Z'; }

std::variant<RequestHead, HeadFault> parse_head(std::string_view bytes, const Limits& limits) {
  if (const char* fault = line_fault(bytes)) return HeadFault{400, fault};
  HeadParser parser(limits, bytes.size());
  error_code ec;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (parser.fault) return *parser.fault;
  if (ec || used != bytes.size()) return HeadFault{400, "not HTTP/1.1: " + ec.message()};
  RequestHead& head = parser.head();
  head.keep_alive = parser.keep_alive();
  if (auto fault = judge_framing(head)) return *fault;
  if (auto fault = judge_fields(head)) return *fault;
  auto target = parse_target(head.target, limits.query_params);
  if (!target.ok()) return HeadFault{400, target.error().message};
  head.path = std::move(target->path);
  head.query = std::move(target->query);
  return std::move(head);
}

}  // namespace opora::web
