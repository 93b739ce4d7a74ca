// Whom a record is of, beside the telephone number (phone.h): the mail address, or name and date of
// birth, brought to one form, so that one person is found however he was written down (N4's
// ground). Look-up rows have a hash of it: of one length, and no name in them. Pure; any input is
// safe.
#pragma once

#include <string>
#include <string_view>

#include "protocol/domain/local_day.h"

namespace opora::protocol {

// Without the spaces around it and in small letters; empty for an empty one.
std::string mail_key(std::string_view address);

// Surname and first name in small letters, ё as е, whichever stands first, and the date of birth:
// the patronymic is often left out. Empty when either is missing: a name alone is many people.
std::string person_key(std::string_view name, std::string_view birth_date);

// "1970-01-31": a day that exists, from 1900 up to `today`.
bool is_birth_date(std::string_view text, LocalDay today);

}  // namespace opora::protocol
