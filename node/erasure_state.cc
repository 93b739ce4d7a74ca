#include "node/erasure_state.h"

#include "protocol/codec/record_codec.h"
#include "sync/journal/streams.h"
#include "sync/projection/projection.h"

namespace opora::node {

std::vector<SiteNo> erasure_pending(const sync::Reader& rows, SiteNo site, StreamPos acked,
                                    const AggregateId& aggregate) {
  const auto entity = sync::read_entity(rows, protocol::Kind::kErasure, aggregate);
  const auto* erasure = entity.as<protocol::ErasureState>();
  if (erasure == nullptr || erasure->origin != site) return {};
  // Times of one journal only grow: the record that the hub has last tells.
  bool there = false;
  sync::scan_journal(rows, site, acked, [&](const sync::JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    there = row.ref.n == acked && record.ok() && record->env.hlt >= erasure->at;
    return false;
  });
  return there ? std::vector<SiteNo>{} : std::vector<SiteNo>{kHubSite};
}

}  // namespace opora::node
