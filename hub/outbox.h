// Outbox: which records go down to which sites. Called inside the engine's transaction for every
// event at the hub, so that an event and its place in the streams are one write. Engine's thread
// only.
//
// Common stream (every site): catalogues, sites, current problems. Private stream of a site: its
// users; erasures that concern it; tickets that it opened, owns or owned, or that are offered to
// it; calls back that it owed or was to make. An entitlement granted sends the aggregate's whole
// history, its key and its erasure. One that ends (a user leaves the site, an offer ends otherwise
// than by its acceptance) sends the record that says so, the farewell, and nothing after it; what
// still waits in front of it is not sent either: send_rights() is asked for every entry at that
// moment (docs: sync/README.md).
//
// Rows of kMeta: "entitled" aggregate site -> behind which position of its stream; "keysent"
// aggregate stream site; "keywait" aggregate stream site (the record went ahead of its key);
// "erasure" aggregate stream site -> position; "farewell" aggregate stream site -> position, 0 when
// the site said it itself: whose right ended, who may hold what it was sent before;
// "erased" aggregate -> the record that says so.
#pragma once

#include "sync/engine/engine_core.h"
#include "sync/feed/store_streams.h"
#include "sync/journal/known_ids.h"

namespace opora::hub {

class Outbox {
 public:
  Outbox();
  // The engine that calls on_event() lends its stream writer and vault.
  void attach(sync::EngineCore& engine) { engine_ = &engine; }

  void on_event(sync::Transaction& txn, const protocol::Event& event, const sync::JournalRef& ref);
  void on_key(sync::Transaction& txn, const AggregateId& aggregate);
  // The site that began the aggregate has another key, which opens nothing of it.
  void return_key(sync::Transaction& txn, const AggregateId& aggregate, SiteNo site);
  // The site may read this ticket from now on, all of it; unless what gave it the right is over.
  void grant(sync::Transaction& txn, const AggregateId& ticket, SiteNo site);
  // Where it was opened a ticket is read for ever, with all that others do to it.
  void entitle_home(sync::Transaction& txn, const AggregateId& ticket);

  // Sites whose private stream grew since the last call; kHubSite stands for the common stream.
  std::set<SiteNo> take_grown();

 private:
  struct Place {
    sync::Stream stream;
    SiteNo site;  // kHubSite for the common stream
  };
  StreamPos send(sync::Transaction& txn, Place place, const sync::JournalRef& ref,
                 const AggregateId& aggregate);
  void send_key(sync::Transaction& txn, Place place, const AggregateId& aggregate);
  void append_key(sync::Transaction& txn, Place place, const AggregateId& aggregate);
  void user_changed(sync::Transaction& txn, const protocol::Event& event,
                    const sync::JournalRef& ref);
  // What follows in the site's stream is the site's to have.
  void begin_right(sync::Transaction& txn, const AggregateId& aggregate, SiteNo site);
  // The record that says so is in the site's stream already, unless the site said it itself.
  void end_right(sync::Transaction& txn, const AggregateId& aggregate, SiteNo site,
                 std::optional<StreamPos> farewell);
  // Of a ticket that others than its home read: who neither owns nor owned it, nor is offered it
  // any more, reads it no longer; whom an offer stands to again that seemed to be over reads it
  // again.
  void settle_offers(sync::Transaction& txn, const protocol::Event& event,
                     const std::set<SiteNo>& readers);
  // To everybody who may read the aggregate and did not say it; who may.
  std::set<SiteNo> forward(sync::Transaction& txn, const protocol::Event& event,
                           const sync::JournalRef& ref);
  void ticket_event(sync::Transaction& txn, const protocol::Event& event,
                    const sync::JournalRef& ref);
  void call_back_event(sync::Transaction& txn, const protocol::Event& event,
                       const sync::JournalRef& ref);
  bool is_spoken_of_elsewhere(const sync::Transaction& txn, const AggregateId& task) const;
  void grant_offered(sync::Transaction& txn, const AggregateId& ticket, SiteNo owner,
                     OwnerTerm term);
  void erased(sync::Transaction& txn, const protocol::Event& event, const sync::JournalRef& ref);
  void send_erasure(sync::Transaction& txn, Place place, const AggregateId& aggregate,
                    const sync::JournalRef& ref);
  // Once to each place, if there is one.
  void tell_of_erasure(sync::Transaction& txn, Place place, const AggregateId& ticket);
  // All but what the site said itself.
  void send_history(sync::Transaction& txn, Place place, const AggregateId& aggregate);

  sync::EngineCore* engine_ = nullptr;
  std::set<SiteNo> grown_;
  // Whose keys went down or wait to: asked for with every key that comes up.
  sync::KnownIds sent_;
  sync::KnownIds waiting_;
};

// Whether what there is of the ticket, its files too, is this site's to have.
bool may_read_ticket(const sync::Reader& rows, const AggregateId& ticket, SiteNo site);

// Of what stands in a site's private streams: may it go there now? A record: of what the site is
// entitled to, the farewell, an erasure. A key: of what it is entitled to, or began.
sync::SendRights send_rights();

// What waits in a site's private stream behind what it acknowledged: to be sent, and withdrawn.
struct Waiting {
  std::uint64_t records = 0;
  std::uint64_t withdrawn = 0;
};
// Looks at no more than kMaxWaitingCounted.
inline constexpr std::size_t kMaxWaitingCounted = 1'000;
Waiting waiting_for(const sync::Reader& rows, SiteNo site, StreamPos acked);

// Where an erasure still has to arrive: sites whose acknowledged position is before the erasure's
// place.
struct ErasurePlace {
  sync::Stream stream;
  SiteNo site;  // kHubSite: the common stream, every site
  StreamPos pos;
};
std::vector<ErasurePlace> erasure_places(const sync::Reader& rows, const AggregateId& aggregate);

}  // namespace opora::hub
