// Index prefixes of one day's calls and contacts, as narrow as a question allows: of a desk, of a
// site, of the region. Pure. Rows under a prefix are ordered by site, desk and time.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/base/bytes.h"
#include "protocol/base/ids.h"

namespace opora::protocol::keys {

struct DayRows {
  std::int32_t day = 0;  // local day of the site
  std::optional<SiteNo> site;
  std::optional<DeskNo> desk;

  bool takes(SiteNo its_site, DeskNo its_desk) const {
    return (!site || *site == its_site) && (!desk || *desk == its_desk);
  }
};

// A desk without a site does not narrow the prefix: the rows still have to be asked (takes).
Bytes calls_of_day(const DayRows& rows);
Bytes contacts_of_day(const DayRows& rows);

}  // namespace opora::protocol::keys
