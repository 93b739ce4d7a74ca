// Facts of every type. The first two bytes are the type, the third the schema version, the rest the
// message.
#include "protocol/base/check.h"
#include "protocol/codec/record_codec.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  KeyReader in(bytes);
  const auto type = static_cast<EventType>(in.u16());
  const std::uint16_t version = in.u8();
  if (!in.ok()) return 0;
  const auto facts = decode_facts(type, version, in.rest());
  if (!facts.ok()) {
    OPORA_CHECK(facts.error().code == Code::kCorrupt);
    return 0;
  }
  if (facts->index() == 0) return 0;
  OPORA_CHECK(type_of(*facts) == type && validate_facts(*facts).ok());
  const auto reread = decode_facts(type, version, encode_facts(*facts));
  OPORA_CHECK(reread.ok() && *reread == *facts);
  return 0;
}
