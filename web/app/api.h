// The routes that both daemons serve. Each function adds its routes; the context outlives the
// router.
#pragma once

#include "web/app/context.h"
#include "web/server/router.h"

namespace opora::app {

void add_session_routes(web::Router& router, const Context& context);
void add_live_route(web::Router& router, const Context& context);
void add_call_routes(web::Router& router, const Context& context);       // GET calls, calls/live
void add_recording_routes(web::Router& router, const Context& context);  // O6, A18
void add_contact_routes(web::Router& router,
                        const Context& context);  // GET contacts, contacts/{id}, callers
void add_ticket_routes(web::Router& router,
                       const Context& context);  // GET tickets, tickets/{number}
void add_saved_filter_routes(web::Router& router, const Context& context);  // ticket_filters
void add_tie_routes(web::Router& router, const Context& context);           // tickets/{number}/ties
void add_similar_route(web::Router& router, const Context& context);        // tickets/similar
void add_caller_routes(web::Router& router, const Context& context);  // T9: callers of a problem
void add_notice_routes(web::Router& router, const Context& context);  // A-esc
void add_attachment_routes(web::Router& router, const Context& context);       // V6, reading
void add_facility_notice_routes(web::Router& router, const Context& context);  // T11
void add_problem_routes(web::Router& router, const Context& context);          // T9
void add_catalogue_routes(web::Router& router, const Context& context);   // rubricator (T7), sites
void add_calendar_routes(web::Router& router, const Context& context);    // A10, A14, V3
void add_competence_routes(web::Router& router, const Context& context);  // V9b
void add_template_routes(web::Router& router, const Context& context);
void add_deadline_route(web::Router& router, const Context& context);  // preview
void add_user_routes(web::Router& router, const Context& context);
void add_agent_routes(web::Router& router, const Context& context);          // T13, simple part
void add_report_routes(web::Router& router, const Context& context);         // T5, shift
void add_ticket_report_routes(web::Router& router, const Context& context);  // A19
void add_erasure_routes(web::Router& router, const Context& context);
void add_audit_route(web::Router& router, const Context& context);
void add_digest_route(web::Router& router, const Context& context);
void add_document_route(web::Router& router);  // web/api/openapi.yaml, for everybody
class Backups;
// Not among the common ones: programs without a store on disk have none. `backups` outlives the
// router.
void add_backup_routes(web::Router& router, const Context& context, Backups& backups);

}  // namespace opora::app
