#include "web/app/erasure_list.h"

#include <filesystem>
#include <fstream>
#include <set>

#include "web/app/data_folder.h"

namespace opora::app {

namespace fs = std::filesystem;

namespace {
constexpr const char* kErasures = "erasures";
}

std::vector<AggregateId> read_erasure_list(const std::string& folder) {
  std::vector<AggregateId> out;
  std::ifstream in(fs::path(folder) / kErasures);
  for (std::string line; std::getline(in, line);) {
    if (const auto id = AggregateId::from_hex(line)) out.push_back(*id);
  }
  return out;
}

Status ErasureList::add(const std::vector<AggregateId>& ids) {
  if (folder_.empty()) return ok_status();
  const std::lock_guard lock(mutex_);
  const auto before = read_erasure_list(folder_);
  std::set<AggregateId> all(before.begin(), before.end());
  all.insert(ids.begin(), ids.end());
  if (all.size() == before.size()) return ok_status();
  std::string text;
  for (const AggregateId& id : all) text += id.hex() + "\n";
  return write_file_atomically(fs::path(folder_) / kErasures, text);
}

}  // namespace opora::app
