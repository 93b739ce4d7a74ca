// A segment of the safety journal as a broken disk returns it: the scan ends, and every commit that
// it returns is the same when it is written again.
#include "protocol/base/check.h"
#include "sync/journal/safety_format.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::sync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  const auto check = [](const OwnCommit& commit) {
    const Bytes frame = encode_safety_frame(commit);
    const auto again = decode_safety_body(std::string_view(frame).substr(8));
    OPORA_CHECK(again && again->rows == commit.rows && again->head == commit.head);
    return true;
  };
  const auto scan = scan_segment(bytes, SiteNo{17}, check);
  if (!scan.ok()) return 0;
  OPORA_CHECK(scan->whole_bytes <= bytes.size());
  if (const auto commit = decode_safety_body(bytes)) check(*commit);
  if (const auto head = decode_own_head(bytes)) OPORA_CHECK(encode_own_head(*head) == bytes);
  return 0;
}
