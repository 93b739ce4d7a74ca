// A table as an Excel workbook of one sheet: bold frozen header with a filter, numbers as numbers,
// percents as numbers with a format, texts always as texts (never a formula or a link). Any thread.
//
// The workbook is built in memory; its parts pass through unlinked temporary files, in memory too
// where the system has /dev/shm, because a list may hold patients' names.
#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "web/app/export/table.h"

namespace opora::app {

// The same table and time give the same bytes. Errors: too large (check_table); unavailable when
// temporary files cannot be written. A text over 32 767 letters, the format's limit, is cut there.
Result<Bytes> to_xlsx(const Table& table, TimeMs made_at);

}  // namespace opora::app
