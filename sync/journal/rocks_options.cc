#include "sync/journal/rocks_options.h"

#include <algorithm>
#include <array>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

namespace opora::sync {
namespace {

// Names on disk: never change one. kMeta lives in the family that RocksDB insists on.
struct TableSpec {
  Table table;
  const char* name;
  bool point_gets;  // worth a bloom filter: mostly asked for keys by name, often absent ones
};
constexpr std::array<TableSpec, kTableCount> kTables{{
    {Table::kMeta, "default", false},
    {Table::kJournal, "journal", false},
    {Table::kStream, "stream", false},
    {Table::kKeys, "keys", true},
    {Table::kDedup, "dedup", true},
    {Table::kEntity, "entity", true},
    {Table::kPersonal, "personal", true},
    {Table::kIndex, "index", true},
    {Table::kCube, "cube", false},
    {Table::kHistory, "history", false},
    {Table::kFiles, "files", false},
}};

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;

// Few files for years of records, and still short compactions.
constexpr std::size_t kFileBytes = 32 * kMiB;
// Ten tables take their first block at once; RocksDB's default of an eighth of a memtable would be
// 5 MiB idle.
constexpr std::size_t kArenaBlockBytes = 64 * kKiB;
// 1 % of absent keys cost a read.
constexpr double kBloomBitsPerKey = 10;
// The same for rows that are still in memory, where most look-ups for an absent key end.
constexpr double kMemtableBloomShare = 0.02;
// Indexes in pieces of this size, so that a cache of 24 MiB holds those in use. Filters are whole:
// a piece of one has to be looked for first, and most look-ups end at a filter. A file's is some
// hundred KiB.
constexpr std::size_t kMetadataBlockBytes = 4 * kKiB;
constexpr std::size_t kDataBlockBytes = 8 * kKiB;
// Half of the descriptors that a service gets by default; a million contacts are about 300 files,
// more than these are opened and closed at need.
constexpr int kMaxOpenFiles = 512;
// RocksDB's own log: two files of this size at most.
constexpr std::size_t kInfoLogBytes = kMiB;
constexpr std::size_t kManifestBytes = 8 * kMiB;
// Four shards: with the default's 64 a big block would not fit into its own.
constexpr int kCacheShardBits = 2;

bool lz4_available() {
  const auto known = rocksdb::GetSupportedCompressions();
  return std::find(known.begin(), known.end(), rocksdb::kLZ4Compression) != known.end();
}

void set_compression(rocksdb::ColumnFamilyOptions& family, Table table, Compression wanted) {
  const auto packed = lz4_available() ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  family.compression = table == Table::kFiles ? rocksdb::kNoCompression : packed;
  if (wanted == Compression::kAll || table == Table::kFiles) return;
  const bool ciphertext = table == Table::kJournal || table == Table::kKeys;
  if (ciphertext) family.compression = rocksdb::kNoCompression;
  // The first is what a flush writes, the second what that is merged into.
  else family.compression_per_level = {rocksdb::kNoCompression, rocksdb::kNoCompression, packed};
}

rocksdb::BlockBasedTableOptions block_options(const TableSpec& spec,
                                              const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // A file that is looked at would push out what every desk needs; its own index is small.
  if (spec.table == Table::kFiles) {
    table.block_cache = nullptr;
    table.no_block_cache = true;
  }
  table.block_size = kDataBlockBytes;
  table.metadata_block_size = kMetadataBlockBytes;
  table.cache_index_and_filter_blocks = !table.no_block_cache;
  table.cache_index_and_filter_blocks_with_high_priority = !table.no_block_cache;
  // Of the files that were flushed last: asked at every look-up for a row that is not there.
  table.pin_l0_filter_and_index_blocks_in_cache = !table.no_block_cache;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.format_version = 5;
  if (spec.point_gets) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  }
  return table;
}

void set_safety(rocksdb::DBOptions& db) {
  // It opens up to the first bad place, whatever comes behind it; and it is asked to only after
  // log_check.h has said that what comes behind is nothing. The stricter modes refuse a commit that
  // was cut off in a log that was given its length beforehand.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  db.recycle_log_file_num = 0;
  db.manual_wal_flush = false;
  db.wal_compression = rocksdb::kNoCompression;
  db.paranoid_checks = true;
  // Off: 7.8 raises false alarms about missing logs (a log deleted while a new manifest is written)
  // and its read-only opening does not know it. The log book (log_book.h) knows better.
  db.track_and_verify_wals_in_manifest = false;
  // A store that failed is poisoned and opened again; RocksDB must not go on behind our back.
  db.max_bgerror_resume_count = 0;
}

void set_small(rocksdb::DBOptions& db, const RocksOptions& options) {
  db.db_write_buffer_size = 0;  // the manager's limit holds
  db.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes);
  db.allow_concurrent_memtable_write = false;  // there is one writer
  db.max_total_wal_size = options.wal_bytes;
  db.max_background_jobs = 2;  // one flush and one compaction: the node has two cores and callers
  db.max_subcompactions = 1;
  db.max_file_opening_threads = 2;
  db.skip_stats_update_on_db_open = true;  // it would read every file at the start
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 2;
  db.max_log_file_size = kInfoLogBytes;
  db.max_manifest_file_size = kManifestBytes;
  db.avoid_unnecessary_blocking_io = true;  // files are deleted by a background thread
}

}  // namespace

RocksOptions region_options() {
  RocksOptions options;
  options.cache_bytes = 128 * kMiB;
  options.write_buffer_bytes = 128 * kMiB;
  options.memtable_bytes = 16 * kMiB;
  options.wal_bytes = 128 * kMiB;
  options.compression = Compression::kSettled;
  return options;
}

rocksdb::DBOptions database_options(const RocksOptions& options, OpenMode mode) {
  rocksdb::DBOptions db;
  db.env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  db.create_if_missing = mode == OpenMode::kOwner;
  db.create_missing_column_families = mode == OpenMode::kOwner;
  // Read only: all files are opened at once and held, so that the owner's compactions cannot take
  // them away.
  db.max_open_files = mode == OpenMode::kOwner ? kMaxOpenFiles : -1;
  set_safety(db);
  set_small(db, options);
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> table_descriptors(const RocksOptions& options) {
  const auto cache = rocksdb::NewLRUCache(options.cache_bytes, kCacheShardBits);
  std::vector<rocksdb::ColumnFamilyDescriptor> out;
  for (const TableSpec& spec : kTables) {
    rocksdb::ColumnFamilyOptions family;
    family.write_buffer_size = std::min(options.memtable_bytes, options.write_buffer_bytes);
    family.max_write_buffer_number = 3;
    family.arena_block_size = kArenaBlockBytes;
    family.memtable_whole_key_filtering = spec.point_gets;
    family.memtable_prefix_bloom_size_ratio = spec.point_gets ? kMemtableBloomShare : 0;
    family.target_file_size_base = kFileBytes;
    family.level_compaction_dynamic_level_bytes = true;
    set_compression(family, spec.table, options.compression);
    family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(block_options(spec, cache)));
    out.emplace_back(spec.name, family);
  }
  return out;
}

rocksdb::Status open_to_look(const std::filesystem::path& path, const RocksOptions& options,
                             Families& families, rocksdb::DB*& db) {
  const auto db_options = database_options(options, OpenMode::kReadOnly);
  std::vector<std::string> names;
  auto status = rocksdb::DB::ListColumnFamilies(db_options, path.string(), &names);
  if (!status.ok()) return status;
  const auto is_missing = [&](const auto& table) {
    return std::ranges::find(names, table.name) == names.end();
  };
  const auto tables = table_descriptors(options);
  auto there = tables;
  std::erase_if(there, is_missing);
  Families opened;
  status = rocksdb::DB::OpenForReadOnly(db_options, path.string(), there, &opened, &db);
  if (!status.ok()) return status;
  auto next = opened.begin();
  for (const auto& table : tables) families.push_back(is_missing(table) ? nullptr : *next++);
  return status;
}

}  // namespace opora::sync
