#include <array>
#include <charconv>
#include <optional>
#include <set>

#include <zlib.h>

#include "node/media/media.h"

namespace opora::node {

namespace {

constexpr std::string_view kSpaces("\0\t\n\f\r ", 6);
// The end of a file names the place of its cross-reference table.
constexpr std::size_t kTailBytes = 1'024;
// A dictionary of a trailer.
constexpr std::size_t kMaxDictionaryBytes = std::size_t{64} << 10;

Error damaged(const char* what) {
  return invalid("content", std::string("the PDF is damaged: ") + what);
}

class Cursor {
 public:
  Cursor(std::string_view in, std::size_t at) : in_(in), at_(std::min(at, in.size())) {}

  void spaces() {
    while (at_ < in_.size() && kSpaces.find(in_[at_]) != std::string_view::npos) ++at_;
  }
  bool word(std::string_view wanted) {
    spaces();
    if (!in_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  std::optional<std::uint64_t> number() {
    spaces();
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(in_.data() + at_, in_.data() + in_.size(), out);
    if (error != std::errc{}) return std::nullopt;
    at_ = static_cast<std::size_t>(end - in_.data());
    return out;
  }
  char next() { return at_ < in_.size() ? in_[at_++] : '\0'; }
  std::string_view rest() const { return in_.substr(at_); }
  std::size_t at() const { return at_; }

 private:
  std::string_view in_;
  std::size_t at_;
};

// From "<<" to its ">>", with what is nested and without what stands in strings.
std::optional<std::string_view> dictionary(std::string_view in) {
  if (!in.starts_with("<<")) return std::nullopt;
  int depth = 0;
  int strings = 0;
  for (std::size_t i = 0; i < std::min(in.size(), kMaxDictionaryBytes); ++i) {
    if (in[i] == '\\' && strings > 0) {
      ++i;
    } else if (in[i] == '(') {
      ++strings;
    } else if (in[i] == ')' && strings > 0) {
      --strings;
    } else if (strings == 0 && in.substr(i, 2) == "<<") {
      ++depth;
      ++i;
    } else if (strings == 0 && in.substr(i, 2) == ">>") {
      ++i;
      if (--depth == 0) return in.substr(0, i + 1);
    }
  }
  return std::nullopt;
}

// The number behind a name of a dictionary.
std::optional<std::uint64_t> entry(std::string_view dictionary, std::string_view name) {
  for (std::size_t at = dictionary.find(name); at != std::string_view::npos;
       at = dictionary.find(name, at + 1)) {
    if (const auto value = Cursor(dictionary, at + name.size()).number()) return value;
  }
  return std::nullopt;
}

// "12 0 obj" at that place.
bool object_at(std::string_view in, std::uint64_t at, std::uint64_t number) {
  if (at >= in.size()) return false;
  Cursor cursor(in, static_cast<std::size_t>(at));
  return cursor.number() == number && cursor.number() && cursor.word("obj");
}

// Into how many bytes all of it unpacks; nothing when it does not, or into more than `at_most`.
std::optional<std::size_t> unpacked(std::string_view packed, std::size_t at_most) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::array<Bytef, 16'384> out{};
  int result = Z_OK;
  while (result == Z_OK && stream.total_out <= at_most) {
    stream.next_out = out.data();
    stream.avail_out = out.size();
    result = inflate(&stream, Z_NO_FLUSH);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END || stream.total_out > at_most) return std::nullopt;
  return stream.total_out;
}

// The cross-reference table in its parts, the newest first.
class Pdf {
 public:
  explicit Pdf(std::string_view in) : in_(in) {}

  Status check() {
    auto place = last_table();
    if (!place) return damaged("its end is missing");
    for (int parts = 0; place; ++parts) {
      if (parts == kMaxPdfParts || !seen_.insert(*place).second)
        return damaged("its table of objects has no end");
      OPORA_TRY(part(*place));
      place = previous_;
    }
    if (!rooted_) return damaged("it has no document");
    return ok_status();
  }

 private:
  std::optional<std::uint64_t> last_table() const {
    const std::size_t from = in_.size() > kTailBytes ? in_.size() - kTailBytes : 0;
    const std::size_t end = in_.rfind("%%EOF");
    const std::size_t at = in_.rfind("startxref");
    if (at == std::string_view::npos || end == std::string_view::npos || at < from || end < at)
      return std::nullopt;
    return Cursor(in_, at + std::string_view("startxref").size()).number();
  }

  Status part(std::uint64_t place) {
    previous_.reset();
    if (place >= in_.size()) return damaged("its table of objects is missing");
    Cursor cursor(in_, static_cast<std::size_t>(place));
    return cursor.word("xref") ? table(cursor) : stream(cursor);
  }

  Status table(Cursor& cursor) {
    while (!cursor.word("trailer")) {
      const auto first = cursor.number();
      const auto count = cursor.number();
      if (!first || !count || *count > in_.size()) return damaged("its table of objects");
      for (std::uint64_t i = 0; i < *count; ++i) OPORA_TRY(line(cursor, *first + i));
    }
    cursor.spaces();
    return trailer(cursor.rest());
  }

  Status line(Cursor& cursor, std::uint64_t number) {
    if (++lines_ > kMaxPdfLines) return damaged("its table of objects has no end");
    const auto at = cursor.number();
    const auto generation = cursor.number();
    cursor.spaces();
    const char kind = cursor.next();
    if (!at || !generation || (kind != 'n' && kind != 'f'))
      return damaged("a line of its table of objects");
    // Programs write 0 for what they removed.
    if (kind == 'n' && *at != 0 && !object_at(in_, *at, number))
      return damaged("an object is not where it should be");
    return ok_status();
  }

  Status stream(Cursor& cursor) {
    if (!cursor.number() || !cursor.number() || !cursor.word("obj"))
      return damaged("its table of objects");
    cursor.spaces();
    const auto about = dictionary(cursor.rest());
    if (!about || about->find("/XRef") == std::string_view::npos)
      return damaged("its table of objects");
    const auto length = entry(*about, "/Length");
    Cursor data(in_, cursor.at() + about->size());
    if (!length || !data.word("stream")) return damaged("its table of objects");
    if (data.rest().starts_with("\r\n")) data.next();
    data.next();
    if (*length > data.rest().size()) return damaged("it was cut off");
    const bool packed = about->find("/FlateDecode") != std::string_view::npos;
    if (packed) OPORA_TRY(unpack(data.rest().substr(0, static_cast<std::size_t>(*length))));
    return trailer(*about);
  }

  Status unpack(std::string_view packed) {
    const auto bytes = unpacked(packed, kMaxPdfTableBytes - unpacked_);
    if (!bytes) return damaged("its table of objects does not unpack");
    unpacked_ += *bytes;
    return ok_status();
  }

  Status trailer(std::string_view from) {
    const auto about = dictionary(from);
    if (!about) return damaged("its trailer");
    rooted_ = rooted_ || entry(*about, "/Root");
    previous_ = entry(*about, "/Prev");
    return ok_status();
  }

  std::string_view in_;
  std::set<std::uint64_t> seen_;
  std::optional<std::uint64_t> previous_;
  bool rooted_ = false;
  std::uint64_t lines_ = 0;
  std::size_t unpacked_ = 0;
};

}  // namespace

Status check_pdf(std::string_view in) { return Pdf(in).check(); }

}  // namespace opora::node
