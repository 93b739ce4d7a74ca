// Lists: limit, opaque cursor, {items, next_cursor}. A cursor is the hexadecimal key of the last
// row given, so a list goes on where it was however much was added meanwhile.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "protocol/domain/day_rows.h"
#include "sync/journal/kv.h"
#include "web/app/context.h"
#include "web/server/json_writer.h"
#include "web/server/query_reader.h"

namespace opora::app {

inline constexpr std::int64_t kDefaultLimit = 50;
inline constexpr std::int64_t kMaxLimit = 200;
// Rows that a filter may look at for one page: bounds the time of a request whatever the filter.
// When it is used up the page comes short, with a cursor to go on from.
inline constexpr int kMaxScanned = 20'000;

struct Page {
  std::size_t limit = kDefaultLimit;
  Bytes after;  // key of the last row given; empty: from the start
  Bytes end;    // the first key that is not listed any more; empty: to the end of the list
  int most_looked = kMaxScanned;  // rows, for this page
  // Of a row that does not belong to it: the key from which the next one may; empty: behind it.
  std::function<Bytes(std::string_view key)> leap{};
};
Page read_page(web::QueryReader& in);

// ?site= and ?desk=; the day is left to the caller. A node knows its own site only.
protocol::keys::DayRows read_day_rows(web::QueryReader& in, const Context& context);

// Writes {"items":[…],"next_cursor":…} from index rows under `prefix`. `row` writes one item and
// says whether it did; `extra` adds members.
void write_list(web::JsonWriter& out, const sync::Reader& rows, const Bytes& prefix,
                const Page& page,
                const std::function<bool(std::string_view key, std::string_view value)>& row,
                const std::function<void()>& extra = {});

}  // namespace opora::app
