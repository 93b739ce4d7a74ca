#include "node/media/wav.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "protocol/domain/files.h"
#include "protocol/domain/recording_sound.h"

namespace opora::node {

namespace {

enum class Coding : std::uint16_t { kPcm = 1, kALaw = 6, kMuLaw = 7 };

struct Form {
  Coding coding = Coding::kPcm;
  std::uint16_t channels = 0;
  std::uint32_t rate = 0;
  std::uint16_t bits = 0;
};

constexpr std::size_t kChunkHead = 8;
constexpr std::size_t kFormBytes = 16;
// What a telephone system writes before its sound is a handful; each costs a look.
constexpr int kMaxChunks = 64;

std::uint32_t little_endian(std::string_view in, std::size_t at, std::size_t bytes) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    out |= std::uint32_t{static_cast<std::uint8_t>(in[at + i])} << (8 * i);
  return out;
}

Form form_of(std::string_view chunk) {
  return {static_cast<Coding>(little_endian(chunk, 0, 2)),
          static_cast<std::uint16_t>(little_endian(chunk, 2, 2)), little_endian(chunk, 4, 4),
          static_cast<std::uint16_t>(little_endian(chunk, 14, 2))};
}

bool is_known(const Form& form) {
  const std::uint16_t bits = form.coding == Coding::kPcm ? 16 : 8;
  const bool coded =
      form.coding == Coding::kPcm || form.coding == Coding::kALaw || form.coding == Coding::kMuLaw;
  return coded && form.channels == 1 && form.rate == protocol::kSamplesPerSecond &&
         form.bits == bits;
}

// G.711: bits are inverted on the line.
std::int16_t mu_law_sample(std::uint8_t mu_law) {
  constexpr int kBias = 0x84;
  const auto bits = static_cast<std::uint8_t>(~mu_law);
  const int magnitude = ((((bits & 0x0F) << 3) + kBias) << ((bits & 0x70) >> 4)) - kBias;
  return static_cast<std::int16_t>((bits & 0x80) != 0 ? -magnitude : magnitude);
}

Bytes a_law_of_sound(const Form& form, std::string_view sound) {
  if (form.coding == Coding::kALaw) return Bytes(sound);
  const std::size_t width = form.coding == Coding::kPcm ? 2 : 1;
  Bytes out;
  out.reserve(sound.size() / width);
  for (std::size_t at = 0; at + width <= sound.size(); at += width) {
    const auto sample = width == 2 ? static_cast<std::int16_t>(little_endian(sound, at, 2))
                                   : mu_law_sample(static_cast<std::uint8_t>(sound[at]));
    out.push_back(static_cast<char>(protocol::a_law_of(sample)));
  }
  return out;
}

}  // namespace

Result<Bytes> a_law_of_wav(std::string_view file) {
  if (file.size() < 12 || file.substr(0, 4) != "RIFF" || file.substr(8, 4) != "WAVE")
    return invalid("sound", "not a WAV file");
  std::optional<Form> form;
  std::string_view rest = file.substr(12);
  for (int seen = 0; seen < kMaxChunks && rest.size() >= kChunkHead; ++seen) {
    const std::string_view name = rest.substr(0, 4);
    const std::size_t told = little_endian(rest, 4, 4);
    rest.remove_prefix(kChunkHead);
    if (name == "data") {
      if (!form) return invalid("sound", "no form before the sound");
      if (!is_known(*form)) return Error{Code::kUnsupported, "sound", "not a telephone's sound"};
      const std::string_view sound = rest.substr(0, told == 0 ? rest.size() : told);
      if (sound.size() < 2) return invalid("sound", "nothing in it");
      Bytes out = a_law_of_sound(*form, sound);
      if (out.size() > protocol::kMaxFileBytes)
        return Error{Code::kTooLarge, "sound", "longer than a recording may be"};
      return out;
    }
    const std::string_view chunk = rest.substr(0, told);
    if (name == "fmt " && chunk.size() >= kFormBytes) form = form_of(chunk);
    rest.remove_prefix(std::min(rest.size(), told + told % 2));
  }
  return invalid("sound", "no sound in it");
}

}  // namespace opora::node
