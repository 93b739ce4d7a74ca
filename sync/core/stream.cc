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
                           StreamKind::kCommon};

}  // namespace

std::span<const StreamKind> streams_up() { return kUp; }
std::span<const StreamKind> streams_down() { return kDown; }

bool is_keys(StreamKind stream) {
  return stream == StreamKind::kJournalKeys || stream == StreamKind::kCommonKeys ||
         stream == StreamKind::kPrivateKeys;
}

bool well_formed(StreamKind stream, std::string_view entry) {
  if (!is_keys(stream)) return !entry.empty() && entry.size() <= protocol::kMaxEntryBytes;
  return entry.size() == kAggregateBytes || entry.size() == kAggregateBytes + kKeyBytes;
}

ChainHash chain_next(StreamKind stream, const ChainHash& before, std::string_view entry) {
  OPORA_CHECK(well_formed(stream, entry));
  return hash256({before.view(), is_keys(stream) ? entry.substr(0, kAggregateBytes) : entry});
}

}  // namespace opora::sync
