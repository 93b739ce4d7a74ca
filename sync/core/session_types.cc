#include "sync/core/session_types.h"

namespace opora::sync {

const char* alarm_name(AlarmCode code) {
  switch (code) {
    case AlarmCode::kAmnesia: return "amnesia";
    case AlarmCode::kFork: return "fork";
    case AlarmCode::kChain: return "chain";
    case AlarmCode::kSource: return "source";
    case AlarmCode::kPersist: return "persist";
    case AlarmCode::kClock: return "clock";
    case AlarmCode::kVersion: return "version";
    case AlarmCode::kProtocol: return "protocol";
    case AlarmCode::kIdentity: return "identity";
    case AlarmCode::kDoubled: return "doubled";
    case AlarmCode::kRestored: return "restored";
    case AlarmCode::kFile: return "file";
    case AlarmCode::kWithdrawn: return "withdrawn";
  }
  return "unknown";
}

}  // namespace opora::sync
