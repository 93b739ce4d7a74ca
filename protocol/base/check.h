// OPORA_CHECK: a broken promise of our own code stops the process, in release too, because going on
// would write wrong records. Input from disk, network or people never meets it: that is an Error
// (result.h).
#pragma once

namespace opora {

// Writes the failed condition to standard error and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

#define OPORA_CHECK(condition)                                               \
  do {                                                                       \
    if (!(condition)) ::opora::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)

}  // namespace opora
