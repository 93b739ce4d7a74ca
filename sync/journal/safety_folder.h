// SafetyFiles over a folder on a second device (mode 0700): NNNNNNNN.segment, safety.head, and
// aside-N for what was set aside. Held by one process.
#pragma once

#include <filesystem>
#include <memory>

#include "sync/journal/safety_files.h"

namespace opora::sync {

// Makes the folder at need. kConflict when another process holds it, kUnavailable when the disk
// refuses.
Result<std::unique_ptr<SafetyFiles>> open_safety_folder(const std::filesystem::path& folder);

}  // namespace opora::sync
