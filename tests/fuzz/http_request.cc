// A request as anyone on the network may send it: the head, then a body by length or by chunks. The
// pieces in which the body arrives make no difference.
#include "protocol/base/check.h"
#include "tests/fuzz/input.h"
#include "web/server/body_decoder.h"
#include "web/server/request_head.h"

using namespace opora;
using namespace opora::web;

namespace {

struct Body {
  BodyDecoder::State state = BodyDecoder::State::kMore;
  std::string text;
  std::size_t taken = 0;
  bool operator==(const Body&) const = default;
};

Body decode(BodyDecoder decoder, std::string_view in, std::size_t piece) {
  Body body;
  while (decoder.state() == BodyDecoder::State::kMore && body.taken < in.size()) {
    const std::size_t taken = decoder.feed(in.substr(body.taken, piece), body.text);
    OPORA_CHECK(taken <= piece);
    body.taken += taken;
  }
  body.state = decoder.state();
  return body;
}

void check_body(const RequestHead& head, std::string_view rest) {
  const Limits limits;
  if (head.framing == Framing::kNone || head.content_length > limits.body_bytes) return;
  const auto decoder = head.framing == Framing::kLength
                           ? BodyDecoder::with_length(head.content_length)
                           : BodyDecoder::chunked(limits, limits.body_bytes);
  const Body whole = decode(decoder, rest, rest.size());
  OPORA_CHECK(whole.taken <= rest.size() && whole.text.size() <= rest.size());
  const Body split = decode(decoder, rest, 1);
  OPORA_CHECK(split.state == whole.state);
  if (whole.state == BodyDecoder::State::kDone || whole.state == BodyDecoder::State::kMore) {
    OPORA_CHECK(split == whole);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == Bytes::npos) return 0;
  const std::string_view text = bytes;
  const auto parsed = parse_head(text.substr(0, end + 4), Limits{});
  if (const auto* fault = std::get_if<HeadFault>(&parsed)) {
    OPORA_CHECK(fault->status >= 400 && fault->status < 600);
    return 0;
  }
  const auto& head = std::get<RequestHead>(parsed);
  OPORA_CHECK(head.path.starts_with('/') && head.path.find('\0') == std::string::npos);
  OPORA_CHECK(head.headers.count("host") == (head.http_1_0 ? head.headers.count("host") : 1));
  check_body(head, text.substr(end + 4));
  return 0;
}
