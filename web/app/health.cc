#include <unistd.h>

#include <fstream>
#include <sstream>

#include "web/app/auth.h"
#include "web/app/daemon.h"
#include "web/app/disk_room.h"
#include "web/server/problem.h"

namespace opora::app {

namespace {

// One metric of Prometheus' text exposition format.
void metric(std::ostringstream& out, std::string_view name, std::string_view type,
            std::uint64_t value) {
  out << "# TYPE " << name << ' ' << type << '\n' << name << ' ' << value << '\n';
}

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void server_metrics(std::ostringstream& out, const web::Server& server) {
  const web::ServerMetrics m = server.metrics();
  metric(out, "opora_http_connections_total", "counter", m.connections_accepted);
  metric(out, "opora_http_connections_open", "gauge", m.connections_open);
  metric(out, "opora_websockets_open", "gauge", m.websockets_open);
  metric(out, "opora_http_requests_total", "counter", m.requests);
  out << "# TYPE opora_http_answers_total counter\n";
  for (std::size_t c = 1; c < m.answers_by_class.size(); ++c) {
    out << "opora_http_answers_total{class=\"" << c << "xx\"} " << m.answers_by_class[c] << '\n';
  }
  out << "# TYPE opora_http_refused_total counter\n";
  for (std::size_t r = 0; r < m.refused.size(); ++r) {
    out << "opora_http_refused_total{reason=\"" << web::refusal_name(static_cast<web::Refusal>(r))
        << "\"} " << m.refused[r] << '\n';
  }
  metric(out, "opora_exceptions_caught_total", "counter", m.exceptions_caught);
}

// Numbers only, no names: open to this machine's own monitoring, else by role.
Status may_read_metrics(const Context& context, const web::Request& request) {
  if (request.peer.loopback) return ok_status();
  auto user = authorize(context, request, protocol::Action::kReadMetrics);
  return user.ok() ? ok_status() : Status(user.error());
}

}  // namespace

void add_health_routes(web::Router& router, const Context& context,
                       std::function<const web::Server*()> server,
                       std::function<std::string()> extra) {
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
            [&context, server = std::move(server), extra = std::move(extra)](
                const web::Request& request, const web::PathParams&, const web::Respond& respond) {
              const Status allowed = may_read_metrics(context, request);
              if (!allowed.ok()) return respond(web::problem(allowed.error()));
              std::ostringstream out;
              metric(out, "opora_resident_bytes", "gauge", resident_bytes());
              if (const web::Server* s = server()) server_metrics(out, *s);
              out << extra();
              web::Response response = web::text_response(200, out.str());
              response.content_type = "text/plain; version=0.0.4; charset=utf-8";
              respond(std::move(response));
            });
}

}  // namespace opora::app
