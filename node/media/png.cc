#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include <png.h>

#include "node/media/media.h"
#include "protocol/domain/files.h"

namespace opora::node {

namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kChunkFrameBytes = 12;  // length, type, sum
// What draws the picture, and its size on paper; no part larger than it can be, so that nothing
// else is hidden in one.
struct Kept {
  std::string_view type;
  std::size_t max_bytes;
};
constexpr std::array<Kept, 10> kKept = {{{"IHDR", 13},
                                         {"PLTE", 768},
                                         {"IDAT", protocol::kMaxFileBytes},
                                         {"IEND", 0},
                                         {"tRNS", 256},
                                         {"gAMA", 4},
                                         {"sRGB", 1},
                                         {"cHRM", 32},
                                         {"sBIT", 4},
                                         {"pHYs", 9}}};

bool is_kept(std::string_view type, std::size_t bytes) {
  return std::any_of(kKept.begin(), kKept.end(),
                     [&](const Kept& one) { return one.type == type && bytes <= one.max_bytes; });
}

// What libpng reads from, and where its errors end.
struct Source {
  std::string_view left;
};

void read_some(png_structp png, png_bytep out, std::size_t size) {
  auto& source = *static_cast<Source*>(png_get_io_ptr(png));
  if (size > source.left.size()) png_error(png, "short");
  std::memcpy(out, source.left.data(), size);
  source.left.remove_prefix(size);
}

void say_nothing(png_structp, png_const_charp) {}
[[noreturn]] void leave(png_structp png, png_const_charp) { png_longjmp(png, 1); }

bool within_limits(png_structp png, png_infop info) {
  const std::uint64_t width = png_get_image_width(png, info);
  return width * png_get_image_height(png, info) <= kMaxPixels;
}

enum class Outcome : std::uint8_t { kGood, kDamaged, kTooLarge };

// Nothing between setjmp and longjmp has a destructor.
Outcome run(png_structp png, png_infop info, Source& source, png_bytep row) {
  // NOLINTNEXTLINE(cert-err52-cpp): libpng has no other way out of an error
  if (setjmp(png_jmpbuf(png)) != 0) return Outcome::kDamaged;
  png_set_user_limits(png, kMaxSide, kMaxSide);
  png_set_chunk_malloc_max(png, kMaxDecoderBytes);
  png_set_read_fn(png, &source, read_some);
  png_read_info(png, info);
  if (!within_limits(png, info)) return Outcome::kTooLarge;
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  const png_uint_32 height = png_get_image_height(png, info);
  for (int pass = 0; pass < passes; ++pass) {
    for (png_uint_32 y = 0; y < height; ++y) png_read_row(png, row, nullptr);
  }
  png_read_end(png, nullptr);
  return Outcome::kGood;
}

}  // namespace

std::optional<Bytes> strip_png(std::string_view in) {
  if (in.size() < kSignatureBytes) return std::nullopt;
  Bytes out(in.substr(0, kSignatureBytes));
  for (std::string_view left = in.substr(kSignatureBytes); left.size() >= kChunkFrameBytes;) {
    KeyReader frame(left);
    const std::size_t size = frame.u32();
    if (size > left.size() - kChunkFrameBytes) return std::nullopt;
    const std::string_view chunk = left.substr(0, size + kChunkFrameBytes);
    const std::string_view type = chunk.substr(4, 4);
    if (is_kept(type, size)) out += chunk;
    if (type == "IEND") return out;
    left.remove_prefix(chunk.size());
  }
  return std::nullopt;
}

Status decode_png(std::string_view in) {
  // Four components of 16 bits.
  Bytes row(std::size_t{kMaxSide} * 8, '\0');
  Source source{in};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, leave, say_nothing);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  Outcome outcome = Outcome::kDamaged;
  if (info != nullptr) outcome = run(png, info, source, reinterpret_cast<png_bytep>(row.data()));
  png_destroy_read_struct(&png, &info, nullptr);
  switch (outcome) {
    case Outcome::kGood: return ok_status();
    case Outcome::kTooLarge: return invalid("content", "the picture has too many pixels");
    case Outcome::kDamaged: break;
  }
  return invalid("content", "the picture is damaged, or needs too much to be drawn");
}

}  // namespace opora::node
