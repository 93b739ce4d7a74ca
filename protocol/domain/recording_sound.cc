#include "protocol/domain/recording_sound.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace opora::protocol {

namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static_assert(kLetters.size() == kPeakLevels);

// G.711: even bits are inverted on the line.
constexpr std::uint8_t kLineBits = 0x55;
constexpr std::uint8_t kSignBit = 0x80;

constexpr std::int16_t decode(std::uint8_t a_law) {
  const auto bits = static_cast<std::uint8_t>(a_law ^ kLineBits);
  const int segment = (bits & 0x70) >> 4;
  int magnitude = ((bits & 0x0F) << 4) + 8;
  if (segment >= 1) magnitude += 0x100;
  if (segment > 1) magnitude <<= segment - 1;
  return static_cast<std::int16_t>((bits & kSignBit) != 0 ? magnitude : -magnitude);
}

constexpr std::array<std::int16_t, 256> decoded() {
  std::array<std::int16_t, 256> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = decode(static_cast<std::uint8_t>(i));
  return out;
}
constexpr std::array<std::int16_t, 256> kDecoded = decoded();

void little_endian(Bytes& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

int loudness(char a_law) { return std::abs(int{sample_of(static_cast<std::uint8_t>(a_law))}); }

}  // namespace

std::uint8_t a_law_of(std::int16_t sample) {
  const bool positive = sample >= 0;
  int magnitude = (positive ? sample : -1 - sample) >> 4;  // twelve bits
  // Sixteen steps a segment; those of the first two are of one size.
  std::uint8_t segment = 0;
  if (magnitude > 15) {
    for (segment = 1; magnitude > 31; ++segment) magnitude >>= 1;
  }
  const auto bits = static_cast<std::uint8_t>(segment << 4 | (magnitude & 0x0F));
  return static_cast<std::uint8_t>((bits | (positive ? kSignBit : 0)) ^ kLineBits);
}

std::int16_t sample_of(std::uint8_t a_law) { return kDecoded[a_law]; }

std::string peaks_of(std::string_view a_law) {
  const std::size_t bars = std::min(kMaxPeaks, a_law.size());
  std::string out;
  out.reserve(bars);
  for (std::size_t bar = 0; bar < bars; ++bar) {
    const std::size_t from = a_law.size() * bar / bars;
    const std::size_t to = a_law.size() * (bar + 1) / bars;
    int loudest = 0;
    for (std::size_t at = from; at < to; ++at) loudest = std::max(loudest, loudness(a_law[at]));
    // A telephone's voice stays in the lower half: the square root spreads it.
    const int level = [&] {
      int root = 0;
      while ((root + 1) * (root + 1) <= loudest) ++root;
      return std::min(root * kPeakLevels / 182, kPeakLevels - 1);
    }();
    out += kLetters[static_cast<std::size_t>(level)];
  }
  return out;
}

std::vector<std::uint8_t> levels_of(std::string_view peaks) {
  std::vector<std::uint8_t> out;
  out.reserve(peaks.size());
  for (const char letter : peaks) {
    const auto at = kLetters.find(letter);
    out.push_back(at == std::string_view::npos ? 0 : static_cast<std::uint8_t>(at));
  }
  return out;
}

Bytes wav_header(std::uint64_t samples) {
  const auto data = static_cast<std::uint32_t>(2 * samples);
  Bytes out = "RIFF";
  little_endian(out, data + static_cast<std::uint32_t>(kWavHeaderBytes) - 8, 4);
  out += "WAVEfmt ";
  little_endian(out, 16, 4);
  little_endian(out, 1, 2);  // PCM
  little_endian(out, 1, 2);  // one channel
  little_endian(out, kSamplesPerSecond, 4);
  little_endian(out, kSamplesPerSecond * 2, 4);
  little_endian(out, 2, 2);
  little_endian(out, 16, 2);
  out += "data";
  little_endian(out, data, 4);
  return out;
}

}  // namespace opora::protocol
