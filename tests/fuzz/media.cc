// What people attach and what telephone systems record: nothing crashes, and what is taken is taken
// again as it is.
#include "node/media/media.h"

#include "node/media/wav.h"
#include "protocol/base/check.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::node;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto sound = a_law_of_wav(fuzz::input_bytes(data, size));
  OPORA_CHECK(!sound.ok() || !sound->empty());
  const auto checked = check_file(fuzz::input_bytes(data, size));
  if (!checked.ok()) {
    const Code code = checked.error().code;
    OPORA_CHECK(code == Code::kInvalid || code == Code::kUnsupported);
    return 0;
  }
  const auto again = check_file(checked->bytes);
  OPORA_CHECK(again.ok() && again->bytes == checked->bytes && again->kind == checked->kind);
  return 0;
}
