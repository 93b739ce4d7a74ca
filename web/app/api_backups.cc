#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/backups.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;

namespace {

void write_backup(web::JsonWriter& out, const sync::BackupInfo& backup) {
  out.field("number", static_cast<std::int64_t>(backup.no.v));
  out.field("at", backup.at);
  out.field("bytes", static_cast<std::int64_t>(backup.bytes));
  const auto note = note_of(backup.note);
  out.field("records", note ? static_cast<std::int64_t>(records_of(*note)) : 0);
  out.array("journals", [&] {
    for (const auto& head : note.value_or(BackupNote{}).heads) {
      out.object([&] {
        out.field("site", head.origin);
        out.field("records", head.n);
      });
    }
  });
}

void write_plan(web::JsonWriter& out, const Backups::State& state) {
  if (!state.plan) return out.field("plan", std::nullopt);
  out.object("plan", [&] {
    out.field("folder", state.plan->folder);
    out.field("every_hours", state.plan->every_hours);
    out.field("keep", state.plan->keep);
  });
}

std::string state_json(const Backups::State& state) {
  web::JsonWriter out;
  out.object([&] {
    write_plan(out, state);
    out.field("running", state.running);
    out.field("next", state.next);
    if (state.last) {
      out.object("last", [&] {
        out.field("at", state.last->at);
        out.field("ok", state.last->taken.has_value());
        out.field("why", state.last->why);
      });
    } else {
      out.field("last", std::nullopt);
    }
    out.array("items", [&] {
      for (auto it = state.there.rbegin(); it != state.there.rend(); ++it)
        out.object([&] { write_backup(out, *it); });
    });
  });
  return out.take();
}

}  // namespace

void add_backup_routes(web::Router& router, const Context& context, Backups& backups) {
  router.on(web::Method::kPost, "/api/v1/backups",
            [&](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
              auto user = authorize(context, request, Action::kBackUp);
              if (!user.ok()) return respond(web::problem(user.error()));
              const Status asked = backups.take_now();
              if (!asked.ok()) return respond(web::problem(asked.error()));
              respond(web::json_response(202, state_json(backups.state())));
            });
  router.on(web::Method::kGet, "/api/v1/backups",
            [&](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
              auto user = authorize(context, request, Action::kBackUp);
              if (!user.ok()) return respond(web::problem(user.error()));
              respond(web::json_response(200, state_json(backups.state())));
            });
}

}  // namespace opora::app
