// GET /api/v1/sync of a site and the "sync" message of the live stream: what waits, since when,
// what went wrong.
#pragma once

#include "node/link_state.h"
#include "node/mail/mailroom.h"
#include "node/waiting_forms.h"
#include "sync/journal/journal_guard.h"
#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::node {

// What the page reads; all of it outlives the routes.
struct SyncSources {
  const LinkState& link;
  const sync::StoreStreams& streams;
  WaitingForms& forms;
  const sync::JournalGuard& guard;
  const Mailroom& mailroom;
};
void add_sync_route(web::Router& router, const app::Context& context, SyncSources sources);

// Of the site's own journal: its last record, how many of them the region has not confirmed, and
// when the first of those happened.
StreamPos journal_end(const sync::Reader& rows, SiteNo site);
std::uint64_t unsent(StreamPos end, StreamPos acked);
std::optional<TimeMs> oldest_pending(const sync::Reader& rows, SiteNo site, StreamPos acked);

// Makes the live stream's {"type":"sync",…}; remembers between calls how much there was to send
// after a cut. Called from the live thread only.
class SyncMessage {
 public:
  SyncMessage(const sync::Store& store, SiteNo site, const LinkState& link, WaitingForms& forms)
      : store_(store), site_(site), link_(link), forms_(forms) {}
  std::string operator()();

 private:
  const sync::Store& store_;
  SiteNo site_;
  const LinkState& link_;
  WaitingForms& forms_;
  // Forms that waited when the link came back; 0: not catching up.
  std::uint64_t catch_up_total_ = 0;
};

}  // namespace opora::node
