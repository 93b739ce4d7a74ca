#include "sync/journal/safety_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "sync/journal/store_folder.h"

namespace opora::sync {

namespace fs = std::filesystem;

namespace {

struct Segment {
  StreamPos end;  // highest position in it
  StreamPos keys_end;
  std::uint64_t bytes = 0;
};

std::string segment_name(std::uint64_t no) {
  const std::string digits = std::to_string(no);
  return std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits + ".segment";
}

Result<Bytes> read_segment(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return disk_error(path, errno);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

void extend(Segment& segment, const OwnCommit& commit) {
  if (commit.head) segment.end = std::max(segment.end, commit.head->end.pos);
  segment.keys_end = std::max(segment.keys_end, commit.keys_end);
}

}  // namespace

// The folder and the thread that writes to it. Shared with the thread, so that one that hangs in a
// disk's call holds up nobody.
class SafetyJournal::Files : public std::enable_shared_from_this<SafetyJournal::Files> {
 public:
  Files(fs::path folder, SiteNo site, SlotFile head)
      : folder_(std::move(folder)), site_(site), head_(std::move(head)) {}
  ~Files() { close(); }

  Status take() {
    OPORA_TRY(lock_.take(folder_));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
      if (entry.path().extension() != ".segment") continue;
      segments_[std::strtoull(entry.path().filename().c_str(), nullptr, 10)];
    }
    if (error) return disk_error(folder_, error.value());
    for (auto& [no, segment] : segments_) {
      OPORA_TRY(read(no, [&known = segment](const OwnCommit& commit) {
        extend(known, commit);
        return true;
      }));
      end_ = std::max(end_, segment.end);
    }
    return ok_status();
  }

  Status read(std::uint64_t no, const std::function<bool(const OwnCommit&)>& visit) const {
    auto file = read_segment(folder_ / segment_name(no));
    if (!file.ok()) return file.error();
    auto scan = scan_segment(*file, site_, visit);
    return scan.ok() ? ok_status() : Status(scan.error());
  }

  Status scan(const std::function<bool(const OwnCommit&)>& visit) const {
    bool more = true;
    for (const auto& [no, segment] : segments_) {
      OPORA_TRY(read(no, [&](const OwnCommit& commit) { return more = visit(commit); }));
      if (!more) break;
    }
    return ok_status();
  }

  Result<fs::path> set_aside() {
    fs::path aside = folder_ / "aside-1";
    std::error_code error;
    for (int i = 2; fs::exists(aside, error); ++i) aside = folder_ / ("aside-" + std::to_string(i));
    OPORA_TRY(make_folder(aside));
    for (const auto& [no, segment] : segments_) {
      fs::rename(folder_ / segment_name(no), aside / segment_name(no), error);
      if (error) return disk_error(aside, error.value());
    }
    segments_.clear();
    end_ = {};
    OPORA_TRY(sync_folder(aside));
    OPORA_TRY(sync_folder(folder_));
    return aside;
  }

  // The next segment is begun: nothing more goes into the one before.
  Status roll() {
    if (fd_ >= 0) OPORA_TRY(sync());
    close();
    const std::uint64_t no = segments_.empty() ? 1 : segments_.rbegin()->first + 1;
    const fs::path path = folder_ / segment_name(no);
    fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (fd_ < 0) return disk_error(path, errno);
    segments_[no] = {};
    OPORA_TRY(append(encode_segment_head(site_)));
    return sync_folder(folder_);
  }

  Status append(std::string_view bytes) {
    auto& segment = segments_.rbegin()->second;
    segment.bytes += bytes.size();
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return disk_error(folder_, written < 0 ? errno : ENOSPC);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ok_status();
  }

  Status sync() { return ::fdatasync(fd_) == 0 ? ok_status() : Status(disk_error(folder_, errno)); }

  Status write(const OwnCommit& commit) {
    OPORA_TRY(append(encode_safety_frame(commit)));
    extend(segments_.rbegin()->second, commit);
    return ok_status();
  }

  Status note(const std::optional<OwnHead>& head) {
    if (!head) return ok_status();
    end_ = head->end.pos;
    return head_.write(encode_own_head(*head));
  }

  Status replace(const SafetyCommits& commits) {
    OPORA_TRY(roll());
    const std::uint64_t first = segments_.rbegin()->first;
    Status status = ok_status();
    std::optional<OwnHead> head;
    commits([&](const OwnCommit& commit) {
      if (full()) status = roll();
      if (status.ok()) status = write(commit);
      if (commit.head) head = commit.head;
      return status.ok();
    });
    if (!status.ok()) return status;
    OPORA_TRY(sync());
    OPORA_TRY(note(head.value_or(OwnHead{site_, {}, {}})));
    while (segments_.begin()->first < first) drop_oldest();
    return ok_status();
  }

  void drop_oldest() {
    remove(segments_.begin()->first);
    segments_.erase(segments_.begin());
  }

  void remove(std::uint64_t no) {
    std::error_code ignored;  // a segment that stays says what the store says, too
    fs::remove(folder_ / segment_name(no), ignored);
  }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  void loop() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [&] { return stopping_ || job_.has_value(); });
      if (!job_) return;
      const OwnCommit commit = std::move(*job_);
      job_.reset();
      lock.unlock();
      Status status = full() ? roll() : ok_status();
      if (status.ok()) status = write(commit);
      if (status.ok()) status = sync();
      if (status.ok()) status = note(commit.head);
      lock.lock();
      if (!status.ok()) fail(status.error().message);
      busy_ = false;
      done_.notify_all();
    }
  }

  bool full() const { return segments_.rbegin()->second.bytes >= kSegmentBytes; }

  void fail(const std::string& why) {
    if (on_) why_ = why;
    on_ = false;
  }

 private:
  friend class SafetyJournal;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::optional<OwnCommit> job_;
  bool busy_ = false;  // the thread has a job: files and segments are its own
  bool stopping_ = false;
  bool on_ = false;
  std::string why_ = "not begun";

  const fs::path folder_;
  const SiteNo site_;
  FolderLock lock_;
  SlotFile head_;
  std::map<std::uint64_t, Segment> segments_;
  StreamPos end_;
  int fd_ = -1;
};

SafetyJournal::SafetyJournal(std::shared_ptr<Files> files)
    : files_(std::move(files)), thread_([shared = files_] { shared->loop(); }) {}

SafetyJournal::~SafetyJournal() {
  bool hangs = false;
  {
    std::unique_lock lock(files_->mutex_);
    files_->stopping_ = true;
    files_->wake_.notify_all();
    hangs = !files_->done_.wait_for(lock, kSafetyPatience, [&] { return !files_->busy_; });
  }
  if (hangs) thread_.detach();
  else thread_.join();
}

Result<std::unique_ptr<SafetyJournal>> SafetyJournal::open(const fs::path& folder, SiteNo site) {
  OPORA_TRY(make_folder(folder));
  auto head = SlotFile::open(folder / "safety.head");
  if (!head.ok()) return head.error();
  auto files = std::make_shared<Files>(folder, site, std::move(*head));
  OPORA_TRY(files->take());
  return std::unique_ptr<SafetyJournal>(new SafetyJournal(std::move(files)));
}

Status SafetyJournal::scan(const std::function<bool(const OwnCommit&)>& visit) const {
  return files_->scan(visit);
}

std::optional<OwnHead> SafetyJournal::noted_end() const {
  const auto& content = files_->head_.content();
  return content ? decode_own_head(*content) : std::nullopt;
}

Result<fs::path> SafetyJournal::set_aside() { return files_->set_aside(); }

Status SafetyJournal::begin_writing(const SafetyCommits& commits) {
  {
    const std::lock_guard lock(files_->mutex_);
    if (files_->busy_) return Error{Code::kUnavailable, "", "its disk does not answer"};
    files_->on_ = false;
  }
  Status status = files_->replace(commits);
  const std::lock_guard lock(files_->mutex_);
  files_->on_ = status.ok();
  files_->why_ = status.ok() ? std::string() : status.error().message;
  return status;
}

void SafetyJournal::begin(const OwnCommit& commit) {
  const std::lock_guard lock(files_->mutex_);
  if (!files_->on_) return;
  files_->job_ = commit;
  files_->busy_ = true;
  files_->wake_.notify_one();
}

void SafetyJournal::wait() {
  std::unique_lock lock(files_->mutex_);
  const bool done = files_->done_.wait_for(lock, kSafetyPatience, [&] { return !files_->busy_; });
  if (!done) files_->fail("its disk does not answer");
}

void SafetyJournal::prune(StreamPos acked, StreamPos keys_acked) {
  const std::lock_guard lock(files_->mutex_);
  auto& files = *files_;
  if (!files.on_ || files.busy_) return;
  const auto confirmed = [&](const Segment& segment) {
    return segment.end <= acked && segment.keys_end <= keys_acked;
  };
  const Segment& last = files.segments_.rbegin()->second;
  if (confirmed(last) && last.bytes > kIdleSegmentBytes) {
    if (const Status status = files.roll(); !status.ok()) return files.fail(status.error().message);
  }
  while (files.segments_.size() > 1 && confirmed(files.segments_.begin()->second))
    files.drop_oldest();
}

SafetyState SafetyJournal::state() const {
  const std::lock_guard lock(files_->mutex_);
  return {files_->on_, files_->why_, files_->busy_ ? StreamPos{} : files_->end_,
          files_->busy_ ? 0 : files_->segments_.size()};
}

}  // namespace opora::sync
