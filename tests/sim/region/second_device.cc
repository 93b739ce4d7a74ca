#include "tests/sim/region/second_device.h"

#include <algorithm>
#include <utility>

namespace opora::sim {

namespace {

// All names are of one length: none is the beginning of another.
constexpr std::uint64_t kFirstPlace = 1'000;

Error refused(const char* why) { return Error{Code::kUnavailable, "", why}; }

}  // namespace

class SimSafetyFiles final : public sync::SafetyFiles {
 public:
  explicit SimSafetyFiles(SecondDevice& device)
      : device_(device), opening_(++device.openings_), head_(device.head_.open()) {}

  sync::Note& head() override { return *head_; }
  Result<Numbers> segments() const override { return numbers(device_.files_); }
  Result<Bytes> read(std::uint64_t no) const override {
    if (!alive()) return refused("the device is gone");
    return device_.files_.at(no).bytes;
  }

  Status begin(std::uint64_t no) override {
    if (!alive()) return refused("the device is gone");
    if (device_.is_full()) return refused("no space left");
    device_.files_[no] = {};
    open_ = no;
    return ok_status();
  }
  Status append(std::string_view bytes) override {
    if (!alive()) return refused("the device is gone");
    Bytes& file = device_.files_[open_].bytes;
    if (!device_.is_full()) {
      file += bytes;
      return ok_status();
    }
    file += bytes.substr(0, device_.sim_.dice.next() % (bytes.size() + 1));
    return refused("no space left");
  }
  Status sync() override {
    if (!alive()) return refused("the device is gone");
    auto& file = device_.files_[open_];
    file.promised = file.bytes.size();
    if (device_.sim_.planted != Planted::kSafetyBehind) file.synced = file.promised;
    return ok_status();
  }
  Status sync_names() override {
    if (!alive()) return refused("the device is gone");
    for (auto& [no, file] : device_.files_) file.named = true;
    return ok_status();
  }
  void remove(std::uint64_t no) override {
    if (!alive()) return;
    device_.older_[no] = device_.files_[no];
    device_.files_.erase(no);
  }

  Result<std::string> set_aside(const Numbers& segments) override {
    if (!alive()) return refused("the device is gone");
    const std::string place = "aside-" + std::to_string(kFirstPlace + device_.places_++);
    for (const std::uint64_t no : segments) {
      auto file = device_.files_.extract(no);
      file.mapped().synced = file.mapped().promised = file.mapped().bytes.size();
      device_.asides_[place].insert(std::move(file));
    }
    return place;
  }
  std::vector<std::string> asides() const override {
    std::vector<std::string> out;
    for (const auto& [place, files] : device_.asides_) out.push_back(place);
    return out;
  }
  Result<Numbers> segments_aside(const std::string& place) const override {
    return numbers(device_.asides_.at(place));
  }
  Result<Bytes> read_aside(const std::string& place, std::uint64_t no) const override {
    if (!alive()) return refused("the device is gone");
    return device_.asides_.at(place).at(no).bytes;
  }
  void remove_aside(const std::string& place) override {
    if (alive()) device_.asides_.erase(place);
  }

 private:
  bool alive() const { return !device_.is_gone() && opening_ == device_.openings_; }
  Result<Numbers> numbers(const SecondDevice::Files& files) const {
    if (!alive()) return refused("the device is gone");
    Numbers out;
    for (const auto& [no, file] : files) out.insert(no);
    return out;
  }

  SecondDevice& device_;
  const std::uint64_t opening_;
  const std::unique_ptr<sync::Note> head_;
  std::uint64_t open_ = 0;
};

// What SafetyJournal does with a thread: the commit is written while the store's is under way, some
// of the time all of it before, some of the time only begun.
class SimSafetyLog final : public sync::SafetyLog {
 public:
  SimSafetyLog(SecondDevice& device, std::unique_ptr<sync::SafetySegments> segments)
      : device_(device), segments_(std::move(segments)) {}

  Status begin_writing(const sync::SafetyCommits& commits) override {
    if (device_.sim_.planted == Planted::kSafetyKeepsKeys && state_.on) return ok_status();
    note(segments_->replace(commits));
    state_.on = state_.why.empty();
    if (state_.on) device_.hurt_ = false;
    return ok_status();
  }
  void begin(const sync::OwnCommit& commit) override {
    if (!state_.on) return;
    head_ = commit.head;
    under_way_ = true;
    note(segments_->append(commit));
    if (state_.on && device_.sim_.dice.percent(50)) finish();
  }
  void wait() override {
    if (under_way_) finish();
  }
  void prune(StreamPos acked, StreamPos keys_acked) override {
    if (state_.on) note(segments_->prune(acked, keys_acked));
  }
  sync::SafetyState state() const override {
    return {state_.on, state_.why, segments_->end(), segments_->count()};
  }

 private:
  void finish() {
    under_way_ = false;
    if (state_.on) note(segments_->settle(head_));
  }
  void note(const Status& status) {
    state_.why = status.ok() ? std::string() : status.error().message;
    if (status.ok()) return;
    state_.on = false;
    device_.hurt_ = true;
  }

  SecondDevice& device_;
  const std::unique_ptr<sync::SafetySegments> segments_;
  std::optional<sync::OwnHead> head_;
  bool under_way_ = false;
  sync::SafetyState state_;
};

std::unique_ptr<sync::SafetySegments> SecondDevice::open(const Away& away) {
  looked_at_ = false;
  if (!there_) return nullptr;
  if (is_gone()) {
    away(records());
    return nullptr;
  }
  auto out = std::make_unique<sync::SafetySegments>(std::make_unique<SimSafetyFiles>(*this), site_);
  if (out->open().ok()) {
    looked_at_ = true;
    return out;
  }
  // An alarm; somebody puts an empty folder in its place for the next start.
  sim_.story.tell(name_of(site_), "the safety journal cannot be read");
  away(records());
  wipe();
  return nullptr;
}

std::unique_ptr<sync::SafetyLog> SecondDevice::start(
    std::unique_ptr<sync::SafetySegments> segments) {
  if (!segments) return nullptr;
  return std::make_unique<SimSafetyLog>(*this, std::move(segments));
}

void SecondDevice::fail(DeviceFault fault, Felt felt) {
  if (fault == DeviceFault::kGone) gone_ = true;
  if (fault == DeviceFault::kFull) full_ = true;
  felt_ = std::move(felt);
}

bool SecondDevice::is_gone() {
  if (gone_) feel(felt_);
  return gone_;
}

bool SecondDevice::is_full() {
  if (full_) feel(felt_);
  return full_;
}

// All that happens to it while nobody looks is found at the next start, or by the next write.
bool SecondDevice::damage(DeviceFault fault) {
  if (fault == DeviceFault::kHeadLost) head_.wipe();
  if (fault == DeviceFault::kOlder) {
    hurt_ = true;
    if (!older_.empty()) files_ = older_;
    ++openings_;
  }
  if (files_.empty()) return false;
  File& last = files_.rbegin()->second;
  if (last.bytes.empty()) return false;
  const std::size_t at = sim_.dice.next() % last.bytes.size();
  if (fault == DeviceFault::kCut) last.bytes.resize(at);
  if (fault == DeviceFault::kFlipped)
    last.bytes[at] = static_cast<char>(last.bytes[at] ^ 1 << sim_.dice.between(0, 7));
  last.synced = std::min(last.synced, last.bytes.size());
  last.promised = std::min(last.promised, last.bytes.size());
  return true;
}

void SecondDevice::set_right() {
  gone_ = full_ = false;
  felt_ = {};
}

void SecondDevice::power_cut() {
  ++openings_;
  head_.power_cut(sim_.dice);
  for (auto it = files_.begin(); it != files_.end();) {
    File& file = it->second;
    const std::size_t more = file.bytes.size() - file.synced;
    file.bytes.resize(file.synced + sim_.dice.next() % (more + 1));
    file.synced = file.promised = file.bytes.size();
    const bool vanished = !file.named && sim_.dice.percent(50);
    it = vanished ? files_.erase(it) : std::next(it);
  }
}

void SecondDevice::wipe() {
  ++openings_;
  files_.clear();
  asides_.clear();
  older_.clear();
  head_.wipe();
  hurt_ = false;
}

void SecondDevice::become_copy_of(const SecondDevice& other) {
  wipe();
  there_ = other.there_;
  files_ = other.files_;
  asides_ = other.asides_;
  head_.put_back(other.head_);
  hurt_ = other.hurt_;
}

void SecondDevice::visit(const Files& files, const Visit& row) const {
  for (const auto& [no, file] : files) {
    const std::string_view promised = std::string_view(file.bytes).substr(0, file.promised);
    const auto scan = sync::scan_segment(promised, site_, [&](const sync::OwnCommit& commit) {
      for (const sync::GuardedRow& one : commit.rows) row(one);
      return true;
    });
    if (!scan.ok()) return;
  }
}

bool SecondDevice::holds(const sync::JournalRef& ref) const {
  if (!there_ || gone_) return false;
  bool found = false;
  visit(files_, [&](const sync::GuardedRow& row) {
    found = found || (row.table == sync::Table::kJournal && row.key == ref.key());
  });
  return found;
}

bool SecondDevice::holds_key(const AggregateId& id) const {
  bool found = false;
  visit(files_, [&](const sync::GuardedRow& row) {
    found = found || (row.table == sync::Table::kKeys && row.key == id.view());
  });
  return found;
}

std::vector<sync::GuardedRow> SecondDevice::records_in(const Files& files) const {
  std::vector<sync::GuardedRow> out;
  visit(files, [&out](const sync::GuardedRow& row) {
    if (row.table == sync::Table::kJournal) out.push_back(row);
  });
  return out;
}

std::vector<sync::GuardedRow> SecondDevice::records() const {
  auto out = records_in(files_);
  for (const auto& [place, files] : asides_) {
    const auto more = records_in(files);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

SecondDevice::Kept SecondDevice::kept() const {
  Kept out;
  if (!looked_at_) return out;
  for (const auto& [place, files] : asides_) out[place] = records_in(files);
  return out;
}

}  // namespace opora::sim
