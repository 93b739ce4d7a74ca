#include "sync/core/history.h"

#include <algorithm>

namespace opora::sync {
namespace {

// Whether every run is named: a long history names its last ones, an older peer none.
bool complete(const History& history) {
  return history.end.v == 0 || (!history.runs.empty() && history.runs.front().start.v == 1);
}

// One behind the last record of the run.
std::uint64_t end_of(const History& history, std::size_t run) {
  return run + 1 < history.runs.size() ? history.runs[run + 1].start.v : history.end.v + 1;
}

}  // namespace

Comparison compare_histories(const History& own, const IncarnationId& running,
                             const History& archived) {
  if (archived.end.v == 0) return {Past::kShared, {}};
  for (std::size_t theirs = archived.runs.size(); theirs-- > 0;) {
    const auto found = std::find(own.runs.begin(), own.runs.end(), archived.runs[theirs]);
    if (found == own.runs.end()) continue;
    const auto ours = static_cast<std::size_t>(found - own.runs.begin());
    const std::uint64_t own_end = end_of(own, ours);
    const std::uint64_t archived_end = end_of(archived, theirs);
    const StreamPos common{std::min(own_end, archived_end) - 1};
    if (common == archived.end) return {Past::kShared, common};
    // Nobody who still runs can have less than was taken from him, unless his machine was set back.
    const bool set_back = own_end < archived_end && ours + 1 == own.runs.size();
    const bool runs_on = found->id == running && (own_end > archived_end || set_back);
    return {runs_on ? Past::kForked : Past::kLost, common};
  }
  // No run in common. A new store has none; of two long histories nobody can tell.
  const bool new_store = complete(own) && complete(archived);
  return {new_store ? Past::kLost : Past::kUnknown, {}};
}

}  // namespace opora::sync
