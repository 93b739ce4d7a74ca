#include "web/server/body_decoder.h"

#include <algorithm>

namespace opora::web {
namespace {

constexpr int kMaxSizeDigits = 8;           // chunks below 4 GiB; every body limit is far lower
constexpr std::size_t kBytesPerChunk = 16;  // smaller ones on average are an attack on our time

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u == '\t' || (u >= 0x20 && u != 0x7F);
}

}  // namespace

BodyDecoder BodyDecoder::with_length(std::uint64_t length) {
  BodyDecoder decoder;
  decoder.left_ = length;
  decoder.state_ = length == 0 ? State::kDone : State::kMore;
  return decoder;
}

BodyDecoder BodyDecoder::chunked(const Limits& limits, std::size_t max_body_bytes) {
  BodyDecoder decoder;
  decoder.chunked_ = true;
  decoder.state_ = State::kMore;
  decoder.part_ = Part::kSize;
  decoder.max_body_ = max_body_bytes;
  decoder.extension_left_ = limits.chunk_extension_bytes;
  decoder.trailer_bytes_left_ = limits.header_bytes;
  decoder.trailers_left_ = limits.header_fields;
  decoder.chunks_free_ = limits.chunks_free;
  return decoder;
}

std::size_t BodyDecoder::feed(std::string_view in, std::string& out) {
  std::size_t taken = 0;
  while (state_ == State::kMore && taken < in.size()) {
    if (part_ != Part::kData) {
      step(in[taken++]);
      continue;
    }
    const auto part = in.substr(
        taken, static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size() - taken)));
    out.append(part);
    taken += part.size();
    left_ -= part.size();
    if (left_ > 0) continue;
    if (chunked_) part_ = Part::kDataCr;
    else state_ = State::kDone;
  }
  return taken;
}

void BodyDecoder::step(char c) {
  switch (part_) {
    case Part::kData: break;
    case Part::kSize: on_size(c); break;
    case Part::kExtension:
      if (c == '\r') part_ = Part::kSizeLf;
      else if (!is_text(c) || extension_left_ == 0) bad();
      else --extension_left_;
      break;
    case Part::kSizeLf: c == '\n' ? on_size_line_end() : bad(); break;
    case Part::kDataCr: expect(c, '\r', Part::kDataLf); break;
    case Part::kDataLf:
      expect(c, '\n', Part::kSize);
      digits_ = 0;
      break;
    case Part::kTrailerStart: on_trailer_start(c); break;
    case Part::kTrailer: on_trailer(c); break;
    case Part::kTrailerLf: expect(c, '\n', Part::kTrailerStart); break;
    case Part::kEndLf: c == '\n' ? void(state_ = State::kDone) : bad(); break;
  }
}

void BodyDecoder::expect(char c, char wanted, Part next) {
  if (c != wanted) return bad();
  part_ = next;
}

void BodyDecoder::on_size(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    left_ = digits_ == 0 ? 0 : left_;
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    if (++digits_ > kMaxSizeDigits) bad();
    return;
  }
  if (digits_ == 0) return bad();
  if (c == '\r') part_ = Part::kSizeLf;
  else if (c == ';') part_ = Part::kExtension;
  else bad();
}

void BodyDecoder::on_size_line_end() {
  if (left_ == 0) {
    part_ = Part::kTrailerStart;
    return;
  }
  if (++chunks_ > chunks_free_ + body_ / kBytesPerChunk) return bad();
  if (left_ > max_body_ - body_) {
    state_ = State::kTooLarge;
    return;
  }
  body_ += static_cast<std::size_t>(left_);
  part_ = Part::kData;
}

void BodyDecoder::on_trailer_start(char c) {
  if (c == '\r') {
    part_ = Part::kEndLf;
    return;
  }
  // A trailer that begins with a blank would be a fold.
  if (trailers_left_ == 0 || c == ' ' || c == '\t') return bad();
  --trailers_left_;
  part_ = Part::kTrailer;
  on_trailer(c);
}

void BodyDecoder::on_trailer(char c) {
  if (c == '\r') part_ = Part::kTrailerLf;
  else if (!is_text(c) || trailer_bytes_left_ == 0) bad();
  else --trailer_bytes_left_;
}

}  // namespace opora::web
