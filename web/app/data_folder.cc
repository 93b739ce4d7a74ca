#include "web/app/data_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include <toml++/toml.h>

namespace opora::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kMaxSmallFile = 1 << 20;

Error disk_error(const fs::path& path, const std::string& what) {
  return Error{Code::kUnavailable, path.filename().string(), what};
}

bool sync_path(const fs::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return false;
  const bool ok = ::fsync(fd) == 0;
  ::close(fd);
  return ok;
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Status write_file_atomically(const fs::path& path, std::string_view content) {
  const fs::path beside = path.string() + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return disk_error(path, "cannot be created");
  const bool written = write_all(fd, content) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written) return disk_error(path, "cannot be written");
  std::error_code error;
  fs::rename(beside, path, error);
  if (error || !sync_path(path.parent_path(), O_RDONLY | O_DIRECTORY))
    return disk_error(path, "cannot be renamed");
  return ok_status();
}

std::optional<std::string> read_small_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > kMaxSmallFile) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return in ? std::optional(text.str()) : std::nullopt;
}

Result<DataFolder> DataFolder::open(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return disk_error(path, "the data folder cannot be created");
  fs::permissions(path, fs::perms::owner_all, error);
  if (error) return disk_error(path, "the data folder cannot be made private");
  return DataFolder(fs::absolute(path));
}

Result<protocol::SiteKey> DataFolder::site_key(Random& random) const {
  const fs::path key = path_ / "site.key";
  if (fs::exists(store()) && !fs::exists(key)) {
    return Error{Code::kCorrupt, "site.key",
                 "missing beside an existing store; restore it from the backup of keys"};
  }
  return protocol::load_or_create_site_key(key, random);
}

Result<protocol::LinkKeyPair> DataFolder::link_keys() const {
  const fs::path file = path_ / "link.key";
  if (const auto text = read_small_file(file)) {
    const auto secret = protocol::link_secret_from_z85(std::string_view(*text).substr(0, 40));
    if (!secret) return Error{Code::kCorrupt, "link.key", "not a link key"};
    return protocol::link_keys_of(*secret);
  }
  const protocol::LinkKeyPair keys = protocol::generate_link_keys();
  OPORA_TRY(write_file_atomically(file, protocol::to_z85(keys.secret) + "\n"));
  return keys;
}

Result<std::optional<Identity>> DataFolder::identity() const {
  const auto text = read_small_file(path_ / "identity.toml");
  if (!text) return std::optional<Identity>{};
  try {
    const toml::table table = toml::parse(*text);
    Identity out;
    out.site = SiteNo{static_cast<std::uint32_t>(table["site"].value_or(0))};
    out.name = table["name"].value_or(std::string{});
    out.zone = table["zone"].value_or(std::string{});
    const auto key = protocol::link_key_from_z85(table["hub_key"].value_or(std::string{}));
    if (out.site.v == 0 || out.site.v > kMaxSiteNo || !key) throw std::runtime_error("incomplete");
    out.hub_key = *key;
    return std::optional(out);
  } catch (const std::exception& e) {
    return Error{Code::kCorrupt, "identity.toml", e.what()};
  }
}

Status DataFolder::save_identity(const Identity& identity) const {
  toml::table table;
  table.insert("site", static_cast<std::int64_t>(identity.site.v));
  table.insert("name", identity.name);
  table.insert("zone", identity.zone);
  table.insert("hub_key", protocol::to_z85(identity.hub_key));
  std::ostringstream text;
  text << table << "\n";
  return write_file_atomically(path_ / "identity.toml", text.str());
}

std::optional<std::string> DataFolder::first_users() const {
  return read_small_file(path_ / "first-users.json");
}

void DataFolder::remove_first_users() const {
  std::error_code ignored;
  fs::remove(path_ / "first-users.json", ignored);
}

Status DataFolder::write_run_file(const std::string& json) const {
  return write_file_atomically(path_ / "run.json", json);
}

void DataFolder::remove_run_file() const {
  std::error_code ignored;
  fs::remove(path_ / "run.json", ignored);
}

}  // namespace opora::app
