// How many forms wait for the region: what people did, as they count it. A contact that opens a
// ticket is two records and one form; telephone events, breaks and the audit of reads are records
// and no forms. Counted as the journal grows and as the region confirms, each record twice at most.
// Any thread.
#pragma once

#include <cstdint>
#include <mutex>

#include "protocol/domain/events.h"
#include "sync/journal/streams.h"

namespace opora::node {

bool is_form(protocol::EventType type);

class WaitingForms {
 public:
  // Records looked at in one call, which comes every second: some 20 ms. A larger backlog is
  // counted on by the next calls; until then it is "at least so many".
  static constexpr std::size_t kMaxLooked = 20'000;

  explicit WaitingForms(SiteNo site, std::size_t max_looked = kMaxLooked)
      : site_(site), max_looked_(max_looked) {}
  // Of the journal in `rows` behind `acked`, which never goes back.
  std::uint64_t count(const sync::Reader& rows, StreamPos acked);

 private:
  // Forms that begin at or below a position, from where the counting began.
  struct Mark {
    StreamPos at;
    CommandId command;  // of the record there
    std::uint64_t forms = 0;
  };
  void follow(const sync::Reader& rows, Mark& mark, StreamPos to, std::size_t& looked) const;

  const SiteNo site_;
  const std::size_t max_looked_;
  std::mutex mutex_;
  bool begun_ = false;
  Mark acked_;
  Mark end_;
};

}  // namespace opora::node
