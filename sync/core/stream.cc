#include "sync/core/stream.h"

#include <array>

#include "protocol/base/check.h"
#include "protocol/base/hash.h"

namespace opora::sync {
namespace {

constexpr std::size_t kAggregateBytes = 16;
constexpr std::size_t kKeyBytes = 32;

constexpr std::array kUp{StreamKind::kJournalKeys, StreamKind::kJournal};
constexpr std::array kDown{StreamKind::kCommonKeys, StreamKind::kPrivateKeys, StreamKind::kPrivate,
                           StreamKind::kCommon, StreamKind::kRecall};

std::string_view chain_input(StreamKind stream, std::string_view entry) {
  if (is_keys(stream)) return entry.substr(0, kAggregateBytes);
  return stream == StreamKind::kRecall ? split_recall(entry).record : entry;
}

bool well_formed_recall(std::string_view entry) {
  if (entry.empty()) return false;
  return entry[0] == 0 ? entry.size() > 1 : entry[0] == 1 && entry.size() > 1 + kKeyBytes;
}

}  // namespace

std::span<const StreamKind> streams_up() { return kUp; }
std::span<const StreamKind> streams_down() { return kDown; }

bool is_keys(StreamKind stream) {
  return stream == StreamKind::kJournalKeys || stream == StreamKind::kCommonKeys ||
         stream == StreamKind::kPrivateKeys;
}

bool may_be_withdrawn(StreamKind stream) {
  return stream == StreamKind::kPrivate || stream == StreamKind::kPrivateKeys;
}

bool well_formed(StreamKind stream, std::string_view entry) {
  if (entry.size() > protocol::kMaxEntryBytes) return false;
  if (stream == StreamKind::kRecall) return well_formed_recall(entry);
  if (!is_keys(stream)) return !entry.empty();
  return entry.size() == kAggregateBytes || entry.size() == kAggregateBytes + kKeyBytes;
}

ChainHash chain_next(StreamKind stream, const ChainHash& before, std::string_view entry) {
  OPORA_CHECK(well_formed(stream, entry));
  return hash256({before.view(), chain_input(stream, entry)});
}

Bytes recall_entry(std::string_view key, std::string_view record) {
  OPORA_CHECK(key.empty() || key.size() == kKeyBytes);
  return Bytes(1, key.empty() ? '\0' : '\1') + Bytes(key) + Bytes(record);
}

RecalledEntry split_recall(std::string_view entry) {
  if (entry[0] == 0) return {{}, entry.substr(1)};
  return {entry.substr(1, kKeyBytes), entry.substr(1 + kKeyBytes)};
}

}  // namespace opora::sync
