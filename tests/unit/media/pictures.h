// Pictures and documents for tests, made here: with all that a telephone's camera writes beside
// the picture.
#pragma once

#include <cstdint>

#include "protocol/base/bytes.h"

namespace opora::testing {

struct JpegMaking {
  int width = 40;
  int height = 30;
  std::uint8_t orientation = 0;  // of Exif; 0: no Exif part
  bool progressive = false;
  int colours = 3;   // 3: as a camera writes them; else named by nobody
  Bytes adobe = {};  // Adobe's part, when there is one
};
// With a comment, "SECRET" in every part that may hold words, and more bytes behind its end.
Bytes jpeg(const JpegMaking& making = {});

struct PngMaking {
  std::uint32_t width = 40;
  std::uint32_t height = 30;
  bool interlaced = false;
};
Bytes png(const PngMaking& making = {});
// Behind the header of a picture, in front of all else.
Bytes with_chunk(const Bytes& png, const char* type, const Bytes& content);
// A chunk with its checksum.
Bytes png_chunk(const char* type, const Bytes& content);

// A bomb's table is packed and unpacks into 20 MiB.
enum class PdfTable : std::uint8_t { kPlain, kPacked, kBomb };
Bytes pdf(PdfTable table = PdfTable::kPlain);

}  // namespace opora::testing
