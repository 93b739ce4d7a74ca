#include "protocol/codec/link_messages.h"

namespace opora::protocol {

const char* stream_name(StreamKind stream) {
  switch (stream) {
    case StreamKind::kJournal: return "journal";
    case StreamKind::kJournalKeys: return "journal_keys";
    case StreamKind::kCommon: return "common";
    case StreamKind::kCommonKeys: return "common_keys";
    case StreamKind::kPrivate: return "private";
    case StreamKind::kPrivateKeys: return "private_keys";
    case StreamKind::kRecall: return "recall";
  }
  return "unknown";
}

const char* stop_reason_name(StopReason reason) {
  switch (reason) {
    case StopReason::kNone: return "none";
    case StopReason::kAmnesia: return "amnesia";
    case StopReason::kFork: return "fork";
    case StopReason::kChain: return "chain";
    case StopReason::kSource: return "source";
    case StopReason::kUnknown: return "unknown";
    case StopReason::kOlder: return "older";
  }
  return "unknown";
}

const char* close_reason_name(CloseReason reason) {
  switch (reason) {
    case CloseReason::kDisconnected: return "disconnected";
    case CloseReason::kSilent: return "silent";
    case CloseReason::kHandshake: return "handshake";
    case CloseReason::kVersion: return "version";
    case CloseReason::kProtocol: return "protocol";
    case CloseReason::kIdentity: return "identity";
    case CloseReason::kReplaced: return "replaced";
    case CloseReason::kDoubled: return "doubled";
    case CloseReason::kRevoked: return "revoked";
    case CloseReason::kStopping: return "stopping";
    case CloseReason::kPersist: return "persist";
    case CloseReason::kUnknownSession: return "unknown_session";
    case CloseReason::kPeer: return "peer";
  }
  return "unknown";
}

const char* enrol_refusal_name(EnrolRefusal refusal) {
  switch (refusal) {
    case EnrolRefusal::kUnknownCode: return "unknown_code";
    case EnrolRefusal::kUsed: return "used";
    case EnrolRefusal::kExpired: return "expired";
    case EnrolRefusal::kBusy: return "busy";
    case EnrolRefusal::kVersion: return "version";
    case EnrolRefusal::kMalformed: return "malformed";
    case EnrolRefusal::kFailed: return "failed";
  }
  return "unknown";
}

}  // namespace opora::protocol
