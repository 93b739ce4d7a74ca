#include "protocol/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace opora {

const char* code_name(Code code) {
  switch (code) {
    case Code::kInvalid: return "invalid";
    case Code::kNotFound: return "not_found";
    case Code::kDenied: return "denied";
    case Code::kUnauthenticated: return "unauthenticated";
    case Code::kLeaseExpired: return "lease_expired";
    case Code::kConflict: return "conflict";
    case Code::kKeyReused: return "key_reused";
    case Code::kAlreadyIssued: return "already_issued";
    case Code::kTooLarge: return "too_large";
    case Code::kTooMany: return "too_many";
    case Code::kUnsupported: return "unsupported";
    case Code::kNoRoom: return "no_room";
    case Code::kUnavailable: return "unavailable";
    case Code::kCorrupt: return "corrupt";
    case Code::kInternal: return "internal";
  }
  return "internal";
}

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "opora: check failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace opora
