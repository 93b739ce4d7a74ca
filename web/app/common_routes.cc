// A file of its own: programs that use other parts of this folder have no UI to link.
#include "web/app/api.h"
#include "web/app/daemon.h"
#include "web/server/assets.h"

namespace opora::app {

void add_common_routes(web::Router& router, const Context& context) {
  add_session_routes(router, context);
  add_live_route(router, context);
  add_call_routes(router, context);
  add_recording_routes(router, context);
  add_contact_routes(router, context);
  add_ticket_routes(router, context);
  add_saved_filter_routes(router, context);
  add_tie_routes(router, context);
  add_similar_route(router, context);
  add_caller_routes(router, context);
  add_notice_routes(router, context);
  add_attachment_routes(router, context);
  add_problem_routes(router, context);
  add_facility_notice_routes(router, context);
  add_catalogue_routes(router, context);
  add_calendar_routes(router, context);
  add_competence_routes(router, context);
  add_template_routes(router, context);
  add_deadline_route(router, context);
  add_user_routes(router, context);
  add_agent_routes(router, context);
  add_report_routes(router, context);
  add_ticket_report_routes(router, context);
  add_erasure_routes(router, context);
  add_audit_route(router, context);
  add_digest_route(router, context);
  add_document_route(router);
  router.assets(web::embedded_assets());
}

}  // namespace opora::app
