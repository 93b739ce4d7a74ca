#include "sync/journal/backup.h"

#include <algorithm>
#include <utility>

#include <rocksdb/utilities/backup_engine.h>

#include "protocol/base/check.h"
#include "sync/journal/store_folder.h"

namespace opora::sync {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMsInSecond = 1'000;

Error to_error(const rocksdb::Status& status) {
  if (status.IsNotFound()) return Error{Code::kNotFound, "backup", status.ToString()};
  if (status.IsCorruption()) return Error{Code::kCorrupt, "backup", status.ToString()};
  return Error{Code::kUnavailable, "backup", status.ToString()};
}

Status outcome(const rocksdb::Status& status) {
  return status.ok() ? ok_status() : Status(to_error(status));
}

rocksdb::BackupEngineOptions options_for(const fs::path& path) {
  rocksdb::BackupEngineOptions options(path.string());
  options.share_table_files = true;
  options.share_files_with_checksum = true;  // files of two stores of one name never meet
  options.sync = true;
  options.backup_log_files = true;
  return options;
}

BackupInfo info(const rocksdb::BackupInfo& in) {
  return {BackupNo{in.backup_id}, TimeMs{in.timestamp * kMsInSecond}, in.size, in.app_metadata};
}

}  // namespace

struct BackupFolder::Engine {
  FolderLock lock;                                // of a writer
  std::unique_ptr<rocksdb::BackupEngine> writer;  // one of these two
  std::unique_ptr<rocksdb::BackupEngineReadOnly> reader;

  const rocksdb::BackupEngineReadOnlyBase& read() const {
    if (writer) return *writer;
    return *reader;
  }
  rocksdb::BackupEngine& write() const {
    OPORA_CHECK(writer != nullptr);
    return *writer;
  }
};

BackupFolder::BackupFolder(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
BackupFolder::~BackupFolder() = default;

Result<std::unique_ptr<BackupFolder>> BackupFolder::open(const fs::path& path) {
  OPORA_TRY(make_folder(path));
  auto engine = std::make_unique<Engine>();
  OPORA_TRY(engine->lock.take(path));
  rocksdb::BackupEngine* opened = nullptr;
  const auto status =
      rocksdb::BackupEngine::Open(rocksdb::Env::Default(), options_for(path), &opened);
  engine->writer.reset(opened);
  if (!status.ok()) return to_error(status);
  return std::unique_ptr<BackupFolder>(new BackupFolder(std::move(engine)));
}

Result<std::unique_ptr<BackupFolder>> BackupFolder::open_read_only(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path / "meta", error))
    return Error{Code::kNotFound, "", path.string() + ": no backups here"};
  auto engine = std::make_unique<Engine>();
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  const auto status =
      rocksdb::BackupEngineReadOnly::Open(rocksdb::Env::Default(), options_for(path), &opened);
  engine->reader.reset(opened);
  if (!status.ok()) return to_error(status);
  return std::unique_ptr<BackupFolder>(new BackupFolder(std::move(engine)));
}

Result<BackupInfo> BackupFolder::take(const RocksStore& store, const Bytes& note) {
  auto taken = store.back_up(engine_->write(), note);
  if (!taken.ok()) return taken.error();
  const BackupNo no{*taken};
  if (const Status read_back = verify(no); !read_back.ok()) {
    static_cast<void>(engine_->write().DeleteBackup(no.v));
    return read_back.error();
  }
  rocksdb::BackupInfo found;
  const auto status = engine_->read().GetBackupInfo(no.v, &found);
  if (!status.ok()) return to_error(status);
  return info(found);
}

std::vector<BackupInfo> BackupFolder::list() const {
  std::vector<rocksdb::BackupInfo> found;
  engine_->read().GetBackupInfo(&found);
  std::vector<BackupInfo> out;
  out.reserve(found.size());
  for (const rocksdb::BackupInfo& one : found) out.push_back(info(one));
  std::sort(out.begin(), out.end(),
            [](const BackupInfo& a, const BackupInfo& b) { return a.no < b.no; });
  return out;
}

Status BackupFolder::verify(BackupNo no) const {
  return outcome(engine_->read().VerifyBackup(no.v, /*verify_with_checksum=*/true));
}

Status BackupFolder::restore(BackupNo no, const fs::path& to) const {
  std::error_code error;
  if (fs::exists(to, error)) return Error{Code::kConflict, "", to.string() + ": is there already"};
  OPORA_TRY(verify(no));
  OPORA_TRY(make_folder(to));
  const auto status = engine_->read().RestoreDBFromBackup(rocksdb::RestoreOptions(), no.v,
                                                          to.string(), to.string());
  if (status.ok()) return ok_status();
  fs::remove_all(to, error);
  return to_error(status);
}

Status BackupFolder::keep(std::uint32_t count) {
  OPORA_CHECK(count >= 1);
  OPORA_TRY(outcome(engine_->write().PurgeOldBackups(count)));
  return outcome(engine_->write().GarbageCollect());
}

}  // namespace opora::sync
