// What callers are told where nobody has recorded it (O8, T4, O6): `sounds.texts` of the settings,
// spoken into the PBX's folder of sounds at set-up time (`opora-node --speak-greetings`). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "web/server/json_reader.h"

namespace opora::telephony::ari {

inline constexpr std::size_t kMaxGreetings = 64;
// Two minutes of speech: nobody listens longer.
inline constexpr std::size_t kMaxGreetingChars = 2'000;

struct Greeting {
  std::string path;  // below the folder of sounds, without ending: "opora/closed"
  std::string text;
};

// "texts" of the object "sounds". Errors are the reader's: "media" (no sound of ours: small Latin
// letters, digits, "-", "_" in each part of the path; twice), "text" (empty, too long).
std::vector<Greeting> read_texts(web::JsonReader& sounds);

// Of the whole file of settings. kInvalid with the path of the field, also when there are none;
// kTooLarge.
Result<std::vector<Greeting>> read_greetings(std::string_view json);

}  // namespace opora::telephony::ari
