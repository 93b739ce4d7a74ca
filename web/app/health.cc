#include "web/app/auth.h"
#include "web/app/daemon.h"
#include "web/app/disk_room.h"
#include "web/app/process_metrics.h"
#include "web/server/problem.h"

namespace opora::app {

namespace {

// Whether somebody else's request comes through a proxy on this machine: then this machine's own
// monitoring is not who asks.
bool is_forwarded(const web::Request& request) {
  for (const char* field : {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"}) {
    if (request.headers.find(field)) return true;
  }
  return false;
}

// Numbers only, no names: open to this machine's own monitoring, else by role.
Status may_read_metrics(const Context& context, const web::Request& request) {
  if (request.peer.loopback && !is_forwarded(request)) return ok_status();
  auto user = authorize(context, request, protocol::Action::kReadMetrics);
  return user.ok() ? ok_status() : Status(user.error());
}

web::Response metrics_page(const Context& context, const HealthSources& sources) {
  MetricsPage page;
  add_process_metrics(page, context, sources.store);
  if (const web::Server* server = sources.server()) add_server_metrics(page, server->metrics());
  sources.more(page);
  web::Response response = web::text_response(200, page.text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace

void add_health_routes(web::Router& router, const Context& context, HealthSources sources) {
  router.on(web::Method::kGet, "/livez",
            [](const web::Request&, const web::PathParams&, const web::Respond& respond) {
              respond(web::text_response(200, "ok"));
            });
  // Ready means that a command goes through the engine, which waits for nothing but the disk.
  router.on(
      web::Method::kGet, "/readyz",
      [&context](const web::Request&, const web::PathParams&, const web::Respond& respond) {
        sync::Command probe;
        probe.decide = [](sync::Decision&) { return Result<sync::Answer>(sync::Answer{}); };
        const bool low = context.disk_room != nullptr && context.disk_room->low();
        probe.done = [respond, low](const Result<sync::Answer>& answer) {
          const char* const text = low ? "ready; the disk is full" : "ready";
          respond(answer.ok() ? web::text_response(200, text) : web::problem(503, answer.error()));
        };
        context.engine.submit(std::move(probe));
      });
  router.on(web::Method::kGet, "/metrics",
            [&context, sources = std::move(sources)](
                const web::Request& request, const web::PathParams&, const web::Respond& respond) {
              const Status allowed = may_read_metrics(context, request);
              if (!allowed.ok()) return respond(web::problem(allowed.error()));
              respond(metrics_page(context, sources));
            });
}

}  // namespace opora::app
