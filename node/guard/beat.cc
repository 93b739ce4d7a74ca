#include "node/guard/beat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace opora::guard {

namespace {

constexpr std::string_view kMark = "opora-beat-1 ";
constexpr std::size_t kDigits = 20;  // of the largest number of 64 bits

void append(std::string& to, std::uint64_t number) {
  const std::string digits = std::to_string(number);
  to.append(kDigits - digits.size(), '0');
  to += digits;
}

std::optional<std::uint64_t> take(std::string_view& line, char after) {
  if (line.size() <= kDigits || line[kDigits] != after) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + kDigits, number);
  if (error != std::errc{} || end != line.data() + kDigits) return std::nullopt;
  line.remove_prefix(kDigits + 1);
  return number;
}

constexpr std::size_t kLine = kMark.size() + 3 * (kDigits + 1);

}  // namespace

std::string write_beat(const Beat& beat) {
  std::string out(kMark);
  append(out, beat.writer);
  out += ' ';
  append(out, beat.count);
  out += ' ';
  append(out, static_cast<std::uint64_t>(beat.silence_ms));
  out += '\n';
  return out;
}

std::optional<Beat> read_beat(std::string_view line) {
  if (line.size() != kLine || !line.starts_with(kMark)) return std::nullopt;
  line.remove_prefix(kMark.size());
  const auto writer = take(line, ' ');
  const auto count = writer ? take(line, ' ') : std::nullopt;
  const auto silence = count ? take(line, '\n') : std::nullopt;
  if (!silence || *silence < static_cast<std::uint64_t>(kLeastSilenceMs) ||
      *silence > static_cast<std::uint64_t>(kMostSilenceMs))
    return std::nullopt;
  return Beat{*writer, *count, static_cast<std::int64_t>(*silence)};
}

Result<std::unique_ptr<BeatFile>> BeatFile::open(const std::string& file, const char* option) {
  const int fd =
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0) return invalid(option, file + ": cannot be written");
  struct stat about {};
  if (::fstat(fd, &about) == 0 && S_ISREG(about.st_mode))
    return std::unique_ptr<BeatFile>(new BeatFile(fd));
  ::close(fd);
  return invalid(option, file + ": is no file");
}

BeatFile::~BeatFile() { ::close(fd_); }

bool BeatFile::write(const Beat& beat) {
  const std::string line = write_beat(beat);
  return ::pwrite(fd_, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
}

std::optional<Beat> read_beat_file(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  std::array<char, kLine + 1> buffer{};  // one more: a longer file is none of ours
  const ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
  ::close(fd);
  if (size <= 0) return std::nullopt;
  return read_beat({buffer.data(), static_cast<std::size_t>(size)});
}

}  // namespace opora::guard
