// Whether what a request names is there: a desk of a site, a site or facility of the region. Pure
// look-ups in what the directory says here at this moment; called inside decisions, so that a
// repeated key gets its first answer even if the directory has changed since. kInvalid at `path`.
#pragma once

#include <string>
#include <vector>

#include "protocol/domain/events.h"
#include "sync/engine/engine_core.h"

namespace opora::app {

// Desks of a site: a room of a hundred operators is a site of its own. Two digits are also what the
// tables have room for.
inline constexpr std::int64_t kMaxDeskNo = 99;

// The desks of a site. Until its entry in the directory has arrived, desk 1 alone: every site has
// it.
std::vector<protocol::Desk> declared_desks(sync::Decision& decision, SiteNo site);

// A7b, V 6.1: whether a call that was answered at once gets a number as well.
bool numbers_every_call(sync::Decision& decision, SiteNo site);

// A figure of a desk that nobody has declared would stand in the daily report for ever, so nothing
// of it is kept: who sent it corrects the number and sends it again.
Status check_desk(const std::vector<protocol::Desk>& desks, DeskNo desk, const std::string& path);

// Site 0 (the hub, or none) is always there, and so is the place that decides.
Status check_site(sync::Decision& decision, SiteNo site, const std::string& path);

}  // namespace opora::app
