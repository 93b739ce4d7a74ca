// The plain text of a personal part. It is authenticated, so only a faulty site could send these;
// the same rules hold.
#include "protocol/base/check.h"
#include "protocol/codec/record_codec.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  const auto personal = decode_personal(bytes);
  if (!personal.ok()) {
    OPORA_CHECK(personal.error().code == Code::kCorrupt);
    return 0;
  }
  // Its own form may be larger than the one that was read, whose texts could share bytes; then it
  // is refused.
  if (!validate_personal(*personal).ok()) return 0;
  const auto reread = decode_personal(encode_personal(*personal));
  OPORA_CHECK(reread.ok() && *reread == *personal);
  return 0;
}
