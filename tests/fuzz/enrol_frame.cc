// Enrolment frames, which anybody may send: nothing crashes, what decodes can be written again. The
// text of an enrolment code is read on the way.
#include "protocol/base/check.h"
#include "protocol/codec/link_codec.h"
#include "protocol/link/enrol_code.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  if (const auto message = decode_enrol(bytes); message.ok()) {
    const auto again = decode_enrol(encode_enrol(*message));
    OPORA_CHECK(again.ok() && *again == *message);
  }
  if (const auto code = parse_enrol_code(bytes); code.ok()) {
    const auto again = parse_enrol_code(format_enrol_code(*code));
    OPORA_CHECK(again.ok() && *again == *code);
  }
  return 0;
}
