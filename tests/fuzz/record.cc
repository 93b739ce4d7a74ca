// Records as a peer sends them: nothing crashes, and what decodes is a record that could have been
// written.
#include "protocol/base/check.h"
#include "protocol/codec/record_codec.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  const auto record = decode_record(bytes);
  if (!record.ok()) {
    OPORA_CHECK(record.error().code == Code::kCorrupt);
    return 0;
  }
  const Bytes again = encode_record(record->env, record->facts, record->sealed_personal);
  const auto reread = decode_record(again);
  OPORA_CHECK(reread.ok() && reread->env == record->env && reread->facts == record->facts &&
              reread->sealed_personal == record->sealed_personal);
  static_cast<void>(decode_facts(record->env.type, record->env.schema_version, record->facts).ok());
  static_cast<void>(decode_personal(record->sealed_personal).ok());
  return 0;
}
