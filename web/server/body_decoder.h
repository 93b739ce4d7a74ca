// Internal: takes a request body off the wire, by length or by chunks (RFC 9112 §7.1). Pure; fed as
// the bytes come.
//
// Strict: CR LF only, 1 to 8 hex digits of size, extensions skipped up to
// Limits::chunk_extension_bytes in all, trailers read, counted against Limits::header_fields and
// header_bytes, and thrown away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "web/server/limits.h"

namespace opora::web {

class BodyDecoder {
 public:
  enum class State : std::uint8_t { kMore, kDone, kBad, kTooLarge };

  BodyDecoder() = default;
  static BodyDecoder with_length(std::uint64_t length);
  static BodyDecoder chunked(const Limits& limits, std::size_t max_body_bytes);

  // Moves what belongs to the body from `in` to the end of `out` and returns the bytes taken. After
  // kDone nothing more is taken; after kBad and kTooLarge the connection cannot go on.
  std::size_t feed(std::string_view in, std::string& out);
  State state() const { return state_; }

 private:
  enum class Part : std::uint8_t {
    kData,
    kSize,
    kExtension,
    kSizeLf,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailer,
    kTrailerLf,
    kEndLf,
  };
  void step(char c);
  void on_size(char c);
  void on_size_line_end();
  void on_trailer_start(char c);
  void on_trailer(char c);
  void expect(char c, char wanted, Part next);
  void bad() { state_ = State::kBad; }

  State state_ = State::kDone;
  Part part_ = Part::kData;
  bool chunked_ = false;
  std::uint64_t left_ = 0;  // of the length or of the chunk
  int digits_ = 0;
  std::size_t max_body_ = 0, body_ = 0;
  std::size_t extension_left_ = 0, trailer_bytes_left_ = 0, trailers_left_ = 0, chunks_ = 0,
              chunks_free_ = 0;
};

}  // namespace opora::web
