// What an alarm of GET /api/v1/sync and /api/v1/sites means, and what to do about it. The screens
// have the same in web/ui/src/lib/alarms.ts; a test holds both against the codes that daemons send.
#pragma once

#include <string_view>

namespace opora::tool {

struct AlarmWords {
  std::string_view code;
  std::string_view what;
  std::string_view todo;
};

// nullptr: of a later version; its own text says what it can.
const AlarmWords* words_of_alarm(std::string_view code);

}  // namespace opora::tool
