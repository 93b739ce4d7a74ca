// What the kinds of contact with a life of their own add to the states (state.h): house calls (H1),
// the waiting list (H2), notices of facilities (T11); recordings of calls (O6).
#pragma once

#include <string>
#include <vector>

#include "protocol/domain/events.h"

namespace opora::protocol {

// What was said of a house call with the clinic (H1). Zero: not yet.
struct HouseVisit {
  TimeMs passed_at;
  SiteNo clinic;
  AggregateId passed_by;
  TimeMs confirmed_at;  // behind the passing
  AggregateId confirmed_by;
  template <class V>
  void visit(V&& v) {
    v(passed_at, clinic, passed_by, confirmed_at, confirmed_by);
  }
};

// What came of calling a patient of the waiting list (H2).
struct ListCalls {
  std::string claimed_by;  // a login; empty: nobody calls him
  OwnerTerm claimed_in;    // a claim ends with the term of its owner
  TimeMs claimed_until;
  Slot slot;  // that is offered by the claim; behind a booking: the one that he has
  std::uint32_t calls = 0;
  std::uint32_t unanswered = 0;  // in a row, up to now
  TimeMs last_at;
  TimeMs again_at;             // not to be called before
  std::vector<Slot> declined;  // the last of those that he did not want
  template <class V>
  void visit(V&& v) {
    v(claimed_by, claimed_in, claimed_until, slot, calls, unanswered, last_at, again_at, declined);
  }
};

// What a facility lets desks know (T11); its text is the personal part.
struct FacilityNoticeState {
  SiteNo origin;
  OwnerTerm term;
  OwnerSeq seq;
  Hlt changed;
  AggregateId by;
  SiteNo facility;
  LocalDay from;
  LocalDay until;  // zero: until it is withdrawn
  bool withdrawn = false;
  template <class V>
  void visit(V&& v) {
    v(origin, term, seq, changed, by, facility, from, until, withdrawn);
  }
};

// The recording of a conversation (recording.h). `missed`: there is none; why says `fault`.
struct RecordingState {
  SiteNo site;  // zero: only its end is here
  Hlt heard;
  Recorded of;
  bool missed = false;
  RecordingFault fault = RecordingFault::kRefused;
  std::uint32_t duration_ms = 0;
  SoundFormat format = SoundFormat::kALaw8k;
  Copies copies = Copies::kSiteAlone;
  TimeMs keep_until;
  FileHash hash;
  std::uint64_t bytes = 0;
  std::vector<FileHash> chunks;
  TimeMs erased_at;  // by its retention, as its site says; zero: not so
  template <class V>
  void visit(V&& v) {
    v(site, heard, of, missed, fault, duration_ms, format, copies, keep_until, hash, bytes, chunks);
    v(erased_at);
  }
};

}  // namespace opora::protocol
