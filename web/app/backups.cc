#include "web/app/backups.h"

#include <algorithm>
#include <chrono>

#include <spdlog/spdlog.h>

#include "protocol/domain/facets.h"
#include "sync/journal/streams.h"
#include "web/app/journals.h"

namespace opora::app {

namespace {

// A daemon that is started anew each day must get its backup all the same.
constexpr std::chrono::minutes kFirstAfter{30};

std::vector<AggregateId> erased_in(const sync::Reader& rows) {
  std::vector<AggregateId> out;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::erasures(),
                   [&](std::string_view key, std::string_view) {
                     out.push_back(protocol::keys::id_of(key));
                     return true;
                   });
  return out;
}

}  // namespace

Bytes to_bytes(const BackupNote& note) {
  KeyWriter out;
  out.u32(note.self.v);
  for (const auto& head : note.heads) out.u32(head.origin.v).u64(head.n.v);
  return out.take();
}

std::optional<BackupNote> note_of(std::string_view bytes) {
  KeyReader in(bytes);
  BackupNote note;
  note.self = SiteNo{in.u32()};
  while (in.ok() && !in.at_end()) {
    const SiteNo origin{in.u32()};
    note.heads.push_back({origin, StreamPos{in.u64()}});
  }
  return in.ok() ? std::optional(std::move(note)) : std::nullopt;
}

BackupNote note_of(const sync::Reader& rows, SiteNo self) {
  BackupNote note;
  note.self = self;
  for (const SiteNo origin : journal_origins(rows)) {
    if (const auto last = sync::last_record(rows, origin))
      note.heads.push_back({origin, last->ref.n});
  }
  return note;
}

std::uint64_t records_of(const BackupNote& note) {
  std::uint64_t records = 0;
  for (const auto& head : note.heads) records += head.n.v;
  return records;
}

Backups::Backups(const sync::RocksStore& store, const Clock& clock, SiteNo self,
                 BackupSettings settings, ErasureList& erasures)
    : store_(store),
      clock_(clock),
      self_(self),
      settings_(std::move(settings)),
      erasures_(erasures) {}

Result<std::unique_ptr<Backups>> Backups::start(const sync::RocksStore& store, const Clock& clock,
                                                SiteNo self, BackupSettings settings,
                                                ErasureList& erasures) {
  std::unique_ptr<Backups> out(new Backups(store, clock, self, std::move(settings), erasures));
  if (out->settings_.folder.empty()) return out;
  auto folder = sync::BackupFolder::open(out->settings_.folder);
  if (!folder.ok()) return Error{folder.error().code, "backup", folder.error().message};
  out->folder_ = std::move(*folder);
  out->state_.plan = out->settings_;
  out->state_.there = out->folder_->list();
  out->thread_ = std::thread([backups = out.get()] { backups->loop(); });
  return out;
}

Backups::~Backups() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

Status Backups::take_now() {
  const std::lock_guard lock(mutex_);
  if (!folder_) return Error{Code::kNotFound, "backup", "no folder for backups is configured"};
  if (asked_ || state_.running) return Error{Code::kConflict, "backup", "one is under way"};
  asked_ = true;
  wake_.notify_one();
  return ok_status();
}

Backups::State Backups::state() const {
  const std::lock_guard lock(mutex_);
  State out = state_;
  out.running = out.running || asked_;
  return out;
}

void Backups::loop() {
  using std::chrono::steady_clock;
  const auto every = std::chrono::hours(settings_.every_hours);
  auto next = steady_clock::now();
  // Due by the clock that does not jump; shown by the one on the wall.
  const auto due_in = [&](steady_clock::duration wait) {
    next = steady_clock::now() + wait;
    state_.next =
        clock_.now() + std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  };
  std::unique_lock lock(mutex_);
  due_in(std::min<steady_clock::duration>(every, kFirstAfter));
  while (true) {
    wake_.wait_until(lock, next, [&] { return stopping_ || asked_; });
    if (stopping_) return;
    if (!asked_ && steady_clock::now() < next) continue;
    asked_ = false;
    state_.running = true;
    lock.unlock();
    run_once();
    lock.lock();
    due_in(every);
  }
}

void Backups::run_once() {
  auto taken = take();
  auto there = folder_->list();
  const std::lock_guard lock(mutex_);
  state_.running = false;
  state_.there = std::move(there);
  Outcome& last = state_.last.emplace();
  last.at = clock_.now();
  if (taken.ok()) {
    last.taken = *taken;
    spdlog::info("backup {}: {} bytes, read back", taken->no.v, taken->bytes);
  } else {
    last.why = taken.error().message;
    spdlog::error("backup failed: {}", last.why);
  }
}

Result<sync::BackupInfo> Backups::take() {
  // Of before the backup: what the note promises is in it.
  const BackupNote note = note_of(*store_.snapshot(), self_);
  auto taken = folder_->take(store_, to_bytes(note));
  if (!taken.ok()) return taken.error();
  OPORA_TRY(erasures_.add(erased_in(*store_.snapshot())));
  OPORA_TRY(folder_->keep(settings_.keep));
  if (settings_.verified) settings_.verified(note);
  return taken;
}

}  // namespace opora::app
