#include "protocol/domain/phone.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "protocol/base/utf8.h"

namespace opora::protocol {
namespace {

constexpr std::size_t kMaxInput =
    200;  // a form field holds 40 letters, a SIP address somewhat more
constexpr std::size_t kMinInternal = 2;   // one digit is a house number or a typing error
constexpr std::size_t kMinLocal = 5;      // the shortest city numbers in Russia
constexpr std::size_t kMaxLocal = 9;      // from ten digits on an area code is there
constexpr std::size_t kMinForeign = 8;    // country code and the shortest national number
constexpr std::size_t kMaxE164 = 15;      // ITU-T E.164
constexpr std::size_t kMaxExtension = 6;  // after a word that says "extension"
constexpr std::size_t kMaxBareExtension =
    4;  // after a comma, where a second number may stand as well

using Text = std::u32string_view;

struct Run {
  std::size_t begin = 0;
  std::size_t end = 0;  // after the last digit
  bool plus = false;
  std::string digits;
};

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

// Inside a number people put spaces, brackets, dots and every kind of dash; phones add direction
// marks.
bool is_filler(char32_t c) {
  constexpr Text kFillers = U" \t\u00A0\u202F().-\u2010\u2011\u2012\u2013\u2014\u2212_";
  return kFillers.find(c) != Text::npos || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069);
}

std::u32string lowered(std::string_view utf8) {
  std::u32string out;
  for (utf8 = utf8.substr(0, kMaxInput); !utf8.empty();)
    out.push_back(small_letter(take_code_point(utf8)));
  return out;
}

// "Name" <sip:79991234567@10.0.0.1;user=phone> is 79991234567; tel:+7…;ext=12 keeps its extension.
Text without_uri(Text text) {
  for (Text scheme : {Text(U"sip:"), Text(U"sips:")}) {
    const std::size_t at = text.find(scheme);
    if (at == Text::npos) continue;
    text.remove_prefix(at + scheme.size());
    return text.substr(0, text.find_first_of(U"@;>"));
  }
  return text;
}

Run read_run(Text text, std::size_t begin) {
  Run run{begin, begin, false, {}};
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      run.digits.push_back(static_cast<char>(text[i]));
      run.end = i + 1;
    } else if (text[i] == U'+' && run.digits.empty()) {
      run.plus = true;
    } else if (!is_filler(text[i])) {
      break;
    }
  }
  return run;
}

std::vector<Run> runs_of(Text text) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < text.size();) {
    const bool starts = is_digit(text[i]) || text[i] == U'+';
    if (Run run = starts ? read_run(text, i) : Run{}; !run.digits.empty()) {
      i = run.end;
      runs.push_back(std::move(run));
    } else {
      ++i;
    }
  }
  return runs;
}

struct Marker {
  Text word;
  std::size_t max_digits;
};
constexpr std::array kMarkers = {
    Marker{U"добавочный", kMaxExtension},  Marker{U"добав", kMaxExtension},
    Marker{U"доб", kMaxExtension},         Marker{U"внутренний", kMaxExtension},
    Marker{U"внутр", kMaxExtension},       Marker{U"вн", kMaxExtension},
    Marker{U";extension=", kMaxExtension}, Marker{U";ext=", kMaxExtension},
    Marker{U"extension", kMaxExtension},   Marker{U"ext", kMaxExtension},
    Marker{U"x", kMaxExtension},           Marker{U"х", kMaxExtension},
    Marker{U"#", kMaxExtension},           Marker{U"*", kMaxExtension},
    Marker{U",", kMaxBareExtension},
};

std::size_t skip_fillers(Text text, std::size_t i) {
  const auto skipped = [](char32_t c) { return is_filler(c) || c == U':' || c == U'№'; };
  while (i < text.size() && skipped(text[i])) ++i;
  return i;
}

// The extension that follows a number ending at `end`: ", доб. 12", "(ext 12)", "#12", ",,12". A
// comma may stand before a word and dialling pauses are commas, so markers are eaten until a digit
// comes.
std::string extension_after(Text text, std::size_t end) {
  std::size_t max_digits = 0;
  std::size_t i = skip_fillers(text, end);
  while (i < text.size() && !is_digit(text[i])) {
    const auto* marker = std::find_if(kMarkers.begin(), kMarkers.end(), [&](const Marker& m) {
      return text.substr(i).starts_with(m.word);
    });
    if (marker == kMarkers.end()) return {};
    max_digits = std::max(max_digits, marker->max_digits);
    i = skip_fillers(text, i + marker->word.size());
  }
  const Run run = read_run(text, i);
  return run.digits.size() <= max_digits ? run.digits : std::string{};
}

// Area and mobile codes under +7 (Russia, Kazakhstan) begin with one of these.
bool is_seven_national(std::string_view ten) {
  return ten.size() == 10 && std::string_view("346789").find(ten.front()) != std::string_view::npos;
}

std::string foreign(std::string_view digits) {
  if (digits.size() < kMinForeign || digits.size() > kMaxE164 || digits.front() == '0') return {};
  return "+" + std::string(digits);
}

std::string with_plus(std::string_view digits) {
  // "+7 8 999 …": the form put +7 there, then the user typed the number with its 8.
  if (digits.size() == 12 && digits.starts_with("78")) return "+7" + std::string(digits.substr(2));
  // "+8 999 …": no country has the codes 83 and 89.
  if (digits.size() == 11 && (digits.starts_with("89") || digits.starts_with("83"))) {
    return "+7" + std::string(digits.substr(1));
  }
  return foreign(digits);
}

// What it gives reads as itself: every full number has passed with_plus().
std::string without_plus(std::string_view digits) {
  const bool trunk = digits.front() == '8' || digits.front() == '7';
  if (digits.size() == 11 && trunk && is_seven_national(digits.substr(1))) {
    return "+7" + std::string(digits.substr(1));
  }
  if (is_seven_national(digits)) return "+7" + std::string(digits);
  if (digits.starts_with("810")) return with_plus(digits.substr(3));
  if (digits.starts_with("00")) return with_plus(digits.substr(2));
  if (digits.size() < kMinInternal) return {};
  if (digits.size() < kMinLocal) return "=" + std::string(digits);
  if (digits.size() <= kMaxLocal) return "~" + std::string(digits);
  return with_plus(digits);
}

std::string normal_form(const Run& run) {
  // 0000000 and the like is what some telephone systems send for a hidden number.
  if (run.digits.find_first_not_of('0') == std::string::npos) return {};
  return run.plus ? with_plus(run.digits) : without_plus(run.digits);
}

// A short run counts only when it is alone: in «дом 5, кв. 12» there is no number.
std::optional<Run> choose(const std::vector<Run>& runs, Text text) {
  for (const Run& run : runs) {
    if (run.digits.size() >= kMinLocal) return run;
  }
  if (runs.empty()) return std::nullopt;
  const bool only_extension_follows =
      runs.size() == 1 || (runs.size() == 2 && !extension_after(text, runs[0].end).empty());
  return only_extension_follows ? std::optional<Run>(runs[0]) : std::nullopt;
}

}  // namespace

Phone parse_phone(std::string_view text) {
  const std::u32string all = lowered(text);
  const Text body = without_uri(all);
  const std::optional<Run> run = choose(runs_of(body), body);
  if (!run) return {};
  Phone phone{normal_form(*run), {}};
  if (!phone.empty()) phone.extension = extension_after(body, run->end);
  return phone;
}

std::string phone_key(std::string_view text) { return parse_phone(text).number; }

}  // namespace opora::protocol
