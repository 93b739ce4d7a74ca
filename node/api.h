// The routes that only a site has: what happens at its desks.
#pragma once

#include "node/call_desk.h"
#include "node/call_monitor.h"
#include "node/mail/mailroom.h"
#include "node/media/media.h"
#include "protocol/domain/waiting_list.h"
#include "web/app/context.h"
#include "web/app/timetables.h"
#include "web/server/router.h"

namespace opora::node {

struct IntakeSettings {
  std::uint32_t phantom_ms = 5'000;  // T5b: unanswered and gone within this long is a phantom call
  // H2: calls in a row without an answer before a patient may be taken off the waiting list.
  std::uint32_t list_attempts = protocol::kDefaultAttempts;
};

void add_telephony_routes(web::Router& router, const app::Context& context,
                          const IntakeSettings& settings, const CallDesk* calls);
// O7; `calls` may be null.
void add_call_back_routes(web::Router& router, const app::Context& context, CallDesk* calls);
struct AttachmentSettings {
  std::vector<protocol::FileKind> kinds{kKnownKinds.begin(), kKnownKinds.end()};
  std::size_t max_bytes = std::size_t{3} << 20;         // of one file (V6)
  std::uint64_t quota_bytes = std::uint64_t{20} << 30;  // of all files that the site keeps
};
// What is sent is decoded by `worker`, which outlives the routes.
void add_attachment_intake(web::Router& router, const app::Context& context, app::Worker& worker,
                           const AttachmentSettings& settings);
// What uploads left behind that the end of the process overtook: once, before anything is served.
void discard_unfinished_uploads(const app::Context& context);
// The timetables outlive the engine.
void add_contact_intake(web::Router& router, const app::Context& context,
                        app::Timetables& timetables);
void add_ticket_actions(web::Router& router, const app::Context& context,
                        app::Timetables& timetables, const IntakeSettings& settings);
void add_waiting_list_route(web::Router& router, const app::Context& context,
                            const IntakeSettings& settings);
// Whom this site has yet to tell (A15).
void add_untold_route(web::Router& router, const app::Context& context, const Mailroom& mailroom);
void add_take_next(web::Router& router, const app::Context& context, app::Timetables& timetables);
void add_part_intake(web::Router& router, const app::Context& context, app::Timetables& timetables);
// What this node has of telephone systems; each may be null, one of them is.
struct CallSources {
  CallDesk* desk = nullptr;  // driven: the call queue is told of an agent's state, and tells it
  CallMonitor* monitor = nullptr;  // watched: it tells the states of its agents, nobody sets them
};
void add_own_agent_state(web::Router& router, const app::Context& context, CallSources calls);

}  // namespace opora::node
