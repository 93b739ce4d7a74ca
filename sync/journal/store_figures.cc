#include "sync/journal/store_figures.h"

#include <filesystem>

#include <rocksdb/db.h>

namespace opora::sync {

namespace {

// A file that is deleted meanwhile is not counted.
std::uint64_t log_bytes_in(const std::filesystem::path& folder) {
  std::uint64_t sum = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code gone;
    const std::uint64_t bytes = it->path().extension() == ".log" ? it->file_size(gone) : 0;
    if (!gone) sum += bytes;
  }
  return sum;
}

}  // namespace

std::string_view table_name(Table table) {
  switch (table) {
    case Table::kMeta: return "meta";
    case Table::kJournal: return "journal";
    case Table::kStream: return "stream";
    case Table::kKeys: return "keys";
    case Table::kDedup: return "dedup";
    case Table::kEntity: return "entity";
    case Table::kPersonal: return "personal";
    case Table::kIndex: return "index";
    case Table::kCube: return "cube";
    case Table::kHistory: return "history";
    case Table::kFiles: return "files";
  }
  return "unknown";
}

StoreFigures figures_of(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                        const CommitTimes& times) {
  using Properties = rocksdb::DB::Properties;
  StoreFigures out;
  for (std::size_t i = 0; i < families.size() && i < kTableCount; ++i) {
    db.GetIntProperty(families[i], Properties::kTotalSstFilesSize, &out.table_bytes[i]);
    std::uint64_t memtables = 0;
    db.GetIntProperty(families[i], Properties::kSizeAllMemTables, &memtables);
    out.memtable_bytes += memtables;
  }
  out.log_bytes = log_bytes_in(db.GetName());
  out.commit_us = times.counts();
  return out;
}

}  // namespace opora::sync
