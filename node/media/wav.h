// The sound that a telephone system wrote, as A-law: RIFF with sixteen-bit PCM, A-law or µ-law, one
// channel, 8 000 samples a second (O6). Pure; any input is safe. Headers whose sizes were never
// filled in (the writer ended on its way) are read up to the end of the file.
#pragma once

#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace opora::node {

// kUnsupported: sound, and not of this form; kInvalid: none, or nothing in it; kTooLarge: more than
// one file may have.
Result<Bytes> a_law_of_wav(std::string_view file);

}  // namespace opora::node
