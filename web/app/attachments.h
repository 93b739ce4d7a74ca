// Files of tickets as the API shows them (V6). Reads from one snapshot; any thread, but for
// content(), which opens all of a file: a worker's.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sync/journal/files.h"
#include "web/app/context.h"
#include "web/app/people.h"
#include "web/server/json_writer.h"

namespace opora::app {

struct Attachment {
  protocol::Envelope env;
  protocol::TicketAttached file;
  protocol::Personal personal;  // empty: erased, or its key has not come
  sync::FileId id() const { return {env.aggregate, file.hash}; }
};
// In the order in which they were added.
std::vector<Attachment> attachments_of(const Context& context, const sync::Reader& rows,
                                       const AggregateId& ticket);
std::optional<Attachment> find_attachment(const Context& context, const sync::Reader& rows,
                                          const sync::FileId& id);

void write_attachment(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                      People& people, const Attachment& attachment);

// How files stand here, for the page Sync: {"unsent", "missing", "bytes"}.
void write_file_counts(web::JsonWriter& out, const sync::Reader& rows);

// The file in the clear. kNotFound "id" (erased), kConflict "id" (not whole here yet), kCorrupt.
Result<Bytes> content(const sync::Reader& rows, const Attachment& attachment);

}  // namespace opora::app
