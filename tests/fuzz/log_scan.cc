// A log as a broken disk returns it: the scan ends, what it calls whole is whole when it stands
// alone, and what lies behind a whole end never changes what lies before it.
#include "sync/journal/log_scan.h"

#include "protocol/base/check.h"
#include "sync/journal/log_book.h"
#include "sync/journal/slot_file.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::sync;

namespace {

void check_scan(std::string_view file) {
  const LogScan scan = scan_log(file);
  OPORA_CHECK(scan.whole_bytes <= file.size());
  OPORA_CHECK((scan.end == LogScan::End::kClean) == scan.why.empty());
  OPORA_CHECK(scan.end == LogScan::End::kClean || scan.bad_at >= scan.whole_bytes);
  OPORA_CHECK(scan.first_seq.has_value() == (scan.records > 0));
  const LogScan front = scan_log(file.substr(0, scan.whole_bytes));
  OPORA_CHECK(front.end == LogScan::End::kClean && front.records == scan.records);
  OPORA_CHECK(front.next_seq == scan.next_seq);
  const LogScan padded = scan_log(Bytes(file.substr(0, scan.whole_bytes)) + Bytes(100, '\0'));
  OPORA_CHECK(padded.end == LogScan::End::kClean && padded.records == scan.records);
}

void check_small_files(std::string_view bytes) {
  if (const auto rows = decode_log_rows(bytes)) {
    OPORA_CHECK(rows->synced.size() <= 255);
    const auto again = decode_log_rows(encode_log_rows(*rows));
    OPORA_CHECK(again && again->floor == rows->floor);
  }
  if (const auto slot = decode_slot(bytes)) {
    OPORA_CHECK(decode_slot(encode_slot(slot->version, slot->content)).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  check_scan(bytes);
  check_small_files(bytes);
  return 0;
}
