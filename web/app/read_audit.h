// The audit of reads: who saw which patients' records, once per user, record and ten minutes. What
// it says goes as an event into the journal of the site where the reading happened, so it stands in
// a hash chain that the region holds as well. Pseudonymous ids only, no names, no numbers.
//
// It never delays a read: the event is committed beside it. Any thread.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/domain/events.h"
#include "web/app/lease.h"

namespace opora::app {

struct Context;
struct User;

// For so long reads are listed. Three years: as long as a claim may be brought. Older ones are
// shown no more; their events stand in the journal, which is a chain and forgets nothing.
inline constexpr Days kDefaultAuditDays{1'095};

// Records whose patients an answer names.
struct ShownRecords {
  std::vector<AggregateId> contacts;
  std::vector<AggregateId> tickets;
};

// Who read what lately, in memory: after a restart a record may be noted once more.
class ReadMemory {
 public:
  // Who goes to and fro between a list and a card reads once.
  static constexpr std::int64_t kQuietMs = 10 * 60'000;
  // Twenty desks with a hundred records each in ten minutes, ten times over; a few megabytes.
  static constexpr std::size_t kMaxKnown = 20'000;

  // Those of `records` that this user has not seen within kQuietMs, each once; from now on they are
  // seen.
  std::vector<AggregateId> fresh(const AggregateId& user, const std::vector<AggregateId>& records,
                                 TimeMs now);
  // They were not written: the next read tells of them.
  void forget(const AggregateId& user, const std::vector<AggregateId>& records);
  std::size_t size() const;

 private:
  using Key = std::pair<AggregateId, AggregateId>;  // user, record
  void make_room(TimeMs now);
  mutable std::mutex mutex_;
  std::map<Key, TimeMs> seen_;
};

// Notes that this user is about to see these records.
void note_read(const Context& context, const User& user, protocol::ReadFrom from,
               const ShownRecords& shown);

// That he listens to this recording, and why (O6): once for each purpose in ReadMemory::kQuietMs,
// for a player asks for the sound piece by piece.
void note_listening(const Context& context, const User& user, const AggregateId& recording,
                    protocol::ListenPurpose purpose);

}  // namespace opora::app
