// The sound of a recording: G.711 A-law, eight bits a sample, as it is kept, and sixteen as a
// browser plays it; the waveform as one line of letters. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"

namespace opora::protocol {

inline constexpr std::uint32_t kSamplesPerSecond = 8'000;
// Bars of a waveform: as many as a screen has room for. Each is a letter of 64, so that a pause, a
// voice and a shout can be told apart.
inline constexpr std::size_t kMaxPeaks = 600;
inline constexpr std::uint8_t kPeakLevels = 64;

std::uint8_t a_law_of(std::int16_t sample);
std::int16_t sample_of(std::uint8_t a_law);

// The loudest sample of each of at most kMaxPeaks equal parts, as letters from 'A' (silence) of the
// base64url alphabet. Empty for no sound.
std::string peaks_of(std::string_view a_law);
// 0 … kPeakLevels-1 each; a letter that is none is 0.
std::vector<std::uint8_t> levels_of(std::string_view peaks);

// A WAV file of sixteen bits that is never there as a whole: what a browser asks for of it is made
// from the samples it needs.
inline constexpr std::uint64_t kWavHeaderBytes = 44;
constexpr std::uint64_t wav_bytes(std::uint64_t samples) { return kWavHeaderBytes + 2 * samples; }
Bytes wav_header(std::uint64_t samples);

}  // namespace opora::protocol
