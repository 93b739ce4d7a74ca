#include "web/app/journals.h"

#include "protocol/base/bytes.h"

namespace opora::app {

std::vector<SiteNo> journal_origins(const sync::Reader& rows) {
  std::vector<SiteNo> out;
  Bytes from;
  bool found = true;
  while (found) {
    found = false;
    rows.scan(sync::Table::kJournal, from, "", [&](std::string_view key, std::string_view) {
      out.push_back(SiteNo{KeyReader(key).u32()});
      found = true;
      return false;
    });
    if (found) from = prefix_end(KeyWriter().u32(out.back().v).take());
    if (from.empty()) break;
  }
  return out;
}

}  // namespace opora::app
