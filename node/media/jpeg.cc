#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <jpeglib.h>
// After jpeglib.h, which it needs.
#include <jerror.h>

#include "node/media/media.h"

namespace opora::node {

namespace {

enum Marker : std::uint8_t {
  kSoi = 0xd8,
  kEoi = 0xd9,
  kSos = 0xda,
  kHeight = 0xdc,  // behind the picture, for decoders that do not know it yet
  kApp0 = 0xe0,
  kApp1 = 0xe1,
  kApp14 = 0xee,
  kApp15 = 0xef,
  kComment = 0xfe,
};
// JFIF's header with version, density and no thumbnail.
constexpr std::size_t kJfifBytes = 14;
// Adobe's part: its name, version, flags and how the colours are written.
constexpr std::size_t kAdobeBytes = 12;
constexpr int kMostColours = 4;
constexpr std::uint16_t kOrientationTag = 0x0112;

constexpr bool stands_alone(std::uint8_t marker) {
  return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}
constexpr std::uint8_t byte_at(std::string_view in, std::size_t at) {
  return static_cast<std::uint8_t>(in[at]);
}
std::uint16_t big16(std::string_view in, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(in, at) << 8 | byte_at(in, at + 1));
}

// The orientation of an Exif part's first directory; 0 when there is none.
std::uint16_t orientation(std::string_view exif) {
  if (!exif.starts_with(std::string_view("Exif\0\0", 6)) || exif.size() < 14) return 0;
  const std::string_view tiff = exif.substr(6);
  const bool little = tiff.starts_with("II");
  const auto u16 = [&](std::size_t at) -> std::uint32_t {
    if (at + 2 > tiff.size()) return 0;
    const std::uint32_t a = byte_at(tiff, at);
    const std::uint32_t b = byte_at(tiff, at + 1);
    return little ? b << 8 | a : a << 8 | b;
  };
  const auto u32 = [&](std::size_t at) {
    return little ? u16(at + 2) << 16 | u16(at) : u16(at) << 16 | u16(at + 2);
  };
  const std::size_t directory = u32(4);
  const std::size_t entries = u16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.size()) return 0;
    if (u16(entry) == kOrientationTag) return static_cast<std::uint16_t>(u16(entry + 8));
  }
  return 0;
}

// An Exif part that says nothing but how the picture is turned.
Bytes turned(std::uint16_t how) {
  Bytes tiff("MM\0\x2a\0\0\0\x08\0\x01", 10);
  tiff += Bytes("\x01\x12\0\x03\0\0\0\x01", 8);
  tiff += {static_cast<char>(how >> 8), static_cast<char>(how), '\0', '\0'};
  tiff += Bytes(4, '\0');
  const std::size_t size = 2 + 6 + tiff.size();
  Bytes out("\xff\xe1", 2);
  out += {static_cast<char>(size >> 8), static_cast<char>(size)};
  return out + Bytes("Exif\0\0", 6) + tiff;
}

// Walks the segments and keeps those that draw.
class JpegStrip {
 public:
  explicit JpegStrip(std::string_view in) : in_(in) {}

  std::optional<Bytes> run() {
    if (in_.size() < 4 || !in_.starts_with("\xff\xd8")) return std::nullopt;
    Bytes head(in_.substr(0, 2));
    at_ = 2;
    while (!ended_) {
      if (!segment()) return std::nullopt;
    }
    return head + jfif_ + (turn_ > 1 && turn_ <= 8 ? turned(turn_) : Bytes()) + body_;
  }

 private:
  bool segment() {
    if (at_ + 2 > in_.size() || byte_at(in_, at_) != 0xff) return false;
    while (at_ + 2 < in_.size() && byte_at(in_, at_ + 1) == 0xff) ++at_;  // fill bytes
    const std::uint8_t marker = byte_at(in_, at_ + 1);
    if (marker == kEoi) {
      body_ += "\xff\xd9";
      ended_ = true;
      return true;
    }
    if (marker == kSoi || marker == 0 || stands_alone(marker) || at_ + 4 > in_.size()) return false;
    const std::size_t size = big16(in_, at_ + 2);
    if (size < 2 || at_ + 2 + size > in_.size()) return false;
    const std::string_view whole = in_.substr(at_, 2 + size);
    at_ += whole.size();
    keep(marker, whole);
    return marker != kSos || entropy();
  }

  void keep(std::uint8_t marker, std::string_view whole) {
    const std::string_view content = whole.substr(4);
    if (marker == kApp0) return keep_jfif(content);
    if (marker == kApp1 && turn_ == 0) turn_ = orientation(content);
    if (marker == kApp14) return keep_adobe(content);
    const bool application = marker >= kApp1 && marker <= kApp15;
    if (marker == kComment || marker == kHeight || application) return;
    body_ += whole;
  }

  // What a decoder reads of it: behind that there may be anything.
  void keep_adobe(std::string_view content) {
    if (!content.starts_with("Adobe") || content.size() < kAdobeBytes) return;
    body_ += Bytes("\xff\xee\0\x0e", 4) + Bytes(content.substr(0, kAdobeBytes));
  }

  void keep_jfif(std::string_view content) {
    if (!jfif_.empty() || !content.starts_with(std::string_view("JFIF\0", 5))) return;
    if (content.size() < kJfifBytes) return;
    jfif_ = Bytes("\xff\xe0\0\x10", 4) + Bytes(content.substr(0, kJfifBytes - 2)) + Bytes(2, '\0');
  }

  // Up to the next marker that is not a part of the data.
  bool entropy() {
    const std::size_t from = at_;
    for (; at_ + 1 < in_.size(); ++at_) {
      if (byte_at(in_, at_) != 0xff) continue;
      const std::uint8_t next = byte_at(in_, at_ + 1);
      if (next == 0 || stands_alone(next)) continue;
      body_ += in_.substr(from, at_ - from);
      return true;
    }
    return false;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  bool ended_ = false;
  std::uint16_t turn_ = 0;
  Bytes jfif_;
  Bytes body_;
};

// Where libjpeg's errors end: nothing between setjmp and longjmp has a destructor.
struct Decoder {
  jpeg_decompress_struct info;
  jpeg_error_mgr errors;
  jpeg_progress_mgr progress;
  std::jmp_buf leave;
  bool damaged;
};

Decoder& decoder_of(j_common_ptr info) { return *static_cast<Decoder*>(info->client_data); }

void on_error(j_common_ptr info) { std::longjmp(decoder_of(info).leave, 1); }

// What is a trifle to libjpeg: an end that came too early is none to us.
void on_message(j_common_ptr info, int level) {
  const int code = info->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER))
    decoder_of(info).damaged = true;
}

void on_progress(j_common_ptr info) {
  if (decoder_of(info).info.input_scan_number > kMaxScans) on_error(info);
}

bool within_limits(const jpeg_decompress_struct& info) {
  return info.image_width <= kMaxSide && info.image_height <= kMaxSide &&
         std::uint64_t{info.image_width} * info.image_height <= kMaxPixels;
}

// What browsers draw: grey, three colours or four. The format knows up to ten, which would not fit
// a row either.
bool has_known_colours(const jpeg_decompress_struct& info) {
  return info.num_components == 1 || info.num_components == 3 ||
         info.num_components == kMostColours;
}

enum class Outcome : std::uint8_t { kGood, kDamaged, kTooLarge };

Outcome run(Decoder& decoder, std::string_view in, JSAMPLE* row) {
  // NOLINTNEXTLINE(cert-err52-cpp): libjpeg has no other way out of an error
  if (setjmp(decoder.leave) != 0) {
    jpeg_destroy_decompress(&decoder.info);
    return Outcome::kDamaged;
  }
  jpeg_create_decompress(&decoder.info);
  decoder.info.client_data = &decoder;
  decoder.info.mem->max_memory_to_use = static_cast<long>(kMaxDecoderBytes);
  decoder.info.progress = &decoder.progress;
  jpeg_mem_src(&decoder.info, reinterpret_cast<const unsigned char*>(in.data()),
               static_cast<unsigned long>(in.size()));
  jpeg_read_header(&decoder.info, TRUE);
  if (!within_limits(decoder.info)) {
    jpeg_destroy_decompress(&decoder.info);
    return Outcome::kTooLarge;
  }
  if (!has_known_colours(decoder.info)) on_error(reinterpret_cast<j_common_ptr>(&decoder.info));
  jpeg_start_decompress(&decoder.info);
  while (decoder.info.output_scanline < decoder.info.output_height)
    jpeg_read_scanlines(&decoder.info, &row, 1);
  jpeg_finish_decompress(&decoder.info);
  jpeg_destroy_decompress(&decoder.info);
  return decoder.damaged ? Outcome::kDamaged : Outcome::kGood;
}

}  // namespace

std::optional<Bytes> strip_jpeg(std::string_view in) { return JpegStrip(in).run(); }

Status decode_jpeg(std::string_view in) {
  Bytes row(std::size_t{kMaxSide} * kMostColours, '\0');
  Decoder decoder{};
  decoder.info.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = on_error;
  decoder.errors.emit_message = on_message;
  decoder.progress.progress_monitor = on_progress;
  // jpeg_create_decompress() clears all but err and client_data.
  decoder.info.client_data = &decoder;
  switch (run(decoder, in, reinterpret_cast<JSAMPLE*>(row.data()))) {
    case Outcome::kGood: return ok_status();
    case Outcome::kTooLarge: return invalid("content", "the picture has too many pixels");
    case Outcome::kDamaged: break;
  }
  return invalid("content", "the picture is damaged, or needs too much to be drawn");
}

}  // namespace opora::node
