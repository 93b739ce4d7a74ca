#include "tests/sim/region/disk.h"

#include <iterator>
#include <set>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/base/hash.h"
#include "protocol/codec/record_codec.h"
#include "protocol/domain/state.h"
#include "sync/journal/streams.h"
#include "sync/projection/rebuild.h"

namespace opora::sim {

using sync::Table;

namespace {

Error failed(const char* why) { return Error{Code::kUnavailable, "", why}; }

bool starts_with(std::string_view key, std::string_view prefix) {
  return key.substr(0, prefix.size()) == prefix;
}

bool lists_unread(Table table, std::string_view key) {
  static const Bytes kPrefix = KeyWriter().text("unread").take();
  return table == Table::kMeta && starts_with(key, kPrefix);
}

bool is_cursor(Table table, std::string_view key) {
  static const Bytes kPrefix = KeyWriter().text("cursor").take();
  return table == Table::kMeta && starts_with(key, kPrefix);
}

}  // namespace

// Reads through a transaction of the rows, remembers what was written, and hands it to the disk.
class SimTransaction final : public sync::Transaction {
 public:
  SimTransaction(Disk& disk, std::function<void()> on_power_cut)
      : disk_(disk), inner_(disk.rows_->begin()), on_power_cut_(std::move(on_power_cut)) {
    for (const auto& [table, key, value] : disk.under_way_) {
      if (value) inner_->put(table, key, *value);
      else inner_->erase(table, key);
    }
  }

  std::optional<Bytes> get(Table table, std::string_view key) const override {
    return inner_->get(table, key);
  }
  void scan(Table table, std::string_view from, std::string_view to,
            const sync::RowVisitor& visit) const override {
    inner_->scan(table, from, to, visit);
  }
  void scan_back(Table table, std::string_view from, std::string_view to,
                 const sync::RowVisitor& visit) const override {
    inner_->scan_back(table, from, to, visit);
  }
  void put(Table table, std::string_view key, std::string_view value) override {
    inner_->put(table, key, value);
    changes_.push_back({table, Bytes(key), Bytes(value)});
  }
  void erase(Table table, std::string_view key) override {
    inner_->erase(table, key);
    changes_.push_back({table, Bytes(key), std::nullopt});
  }
  Status commit_telling(const std::function<void()>& on_durable) override {
    return disk_.commit(end(), {on_durable, on_power_cut_});
  }
  // Every other one is on the disk at once and nobody hears of it yet, the others are written when
  // somebody waits for them: a crash in between meets both.
  sync::CommitWaiter commit_beside() {
    const bool at_once = disk_.commits_ % 2 == 0;
    disk_.under_way_ = end();
    const auto write = [&disk = disk_, cut = on_power_cut_] {
      return disk.commit(std::exchange(disk.under_way_, {}), {{}, cut});
    };
    if (at_once) return [status = write()] { return status; };
    // Planted: the next commit takes it along.
    if (disk_.sim_.planted == Planted::kToldBeside) return ok_status;
    return write;
  }

 private:
  Changes end() {
    OPORA_CHECK(disk_.under_way_.empty() || disk_.sim_.planted == Planted::kToldBeside);
    inner_.reset();
    Changes changes = std::exchange(disk_.under_way_, {});
    std::move(changes_.begin(), changes_.end(), std::back_inserter(changes));
    return changes;
  }

  Disk& disk_;
  std::unique_ptr<sync::Transaction> inner_;
  std::function<void()> on_power_cut_;
  Changes changes_;
};

class SimStore final : public sync::Store, public sync::CommitsBeside {
 public:
  SimStore(Disk& disk, const sync::Store& rows, std::function<void()> on_power_cut)
      : disk_(disk), rows_(rows), on_power_cut_(std::move(on_power_cut)) {}
  std::unique_ptr<sync::Reader> snapshot() const override {
    OPORA_CHECK(!disk_.telling_);
    return rows_.snapshot();
  }
  std::unique_ptr<sync::Transaction> begin() override {
    return std::make_unique<SimTransaction>(disk_, on_power_cut_);
  }
  sync::CommitWaiter commit_beside(std::unique_ptr<sync::Transaction> txn) override {
    return dynamic_cast<SimTransaction&>(*txn).commit_beside();
  }
  Status compact(Table, std::string_view) override { return ok_status(); }

 private:
  Disk& disk_;
  const sync::Store& rows_;
  std::function<void()> on_power_cut_;
};

Disk::Disk(Sim& sim, SiteNo site)
    : sim_(sim), site_(site), rows_(std::make_shared<sync::MemoryStore>()), logs_(sim.dice) {}

Result<Disk::Opened> Disk::open(sync::AfterDamage after_damage,
                                std::function<void()> on_power_cut) {
  // Gone with the process that was committing it.
  if (!under_way_.empty()) sim_.story.fault("killed beside a commit");
  under_way_.clear();
  if (failing_) {
    feel(failing_felt_);
    return failed("no space left");
  }
  const sync::LogsReport report = recover();
  const bool damaged = report.state == sync::LogsReport::State::kDamaged;
  if (damaged && after_damage == sync::AfterDamage::kRefuse)
    return Error{Code::kCorrupt, "", report.what};
  logs_.open();
  flush();
  damaged_ = false;
  Opened out{std::make_unique<SimStore>(*this, *rows_, std::move(on_power_cut)), {}};
  if (damaged) out.damage = report.what;
  return out;
}

// What the logs say over what was flushed; both as they stand.
sync::LogsReport Disk::recover() {
  const auto trust = sim_.planted == Planted::kLogUnchecked ? DiskLogs::Trust::kUnchecked
                                                            : DiskLogs::Trust::kChecked;
  sync::LogsReport report = logs_.check();
  if (trust == DiskLogs::Trust::kUnchecked) report = {};
  const auto commits = logs_.replay(report, trust);
  if (!logs_.are_all(commits)) {  // else the tables have just them
    undo();
    for (const Changes& changes : commits) apply(changes);
  }
  const bool damaged = report.state == sync::LogsReport::State::kDamaged;
  const auto found = logs_.compare(commits);
  if (report.state == sync::LogsReport::State::kTorn) sim_.story.fault("torn write");
  if (found == DiskLogs::Replayed::kOther)
    sim_.story.wrong(name_of(site_) + " starts with what nobody committed");
  if (found == DiskLogs::Replayed::kLess && !damaged)
    sim_.story.wrong(name_of(site_) + " starts without what was synced, and does not see it");
  if (damaged && !damaged_) sim_.story.wrong(name_of(site_) + " sees damage: " + report.what);
  return report;
}

void Disk::flush() {
  logs_.flush();
  undo_.clear();
  unsynced_.reset();
}

Disk::Image Disk::image() const { return rows_->copy(); }
void Disk::restore(const Image& image) {
  undo_.clear();
  logs_.open();
  logs_.flush();
  head_.wipe();
  unsynced_.reset();
  rows_ = image->copy();
  late_.clear();
}
void Disk::wipe() { restore(std::make_shared<sync::MemoryStore>()); }

void Disk::forget_projection() {
  if (failing_ || damaged_) return;
  recover();
  logs_.open();
  flush();
  const auto txn = rows_->begin();
  sync::forget_projection(*txn);
  OPORA_CHECK(txn->commit().ok());
}

void Disk::power_cut() {
  late_.clear();
  logs_.power_cut();
  head_.power_cut(sim_.dice);
  if (!unsynced_) return;
  logs_.put_back(*unsynced_);
  recover();
}

bool Disk::damage() {
  if (!logs_.damage()) return false;
  damaged_ = true;
  recover();
  return true;
}

Status Disk::commit(Changes changes, const Told& told) {
  ++commits_;
  sim_.story.mix(changes.size() * 64 + site_.v);
  const DiskFault fault = std::exchange(armed_, DiskFault::kNone);
  Felt felt = std::exchange(armed_felt_, {});
  changes = mistaken(std::move(changes));
  if (failing_) {
    feel(failing_felt_);
    if (!changes.empty()) logs_.append_torn(changes);
    return failed("no space left");
  }
  feel(felt);
  switch (fault) {
    case DiskFault::kNone:
    case DiskFault::kErrorTold:
      log(changes);
      tell(told.durable);
      apply(changes);
      return fault == DiskFault::kNone ? ok_status() : Status(failed("no memory for the rows"));
    case DiskFault::kErrorLost:
      if (!changes.empty()) logs_.append_torn(changes);
      return failed("the disk failed");
    case DiskFault::kErrorKept:
      if (!changes.empty()) logs_.append(changes, DiskLogs::Told::kUnsynced);
      apply(changes);
      return failed("the disk failed");
    case DiskFault::kPowerAfter:
      log(changes);
      apply(changes);
      break;
    case DiskFault::kPowerBefore:
      if (sim_.planted == Planted::kCommitTorn) {
        changes.resize(changes.size() / 2);
        log(changes);
        apply(changes);
      } else if (!changes.empty()) {
        logs_.append_torn(changes);
      }
      break;
  }
  told.power_cut();
  return failed("the power failed");
}

void Disk::log(const Changes& changes) {
  if (changes.empty()) return;
  if (logs_.full()) {
    logs_.roll();
    if (sim_.dice.percent(30)) flush();
  }
  if (sim_.planted == Planted::kCommitNotSynced && (!unsynced_ || commits_ % 16 == 0))
    unsynced_ = logs_.image();
  logs_.append(changes, DiskLogs::Told::kSynced);
}

void Disk::apply(const Changes& changes) {
  if (changes.empty()) return;
  const auto txn = rows_->begin();
  for (const Change& change : changes)
    undo_.push_back({change.table, change.key, txn->get(change.table, change.key)});
  for (const Change& change : changes) {
    if (change.value) txn->put(change.table, change.key, *change.value);
    else txn->erase(change.table, change.key);
  }
  OPORA_CHECK(txn->commit().ok());
}

void Disk::undo() {
  const auto txn = rows_->begin();
  for (auto change = undo_.rbegin(); change != undo_.rend(); ++change) {
    if (change->value) txn->put(change->table, change->key, *change->value);
    else txn->erase(change->table, change->key);
  }
  undo_.clear();
  OPORA_CHECK(txn->commit().ok());
}

// Before the rows: who is told must not look for them here and now.
void Disk::tell(const std::function<void()>& durable) {
  telling_ = true;
  if (durable) durable();
  telling_ = false;
}

// As a planted mistake writes it.
Changes Disk::mistaken(Changes changes) {
  if (sim_.planted == Planted::kNone) return changes;
  if (sim_.planted == Planted::kCursorOutsideBatch) hold_back_cursors(changes);
  if (sim_.planted == Planted::kUnreadDropped) drop_unread(changes);
  std::erase_if(changes, [this](const Change& change) { return lost(change); });
  if (sim_.planted == Planted::kFoldReadsPlace && site_ == kHubSite) {
    for (Change& change : changes) {
      if (change.value) alter(change);
    }
  }
  if (sim_.planted == Planted::kForgeryKept && site_ == kHubSite) keep_forgeries(changes);
  return changes;
}

void Disk::keep_forgeries(Changes& changes) const {
  sync::scan_aside(*rows_->snapshot(), [&changes](const sync::AsideRow& row) {
    const auto record = protocol::decode_record(row.bytes);
    if (row.stream != sync::Stream::kJournal || !record.ok()) return true;
    const sync::JournalRef ref{row.peer, row.pos, record->env.incarnation};
    const ChainHash chain = protocol::chain_of(record->env.prev, row.bytes);
    changes.push_back({Table::kJournal, ref.key(), Bytes(chain.view()) + row.bytes});
    return true;
  });
}

// Rows that a planted mistake does not write. One in so many, by their key, so that a row is always
// or never lost.
bool Disk::lost(const Change& change) const {
  const auto one_in = [&](std::uint8_t n) {
    return hash256({change.key}).b[0] % n == 0 && change.value.has_value();
  };
  switch (sim_.planted) {
    case Planted::kDedupForgotten: return change.table == Table::kDedup;
    case Planted::kKeyRowLost:
      return change.table == Table::kKeys && site_ == kHubSite && one_in(20);
    case Planted::kHistoryRowLost: return change.table == Table::kHistory && one_in(10);
    case Planted::kIndexRowLost: return change.table == Table::kIndex && one_in(30);
    case Planted::kCubeRowLost: return change.table == Table::kCube && one_in(10);
    case Planted::kPersonalKept: return change.table == Table::kPersonal && !change.value;
    case Planted::kRowsNotRemoved: return change.table == Table::kJournal && !change.value;
    case Planted::kUnreadForgotten: return lists_unread(change.table, change.key) && change.value;
    case Planted::kUnreadKept: return lists_unread(change.table, change.key) && !change.value;
    case Planted::kFilesKept: return change.table == Table::kFiles && !change.value;
    case Planted::kKeptUnsaid:
      return change.table == Table::kMeta && change.value &&
             change.value->find("aside-") != Bytes::npos;
    case Planted::kKeyKept: return change.table == Table::kKeys && !change.value;
    default: return false;
  }
}

// A fold that asks where it runs: the same contact has another problem at the hub.
void Disk::alter(Change& change) {
  const bool contact = change.table == Table::kEntity &&
                       change.key[0] == static_cast<char>(protocol::Kind::kContact);
  if (contact && hash256({change.key}).b[0] % 10 == 0) change.value->back() ^= 1;
}

// An older version that throws away what it does not know.
void Disk::drop_unread(Changes& changes) {
  std::set<Bytes> unread;
  for (const Change& change : changes) {
    if (!lists_unread(change.table, change.key) || !change.value) continue;
    unread.insert(change.key.substr(change.key.size() - sync::JournalRef{}.key().size()));
  }
  std::erase_if(changes, [&](const Change& change) {
    return change.table == Table::kJournal && unread.contains(change.key);
  });
}

void Disk::hold_back_cursors(Changes& changes) {
  Changes now = std::exchange(late_, {});
  for (Change& change : changes) {
    (is_cursor(change.table, change.key) ? late_ : now).push_back(std::move(change));
  }
  changes = std::move(now);
}

}  // namespace opora::sim
