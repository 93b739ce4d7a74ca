// Files of tickets for tests.
#pragma once

#include <memory>

#include "protocol/codec/sealed_file.h"
#include "sync/journal/files.h"
#include "tests/support/region.h"

namespace opora::testing {

// An upload as one command. Answers with the file's hash. Each time it is carried out the file has
// another key, as when a browser sends it again to a store that has forgotten it.
sync::Command attaching(const AggregateId& ticket, Bytes content);

// The same in the two steps of a site's daemon: chunks are staged, then the record follows, when
// they are there.
using Upload = std::shared_ptr<const protocol::SealedFile>;
Upload upload_of(const AggregateId& ticket, std::string_view content, Random& random);
sync::Command staging(const AggregateId& ticket, Upload file);
sync::Command attaching_staged(const AggregateId& ticket, Upload file);
// What is left of uploads that did not come so far.
sync::Command discarding(std::vector<sync::FileId> files);

}  // namespace opora::testing
