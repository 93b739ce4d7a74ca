// What an event of a ticket is called in its timeline, and what it names. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/domain/events.h"

namespace opora::app {

// What an event of a ticket is called in its timeline, and what it names.
struct TimelineWords {
  std::string_view type = "opened";
  std::optional<std::uint32_t> line;
  std::string_view assignee;
  std::optional<std::string_view> reason;
  std::optional<SiteNo> to;
  protocol::LinkThen link = protocol::LinkThen::kNotSaid;
  TimeMs cut_since{};
};
// Of an event of another kind, as of an opening.
TimelineWords timeline_words(const protocol::Facts& facts);

}  // namespace opora::app
