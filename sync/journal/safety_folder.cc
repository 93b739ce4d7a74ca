#include "sync/journal/safety_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "sync/journal/slot_file.h"
#include "sync/journal/store_folder.h"

namespace opora::sync {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kAside = "aside-";

std::string segment_name(std::uint64_t no) {
  const std::string digits = std::to_string(no);
  return std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits + ".segment";
}

Result<SafetyFiles::Numbers> segments_in(const fs::path& folder) {
  SafetyFiles::Numbers out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".segment")
      out.insert(std::strtoull(entry.path().filename().c_str(), nullptr, 10));
  }
  if (error) return disk_error(folder, error.value());
  return out;
}

Result<Bytes> read_segment(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return disk_error(path, errno);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

class SafetyFolder final : public SafetyFiles {
 public:
  SafetyFolder(fs::path folder, SlotFile head)
      : folder_(std::move(folder)), head_(std::move(head)) {}
  ~SafetyFolder() override { close(); }

  Status take() { return lock_.take(folder_); }

  Note& head() override { return head_; }
  Result<Numbers> segments() const override { return segments_in(folder_); }
  Result<Bytes> read(std::uint64_t no) const override {
    return read_segment(folder_ / segment_name(no));
  }

  Status begin(std::uint64_t no) override {
    close();
    const fs::path path = folder_ / segment_name(no);
    fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    return fd_ < 0 ? Status(disk_error(path, errno)) : ok_status();
  }

  Status append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return disk_error(folder_, written < 0 ? errno : ENOSPC);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ok_status();
  }

  Status sync() override {
    return ::fdatasync(fd_) == 0 ? ok_status() : Status(disk_error(folder_, errno));
  }
  Status sync_names() override { return sync_folder(folder_); }

  void remove(std::uint64_t no) override {
    std::error_code ignored;
    fs::remove(folder_ / segment_name(no), ignored);
  }

  Result<std::string> set_aside(const Numbers& segments) override {
    const auto there = places();
    const std::uint64_t next = there.empty() ? 1 : there.rbegin()->first + 1;
    const fs::path aside = folder_ / (std::string(kAside) + std::to_string(next));
    OPORA_TRY(make_folder(aside));
    std::error_code error;
    for (const std::uint64_t no : segments) {
      fs::rename(folder_ / segment_name(no), aside / segment_name(no), error);
      if (error) return disk_error(aside, error.value());
    }
    OPORA_TRY(sync_folder(aside));
    OPORA_TRY(sync_folder(folder_));
    return aside.string();
  }

  std::vector<std::string> asides() const override {
    std::vector<std::string> out;
    for (const auto& [no, place] : places()) out.push_back(place);
    return out;
  }
  Result<Numbers> segments_aside(const std::string& place) const override {
    return segments_in(place);
  }
  Result<Bytes> read_aside(const std::string& place, std::uint64_t no) const override {
    return read_segment(fs::path(place) / segment_name(no));
  }
  void remove_aside(const std::string& place) override {
    std::error_code ignored;  // it stays and says what the store says, too
    fs::remove_all(place, ignored);
  }

 private:
  // By their numbers.
  std::set<std::pair<std::uint64_t, std::string>> places() const {
    std::set<std::pair<std::uint64_t, std::string>> out;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(kAside))
        out.emplace(std::strtoull(name.c_str() + kAside.size(), nullptr, 10), entry.path());
    }
    return out;
  }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  const fs::path folder_;
  FolderLock lock_;
  SlotFile head_;
  int fd_ = -1;
};

}  // namespace

Result<std::unique_ptr<SafetyFiles>> open_safety_folder(const fs::path& folder) {
  OPORA_TRY(make_folder(folder));
  auto head = SlotFile::open(folder / "safety.head");
  if (!head.ok()) return head.error();
  auto files = std::make_unique<SafetyFolder>(folder, std::move(*head));
  OPORA_TRY(files->take());
  return std::unique_ptr<SafetyFiles>(std::move(files));
}

}  // namespace opora::sync
