#include "node/telephony/ari/greetings.h"

#include <algorithm>

#include "node/telephony/ari/settings_file.h"

namespace opora::telephony::ari {

namespace {

constexpr std::string_view kSound = "sound:";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// Parts of letters: neither a way up nor from the root.
bool is_path(std::string_view text) {
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find('/', from), text.size());
    const std::string_view part = text.substr(from, to - from);
    if (part.empty() || !std::ranges::all_of(part, is_letter)) return false;
    from = to + 1;
  }
  return true;
}

}  // namespace

std::vector<Greeting> read_texts(web::JsonReader& sounds) {
  std::vector<Greeting> out;
  if (!sounds.has("texts")) return out;
  sounds.array("texts", {0, kMaxGreetings}, [&](web::JsonReader& each) {
    const std::string media = each.line("media", {1, 128});
    Greeting one;
    if (media.starts_with(kSound)) one.path = media.substr(kSound.size());
    if (!is_path(one.path)) each.fail("media", "as sound:opora/closed");
    if (std::ranges::any_of(out, [&](const Greeting& other) { return other.path == one.path; }))
      each.fail("media", "has a text already");
    one.text = each.text("text", {1, kMaxGreetingChars});
    out.push_back(std::move(one));
  });
  return out;
}

Result<std::vector<Greeting>> read_greetings(std::string_view json) {
  if (json.size() > kMaxSettingsBytes) return Error{Code::kTooLarge, "", "settings of an Asterisk"};
  auto document = web::JsonDocument::parse(json);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  std::vector<Greeting> out;
  in.optional_object("sounds", [&](web::JsonReader& each) { out = read_texts(each); });
  OPORA_TRY(in.finish());
  if (out.empty()) return invalid("sounds.texts", "none: there is nothing to speak");
  return out;
}

}  // namespace opora::telephony::ari
