#include "node/media/media.h"

namespace opora::node {

using protocol::FileKind;

namespace {

constexpr std::string_view kJpegStart = "\xff\xd8\xff";
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kPdfStart = "%PDF-";

Error damaged() { return invalid("content", "the picture is damaged"); }

}  // namespace

Result<CheckedFile> check_file(std::string_view content) {
  if (content.starts_with(kPdfStart)) {
    OPORA_TRY(check_pdf(content));
    return CheckedFile{FileKind::kPdf, Bytes(content)};
  }
  const bool jpeg = content.starts_with(kJpegStart);
  if (!jpeg && !content.starts_with(kPngStart))
    return Error{Code::kUnsupported, "content", "neither JPEG nor PNG nor PDF"};
  auto bytes = jpeg ? strip_jpeg(content) : strip_png(content);
  if (!bytes) return damaged();
  OPORA_TRY(jpeg ? decode_jpeg(*bytes) : decode_png(*bytes));
  return CheckedFile{jpeg ? FileKind::kJpeg : FileKind::kPng, std::move(*bytes)};
}

}  // namespace opora::node
