// What the events of a call back fold into (state.h); call_back.h reads it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "protocol/domain/events.h"

namespace opora::protocol {

// Whose the call is from a term on: said by the site that lost the call, which has the first term.
struct CallBackTenure {
  SiteNo by;
  SiteNo to;
  TimeMs until;             // of the lease, on the clock of `by`; zero: none
  StreamPos valid_through;  // in the journal of whoever had the term before
  Hlt said;
  template <class V>
  void visit(V&& v) {
    v(by, to, until, valid_through, said);
  }
};

// Said by a site whose turn it was not, or no longer: kept and shown, without effect.
struct LateCall {
  TimeMs at;
  SiteNo site;
  std::string by;
  CallBackResult result = CallBackResult::kNoAnswer;
  auto operator<=>(const LateCall&) const = default;
  template <class V>
  void visit(V&& v) {
    v(at, site, by, result);
  }
};

struct CallBackClaim {
  std::string by;  // empty: nobody
  OwnerTerm term;  // a claim ends with it
  TimeMs at;
  TimeMs until;
  template <class V>
  void visit(V&& v) {
    v(by, term, at, until);
  }
};

// The last that a site said in a term of its own, whether or not it came in its turn: who had taken
// him up with it.
struct CallBackWord {
  OwnerSeq seq;
  std::string claimed_by;  // empty: nobody, or the claim is used up
  template <class V>
  void visit(V&& v) {
    v(seq, claimed_by);
  }
};

struct CallBackState {
  SiteNo site;     // that lost the call
  OwnerTerm term;  // with seq: the last event that took effect
  OwnerSeq seq;
  std::map<SiteNo, StreamPos> last;             // of each site's last word in its turn
  std::map<OwnerTerm, CallBackTenure> tenures;  // from term 2 on
  std::uint32_t late = 0;                       // words without effect
  std::uint32_t early = 0;                      // of a term whose beginning is not here yet
  std::vector<LateCall> late_calls;             // the first of them, by time
  Hlt opened;                                   // zero: only additions are here
  AggregateId call;                             // the first
  TimeMs lost_at;                               // of the first call
  DeskNo desk;
  std::string line;
  std::int16_t zone_offset_min = 0;
  std::uint8_t limit = 0;
  std::uint32_t asked = 0;  // calls that nobody took
  Hlt asked_last;
  TimeMs lost_last;  // of the latest of them
  QueuePlace place;  // the earliest that he keeps
  JourneyId journey;
  Hlt met;  // the last time that he was talked with; zero: not yet
  CallBackEnd met_how = CallBackEnd::kNone;
  CallBackClaim claim;
  std::map<OwnerTerm, CallBackWord> words;
  TimeMs again_at;
  std::uint32_t tried = 0;                                 // so often he was called
  std::uint32_t unanswered = 0;                            // since he asked for the first time
  CallBackResult last_result = CallBackResult::kReleased;  // of the last call; released: none yet
  TimeMs last_at;
  SiteNo last_site;
  std::string last_by;
  CallBackEnd end = CallBackEnd::kNone;
  Hlt ended;
  template <class V>
  void visit(V&& v) {
    v(site, term, seq, last, tenures, late, early, late_calls, opened, call, lost_at, desk, line,
      zone_offset_min, limit, asked, asked_last, lost_last, place, met, met_how, claim, again_at,
      tried, unanswered, last_result, last_at, last_site, last_by, end, ended, journey, words);
  }
};

}  // namespace opora::protocol
