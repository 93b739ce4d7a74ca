// The settings of RocksDB, apart from the code that uses it. Included by rocks_store.cc and its
// tests only.
#pragma once

#include <memory>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "sync/journal/rocks_store.h"

namespace opora::sync {

enum class OpenMode { kOwner, kReadOnly };

rocksdb::DBOptions database_options(const RocksOptions& options, OpenMode mode);
// One descriptor a Table, in the order of the enumeration; all share one cache.
std::vector<rocksdb::ColumnFamilyDescriptor> table_descriptors(const RocksOptions& options);

using Families = std::vector<rocksdb::ColumnFamilyHandle*>;
// For reading only, one family a Table. An owner makes the tables that an older version did not
// have; here they are null.
rocksdb::Status open_to_look(const std::filesystem::path& path, const RocksOptions& options,
                             Families& families, rocksdb::DB*& db);

}  // namespace opora::sync
