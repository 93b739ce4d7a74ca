// What a disaster takes for good, computed from the bytes at its moment: the ledger's excuses.
#include <algorithm>
#include <utility>

#include "protocol/codec/record_codec.h"
#include "sync/journal/files.h"
#include "tests/sim/region/workload.h"

namespace opora::sim {

void Workload::on_restore(SiteNo site, const sync::Reader& now, const sync::Reader& then,
                          const sync::Reader& hub, const SecondDevice& device, Machines machines) {
  ledger_.restored.insert(site);
  lose_files(now, [&](const protocol::FileId& id, SiteNo) {
    return sync::whole_file(then, id) || sync::whole_file(hub, id);
  });
  // What the second device has can only follow what is here: not behind a gap, or another record.
  bool gap = false;
  sync::scan_journal(now, site, StreamPos{1}, [&](const sync::JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    const auto there = sync::journal_chain_at(then, site, row.ref.n);
    gap = gap || (there && *there != row.chain);
    if (!record.ok() || sync::read_record(then, row.ref) || sync::read_record(hub, row.ref))
      return true;
    const bool held = device.holds(row.ref);
    gap = gap || !held;
    if (!held) ledger_.lost.insert(record->env.command);
    else if (gap || machines == Machines::kTwo) ledger_.kept_aside.insert(record->env.command);
    return true;
  });
}

// What the second device alone has can only follow what is here or at the hub.
void Workload::find_gap(const SecondDevice& device, const sync::Reader& own,
                        const sync::Reader& hub) {
  auto records = device.records();
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  std::set<ChainHash> reached;
  for (const sync::GuardedRow& row : records) {
    const auto record =
        protocol::decode_record(std::string_view(row.value).substr(sizeof(ChainHash)));
    const auto ref = sync::JournalRef::from_key(row.key);
    if (!record.ok() || !ref || own.get(row.table, row.key) || hub.get(row.table, row.key))
      continue;
    const StreamPos before{ref->n.v - 1};
    const bool follows = reached.contains(record->env.prev) ||
                         sync::journal_chain_at(own, ref->origin, before) == record->env.prev ||
                         sync::journal_chain_at(hub, ref->origin, before) == record->env.prev;
    if (follows)
      reached.insert(protocol::chain_of(record->env.prev,
                                        std::string_view(row.value).substr(sizeof(ChainHash))));
    else ledger_.kept_aside.insert(record->env.command);
  }
}

// The safety journal holds no files.
void Workload::lose_files(const sync::Reader& now, const KeepsFile& kept) {
  for (const protocol::FileId& id : sync::whole_files(now)) {
    if (!kept(id, sync::whole_file(now, id)->origin)) ledger_.lost_files.insert(id);
  }
}

void Workload::on_device_loss(const std::vector<sync::GuardedRow>& records, const sync::Reader& own,
                              const sync::Reader& hub) {
  for (const sync::GuardedRow& row : records) {
    if (own.get(row.table, row.key) || hub.get(row.table, row.key)) continue;
    const auto record = protocol::decode_record(row.value.substr(sizeof(ChainHash)));
    if (record.ok()) ledger_.lost.insert(record->env.command);
  }
}

void Workload::on_hub_restore(const sync::Reader& now, const sync::Reader& then,
                              const std::function<const Process*(SiteNo)>& site) {
  ledger_.restored.insert(kHubSite);
  std::map<SiteNo, std::unique_ptr<sync::Reader>> disks;
  for (std::uint32_t no = 1; no <= sites_; ++no)
    disks[SiteNo{no}] = site(SiteNo{no})->disk().synced();
  for (const auto& [no, disk] : disks) find_gap(site(no)->device(), *disk, then);
  // A file is asked for where it was attached.
  lose_files(now, [&](const protocol::FileId& id, SiteNo origin) {
    const auto disk = disks.find(origin);
    return sync::whole_file(then, id) ||
           (disk != disks.end() && sync::whole_file(*disk->second, id));
  });
  now.scan(sync::Table::kJournal, "", "", [&](std::string_view key, std::string_view row) {
    const auto ref = sync::JournalRef::from_key(key);
    if (then.get(sync::Table::kJournal, key)) return true;
    const auto disk = disks.find(ref->origin);
    if (disk != disks.end() && disk->second->get(sync::Table::kJournal, key)) return true;
    const auto record = protocol::decode_record(row.substr(sizeof(ChainHash)));
    if (record.ok()) ledger_.lost.insert(record->env.command);
    return true;
  });
  for (const auto& [target, erasure] : ledger_.erased) {
    if (erasure.site != kHubSite) continue;
    begin({kHubSite, "erasure", fresh("erasure"),
           [target = target] { return testing::erasing({target}, "asked by the person"); }, true});
  }
}

}  // namespace opora::sim
