// What a ticket's state (state.h) is made of: its owners and offers, where it waited and why, what
// was said of its deadlines, whom it passed.
#pragma once

#include <string>

#include "protocol/domain/events.h"

namespace opora::protocol {

// What the region said of one owner (ownership.h). The opener's term, 1, has none: it opened.
struct Tenure {
  SiteNo owner;
  SiteNo before;
  StreamPos before_through;  // what `before` did behind this position of its journal is late
  OwnerCause cause = OwnerCause::kAccepted;
  std::uint32_t lease_ms = 0;  // 0: none
  Hlt since;
  AggregateId by;
  template <class V>
  void visit(V&& v) {
    v(owner, before, before_through, cause, lease_ms, since, by);
  }
};

// The owner's last word on handing the ticket over; seq 0: none.
struct TicketOffer {
  OwnerTerm term;
  OwnerSeq seq;
  SiteNo to;
  TimeMs until;  // zero: no end
  AggregateId by;
  Hlt at;
  template <class V>
  void visit(V&& v) {
    v(term, seq, to, until, by, at);
  }
};

struct OfferAnswer {
  OwnerTerm term;
  OwnerSeq offer;
  SiteNo site;
  OfferReply reply = OfferReply::kAccepted;
  Hlt at;
  AggregateId by;
  template <class V>
  void visit(V&& v) {
    v(term, offer, site, reply, at, by);
  }
};

// From this moment on: the queue that holds the ticket, at the site that said so. A site that gets
// it holds it from its own first word on; up to there its sender did, whatever the region decided.
struct Stay {
  TimeMs from;
  std::string queue;
  SiteNo site;
  template <class V>
  void visit(V&& v) {
    v(from, queue, site);
  }
};

// A time in which the clocks stood: for the applicant, or done and reopened (no reason).
struct Wait {
  TimeMs from;
  TimeMs to;  // zero: it goes on
  WaitReason reason = WaitReason::kNone;
  template <class V>
  void visit(V&& v) {
    v(from, to, reason);
  }
};

// A share of a norm that is used up, as the owner said.
struct Reached {
  DueClock clock = DueClock::kCompletion;
  Threshold threshold = Threshold::kWarned;
  TimeMs moment;
  Hlt at;  // when it was said
  LinkThen link = LinkThen::kNotSaid;
  TimeMs cut_since;
  TimeMs region_at;  // from when on the region is told; zero: at once
  template <class V>
  void visit(V&& v) {
    v(clock, threshold, moment, at, link, cut_since, region_at);
  }
};

// A thing to do on the way (TicketItemChanged); what it is stands in the history.
struct ChecklistItem {
  std::uint16_t item = 0;
  Hlt added;
  AggregateId added_by;
  bool ticked = false;
  Hlt changed;  // zero: never since it was added
  AggregateId changed_by;
  template <class V>
  void visit(V&& v) {
    v(item, added, added_by, ticked, changed, changed_by);
  }
};

// Somebody who had a ticket; a login means one person at a site. Whoever had it before so many
// others is not waiting for word of it.
inline constexpr std::size_t kMaxHolders = 20;
struct TicketHolder {
  SiteNo site;
  std::string login;
  bool operator==(const TicketHolder&) const = default;
  template <class V>
  void visit(V&& v) {
    v(site, login);
  }
};

// What those who have or had to do with a ticket are told (A9), besides its deadlines.
enum class NewsWhat : std::uint8_t {
  kNone = 0,
  kGiven = 1,       // to its assignee
  kAnswered = 2,    // done or rejected
  kPassedDown = 3,  // to a lower line
  kReopened = 4,    // the applicant objected (A17)
};
struct TicketNews {
  NewsWhat what = NewsWhat::kNone;
  Hlt at;
  AggregateId by;
  template <class V>
  void visit(V&& v) {
    v(what, at, by);
  }
};

}  // namespace opora::protocol
