#include "node/media/media.h"

#include <algorithm>

#include "protocol/domain/texts.h"

namespace opora::node {

using protocol::FileKind;

namespace {

constexpr std::string_view kJpegStart = "\xff\xd8\xff";
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kPdfStart = "%PDF-";

Error damaged() { return invalid("content", "the picture is damaged"); }

std::optional<FileKind> kind_of(std::string_view content) {
  if (content.starts_with(kPdfStart)) return FileKind::kPdf;
  if (content.starts_with(kJpegStart)) return FileKind::kJpeg;
  if (content.starts_with(kPngStart)) return FileKind::kPng;
  return std::nullopt;
}

Error not_taken(std::span<const FileKind> taken) {
  std::string kinds;
  for (const FileKind kind : taken)
    kinds += (kinds.empty() ? "" : ", ") + std::string(protocol::to_name(kind));
  return {Code::kUnsupported, "content", "taken are: " + kinds};
}

}  // namespace

std::vector<std::string> known_kind_names() {
  std::vector<std::string> out;
  out.reserve(kKnownKinds.size());
  for (const FileKind kind : kKnownKinds) out.emplace_back(protocol::to_name(kind));
  return out;
}

std::vector<FileKind> kinds_named(const std::vector<std::string>& names) {
  std::vector<FileKind> out;
  for (const FileKind kind : kKnownKinds) {
    const bool named =
        std::find(names.begin(), names.end(), protocol::to_name(kind)) != names.end();
    if (named) out.push_back(kind);
  }
  return out;
}

Result<CheckedFile> check_file(std::string_view content, std::span<const FileKind> taken) {
  const auto kind = kind_of(content);
  if (!kind || std::find(taken.begin(), taken.end(), *kind) == taken.end()) return not_taken(taken);
  if (*kind == FileKind::kPdf) {
    OPORA_TRY(check_pdf(content));
    return CheckedFile{*kind, Bytes(content)};
  }
  const bool jpeg = *kind == FileKind::kJpeg;
  auto bytes = jpeg ? strip_jpeg(content) : strip_png(content);
  if (!bytes) return damaged();
  OPORA_TRY(jpeg ? decode_jpeg(*bytes) : decode_png(*bytes));
  return CheckedFile{*kind, std::move(*bytes)};
}

}  // namespace opora::node
