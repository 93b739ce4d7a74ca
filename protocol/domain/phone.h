// Telephone numbers as people type them and telephone systems send them, brought to one form, so
// that the same caller is found however the number was written. Pure; any input is safe, nonsense
// gives an empty number.
//
// Forms of `number`:
//   "+79991234567"  a full number: Russian (8…, 7…, +7…, ten digits) or foreign (+…, 810…, 00…)
//   "~312345"       a number within a city, 5 to 9 digits: the area code is not known, so it equals
//   only itself
//   "=104"          a short or internal number of 2 to 4 digits
//   ""              hidden, anonymous, no number in the text, or digits that cannot be one
#pragma once

#include <string>
#include <string_view>

namespace opora::protocol {

struct Phone {
  std::string number;
  std::string extension;  // digits after «доб.», "ext", "#" or a comma; usually empty
  bool empty() const { return number.empty(); }
  bool operator==(const Phone&) const = default;
};

// When the text holds several numbers, the first that is long enough to be outside the house
// counts.
Phone parse_phone(std::string_view text);

// What indexes and look-ups use. The extension is left out: telephone systems send none, so a
// caller registered with one would not be found again.
std::string phone_key(std::string_view text);

}  // namespace opora::protocol
