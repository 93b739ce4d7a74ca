#include "tests/unit/media/pictures.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

namespace opora::testing {

namespace {

Bytes exif(std::uint8_t orientation) {
  Bytes out("Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 24);
  out += {static_cast<char>(orientation), '\0', '\0', '\0'};
  return out + Bytes(4, '\0') + "SECRET place";
}

void mark(jpeg_compress_struct& info, int marker, const Bytes& content) {
  jpeg_write_marker(&info, marker, reinterpret_cast<const JOCTET*>(content.data()),
                    static_cast<unsigned>(content.size()));
}

void append(png_structp png, png_bytep bytes, std::size_t size) {
  static_cast<Bytes*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(bytes), size);
}

Bytes deflated(const Bytes& plain) {
  uLongf size = compressBound(plain.size());
  Bytes out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(plain.data()), plain.size());
  out.resize(size);
  return out;
}

}  // namespace

Bytes jpeg(const JpegMaking& making) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = static_cast<JDIMENSION>(making.width);
  info.image_height = static_cast<JDIMENSION>(making.height);
  info.input_components = making.colours;
  info.in_color_space = making.colours == 3 ? JCS_RGB : JCS_UNKNOWN;
  jpeg_set_defaults(&info);
  if (making.progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  if (making.orientation != 0) mark(info, JPEG_APP0 + 1, exif(making.orientation));
  mark(info, JPEG_APP0 + 2, "ICC_PROFILE SECRET");
  mark(info, JPEG_APP0 + 13, "Photoshop SECRET");
  mark(info, JPEG_COM, "SECRET comment");
  if (!making.adobe.empty()) mark(info, JPEG_APP0 + 14, making.adobe);
  std::vector<JSAMPLE> row(static_cast<std::size_t>(making.width * making.colours));
  for (int y = 0; y < making.height; ++y) {
    for (std::size_t x = 0; x < row.size(); ++x)
      row[x] = static_cast<JSAMPLE>(x * 7 + static_cast<std::size_t>(y) * 11);
    JSAMPLE* line = row.data();
    jpeg_write_scanlines(&info, &line, 1);
  }
  jpeg_finish_compress(&info);
  Bytes out(reinterpret_cast<const char*>(bytes), size);
  jpeg_destroy_compress(&info);
  std::free(bytes);
  return out + "SECRET behind the end";
}

Bytes png_chunk(const char* type, const Bytes& content) {
  const Bytes body = type + content;
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return KeyWriter()
      .u32(static_cast<std::uint32_t>(content.size()))
      .raw(body)
      .u32(static_cast<std::uint32_t>(sum))
      .take();
}

Bytes png(const PngMaking& making) {
  Bytes out;
  png_structp writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(writer);
  png_set_write_fn(writer, &out, append, nullptr);
  png_set_IHDR(writer, info, making.width, making.height, 8, PNG_COLOR_TYPE_RGB,
               making.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_text text{};
  std::string key = "Author";
  std::string words = "SECRET";
  text.compression = PNG_TEXT_COMPRESSION_NONE;
  text.key = key.data();
  text.text = words.data();
  png_set_text(writer, info, &text, 1);
  png_write_info(writer, info);
  std::vector<png_byte> row(making.width * 3);
  std::vector<png_bytep> rows(making.height, row.data());
  png_write_image(writer, rows.data());
  png_write_end(writer, info);
  png_destroy_write_struct(&writer, &info);
  return with_chunk(out, "eXIf", "MM SECRET") + "SECRET behind the end";
}

Bytes with_chunk(const Bytes& png, const char* type, const Bytes& content) {
  const std::size_t head = 8 + 25;  // signature and IHDR
  return png.substr(0, head) + png_chunk(type, content) + png.substr(head);
}

Bytes pdf(PdfTable table) {
  Bytes out = "%PDF-1.5\n";
  std::vector<std::size_t> places;
  const auto object = [&](const Bytes& content) {
    places.push_back(out.size());
    out += std::to_string(places.size()) + " 0 obj\n" + content + "\nendobj\n";
  };
  object("<< /Type /Catalog /Pages 2 0 R /Note (a \\) >> in a string) >>");
  object("<< /Type /Pages /Kids [] /Count 0 >>");
  const std::size_t at = out.size();
  if (table != PdfTable::kPlain) {
    const bool bomb = table == PdfTable::kBomb;
    const Bytes packed =
        deflated(bomb ? Bytes(std::size_t{20} << 20, '\0') : Bytes("\1\0\x09\0\1\0\x30\0", 8));
    out += "3 0 obj\n<< /Type /XRef /Size 4 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length " +
           std::to_string(packed.size()) + " >>\nstream\r\n" + packed + "\nendstream\nendobj\n";
  } else {
    out += "xref\n0 3\n0000000000 65535 f \n";
    for (const std::size_t place : places) {
      Bytes number = std::to_string(place);
      out += Bytes(10 - number.size(), '0') + number + " 00000 n \n";
    }
    out += "trailer\n<< /Size 3 /Root 1 0 R >>\n";
  }
  return out + "startxref\n" + std::to_string(at) + "\n%%EOF\n";
}

}  // namespace opora::testing
