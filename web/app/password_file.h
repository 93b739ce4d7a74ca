// A password for another program, in a file of its own: never on a command line, where everybody on
// the machine may read it.
#pragma once

#include <string>

#include "protocol/base/result.h"

namespace opora::app {

inline constexpr std::size_t kMaxPasswordBytes = 256;

// Its first line. kInvalid with the path `option`: no file, everybody may read it, empty, too long,
// control characters.
Result<std::string> read_password_file(const std::string& file, const char* option);

}  // namespace opora::app
