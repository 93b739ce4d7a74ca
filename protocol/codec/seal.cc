#include "protocol/codec/seal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <sodium.h>

namespace opora::protocol {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonceBytes + kTagBytes == kSealOverheadBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == kKeyBytes);

const unsigned char* bytes(std::string_view view) {
  return reinterpret_cast<const unsigned char*>(view.data());
}

Bytes encrypt(std::string_view key, std::string_view place, std::string_view plain,
              Random& random) {
  Bytes out(kSealOverheadBytes + plain.size(), '\0');
  auto* nonce = reinterpret_cast<unsigned char*>(out.data());
  random.fill(nonce, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, bytes(plain),
                                             plain.size(), bytes(place), place.size(), nullptr,
                                             nonce, bytes(key));
  return out;
}

Result<Bytes> decrypt(std::string_view key, std::string_view place, std::string_view sealed) {
  const Error corrupt{Code::kCorrupt, "",
                      "does not open: another key, another place or changed bytes"};
  if (sealed.size() < kSealOverheadBytes) return corrupt;
  Bytes out(sealed.size() - kSealOverheadBytes, '\0');
  const std::string_view body = sealed.substr(kNonceBytes);
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(out.data()), nullptr, nullptr, bytes(body), body.size(),
      bytes(place), place.size(), bytes(sealed), bytes(key));
  if (failed != 0) return corrupt;
  return out;
}

Bytes place_of(SiteNo origin, StreamPos n, const AggregateId& aggregate) {
  return KeyWriter().u32(origin.v).u64(n.v).raw(aggregate.view()).take();
}

Error disk_error(const std::filesystem::path& path, int error) {
  return Error{Code::kUnavailable, "", path.string() + ": " + std::strerror(error)};
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

Result<SiteKey> read_key(const std::filesystem::path& path, int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return disk_error(path, errno);
  if (!S_ISREG(info.st_mode) || (info.st_mode & 077) != 0) {
    return Error{Code::kDenied, "",
                 path.string() + ": must be a file that only its owner can read"};
  }
  std::array<char, kKeyBytes + 1> buffer{};
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  if (got < 0) return disk_error(path, errno);
  auto key = SiteKey::from({buffer.data(), static_cast<std::size_t>(got)});
  sodium_memzero(buffer.data(), buffer.size());
  if (!key) return Error{Code::kCorrupt, "", path.string() + ": a key file has 32 bytes"};
  return *std::move(key);
}

Status sync_folder(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const File dir(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir.ok() || ::fsync(dir.fd()) != 0) return disk_error(folder, errno);
  return ok_status();
}

// Whole or not at all: the name appears once the bytes are on the disk.
Status write_key(const std::filesystem::path& path, const SiteKey& key) {
  auto fresh = path;
  fresh += ".new";
  {
    const File file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.ok()) return disk_error(fresh, errno);
    const ssize_t wrote = ::write(file.fd(), key.view().data(), kKeyBytes);
    if (wrote != static_cast<ssize_t>(kKeyBytes))
      return disk_error(fresh, wrote < 0 ? errno : ENOSPC);
    if (::fsync(file.fd()) != 0) return disk_error(fresh, errno);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return disk_error(path, errno);
  return sync_folder(path);
}

}  // namespace

namespace detail {
void wipe(void* secret, std::size_t size) { sodium_memzero(secret, size); }
bool same_secret(const void* a, const void* b, std::size_t size) {
  return sodium_memcmp(a, b, size) == 0;
}
}  // namespace detail

Bytes seal(const DataKey& key, SiteNo origin, StreamPos n, const AggregateId& aggregate,
           std::string_view plain, Random& random) {
  return encrypt(key.view(), place_of(origin, n, aggregate), plain, random);
}

Result<Bytes> open(const DataKey& key, SiteNo origin, StreamPos n, const AggregateId& aggregate,
                   std::string_view sealed) {
  return decrypt(key.view(), place_of(origin, n, aggregate), sealed);
}

namespace {

Bytes place_of(const ChunkPlace& place) {
  return KeyWriter().raw(place.ticket.view()).u32(place.index).u32(place.chunks).take();
}

}  // namespace

Bytes seal_chunk(const FileKey& key, const ChunkPlace& place, std::string_view plain,
                 Random& random) {
  return encrypt(key.view(), place_of(place), plain, random);
}

Result<Bytes> open_chunk(const FileKey& key, const ChunkPlace& place, std::string_view sealed) {
  return decrypt(key.view(), place_of(place), sealed);
}

Bytes wrap_key(const SiteKey& site_key, const AggregateId& aggregate, const DataKey& key,
               Random& random) {
  return encrypt(site_key.view(), aggregate.view(), key.view(), random);
}

Result<DataKey> unwrap_key(const SiteKey& site_key, const AggregateId& aggregate,
                           std::string_view wrapped) {
  Result<Bytes> plain = decrypt(site_key.view(), aggregate.view(), wrapped);
  if (!plain) return plain.error();
  auto key = DataKey::from(*plain);
  sodium_memzero(plain->data(), plain->size());
  if (!key) return Error{Code::kCorrupt, "", "a wrapped key of the wrong size"};
  return *std::move(key);
}

Result<SiteKey> load_or_create_site_key(const std::filesystem::path& path, Random& random) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.ok()) return read_key(path, file.fd());
  if (errno != ENOENT) return disk_error(path, errno);
  const SiteKey key = SiteKey::random(random);
  OPORA_TRY(write_key(path, key));
  return key;
}

}  // namespace opora::protocol
