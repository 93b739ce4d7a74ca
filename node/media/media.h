// What may be attached to a ticket (V6): JPEG, PNG and PDF, told apart by their content, whatever
// a name or a header says, and only if they decode. Pure but for the time that decoding takes (a
// second at the limits): call it from a worker's thread, never from the engine's or an I/O thread.
//
// What comes out is not what came in: of a picture only what draws it is kept (no place, camera,
// author, date, thumbnail, comment, nothing behind its end), and what is decoded is what is kept.
// The turn of a photograph (EXIF orientation) stays. A PDF stays as it is: it is only ever handed
// out as a download.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/domain/ticket_facts.h"

namespace opora::node {

// A scan of two A4 pages at 600 dpi; decoded row by row, so that this bounds time, not memory.
inline constexpr std::uint64_t kMaxPixels = 70'000'000;
// The longest side that browsers show.
inline constexpr std::uint32_t kMaxSide = 16'384;
// What a decoder may take besides one row: a progressive JPEG needs all of its picture at once.
inline constexpr std::size_t kMaxDecoderBytes = std::size_t{96} << 20;
// A progressive JPEG of a real program has about ten scans; each costs a walk over the picture.
inline constexpr int kMaxScans = 64;
// Cross-reference parts of a PDF that was changed again and again; of all of them together the
// lines of a million objects, and what is packed: an object takes 20 bytes, a few when it is
// packed.
inline constexpr int kMaxPdfParts = 256;
inline constexpr std::uint64_t kMaxPdfLines = 1'000'000;
inline constexpr std::size_t kMaxPdfTableBytes = std::size_t{8} << 20;

struct CheckedFile {
  protocol::FileKind kind{};
  Bytes bytes;
};

// What this build can decode; a site takes these or some of them.
inline constexpr std::array kKnownKinds = {protocol::FileKind::kJpeg, protocol::FileKind::kPng,
                                           protocol::FileKind::kPdf};

// Kinds by their names in settings and the API; a name that is none is left out.
std::vector<std::string> known_kind_names();
std::vector<protocol::FileKind> kinds_named(const std::vector<std::string>& names);

// kUnsupported "content": none of `taken`. kInvalid "content": one of them, and damaged, or with
// more than the limits above.
Result<CheckedFile> check_file(std::string_view content,
                               std::span<const protocol::FileKind> taken = kKnownKinds);

// The parts, for tests. What is left of a picture: nothing when its frame does not hold together.
std::optional<Bytes> strip_jpeg(std::string_view in);
std::optional<Bytes> strip_png(std::string_view in);
// Whether it decodes, within the limits.
Status decode_jpeg(std::string_view in);
Status decode_png(std::string_view in);
Status check_pdf(std::string_view in);

}  // namespace opora::node
