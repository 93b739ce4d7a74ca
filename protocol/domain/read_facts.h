// What is noted of reading records of patients (Trust, audit): a part of the vocabulary of events
// (events.h).
#pragma once

#include <vector>

#include "protocol/base/ids.h"

namespace opora::protocol {

// Where somebody saw records of patients.
enum class ReadFrom : std::uint8_t {
  kContact = 1,    // one contact's card
  kTicket = 2,     // one ticket's card
  kCaller = 3,     // what is known of a telephone number
  kContacts = 4,   // a page of contacts
  kTickets = 5,    // a page of tickets, or what a search found
  kRecording = 6,  // listened to a conversation (O6)
};

// Why somebody listens (O6): asked each time.
enum class ListenPurpose : std::uint8_t {
  kNone = 0,       // of reads that are no listening
  kQuality = 1,    // how calls are answered (A6)
  kComplaint = 2,  // somebody has complained
  kIncident = 3,   // what happened is looked into
  kTraining = 4,
};

// Twice the longest page of the API: what one answer shows fits into one event.
inline constexpr std::size_t kMaxReadRecords = 400;

struct RecordsRead {
  ReadFrom from = ReadFrom::kContact;
  std::vector<AggregateId> contacts;
  std::vector<AggregateId> tickets;
  std::vector<AggregateId> recordings{};
  ListenPurpose purpose = ListenPurpose::kNone;
  bool operator==(const RecordsRead&) const = default;
};

}  // namespace opora::protocol
