// GET /api/v1/sync of a site and the "sync" message of the live stream: what waits, since when,
// what went wrong.
#pragma once

#include "node/link_state.h"
#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::node {

void add_sync_route(web::Router& router, const app::Context& context, const LinkState& link);

// Makes the live stream's {"type":"sync",…}; remembers between calls how much there was to send
// after a cut. Called from the live thread only.
class SyncMessage {
 public:
  SyncMessage(const sync::Store& store, SiteNo site, const LinkState& link)
      : store_(store), site_(site), link_(link) {}
  std::string operator()();

 private:
  const sync::Store& store_;
  SiteNo site_;
  const LinkState& link_;
  std::uint64_t catch_up_total_ =
      0;  // records that waited when the link came back; 0: not catching up
};

}  // namespace opora::node
