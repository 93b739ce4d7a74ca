// The number of a ticket, as people read, say and type it: "17-004198-9" is site 17, its 4198th
// ticket, check digit 9. Made offline. It is for people, not the identity (that is the aggregate
// id). Pure.
//
// The check digit is Damm's over [digits of the counter beyond six, when any] site, counter (at
// least six digits). It catches every single wrong digit and every swap of neighbours, also across
// the dashes. The first, invisible digit makes a number written without dashes safe: 17-004198-?
// and 1-7004198-? have the same digits, never the same check.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/ids.h"
#include "protocol/base/result.h"

namespace opora::protocol {

struct TicketNumber {
  SiteNo site;                // 1…kMaxSiteNo: the hub opens no tickets
  std::uint32_t counter = 0;  // from 1
  auto operator<=>(const TicketNumber&) const = default;
};

// CHECKs the ranges: numbers are made from a site's own counter or come from parse_ticket_number.
std::string to_text(TicketNumber number);

// Takes spaces, dashes of any length, «№», leading zeros left out of a counter between dashes, and
// a number without dashes when its counter has six digits. Error: invalid, path "number", message
// says what is wrong.
Result<TicketNumber> parse_ticket_number(std::string_view text);

}  // namespace opora::protocol
