// Names of what is said of recordings and of reads (texts.h has the rules).
#pragma once

#include "protocol/domain/texts.h"

namespace opora::protocol {

template <>
struct Names<ReadFrom> {
  static constexpr std::array kTable = {
      Named{ReadFrom::kContact, "contact"}, Named{ReadFrom::kTicket, "ticket"},
      Named{ReadFrom::kCaller, "caller"},   Named{ReadFrom::kContacts, "contacts"},
      Named{ReadFrom::kTickets, "tickets"}, Named{ReadFrom::kRecording, "recording"},
  };
};

template <>
struct Names<ListenPurpose> {
  static constexpr std::array kTable = {
      Named{ListenPurpose::kQuality, "quality"}, Named{ListenPurpose::kComplaint, "complaint"},
      Named{ListenPurpose::kIncident, "incident"}, Named{ListenPurpose::kTraining, "training"}};
};

template <>
struct Names<RecordingFault> {
  static constexpr std::array kTable = {
      Named{RecordingFault::kRefused, "refused"}, Named{RecordingFault::kGone, "gone"},
      Named{RecordingFault::kTooLarge, "too_large"},
      Named{RecordingFault::kUnreadable, "unreadable"}, Named{RecordingFault::kNoRoom, "no_room"}};
};

}  // namespace opora::protocol
