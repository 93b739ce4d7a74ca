// By when a ticket would have to be registered, given to a specialist and completed (A14, V3): the
// pure rules over the catalogues as they are known here.
#include "protocol/domain/colleagues.h"
#include "protocol/domain/ticket_deadlines.h"
#include "protocol/domain/ticket_draft.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/calendar_form.h"
#include "web/app/calendars.h"
#include "web/app/names.h"
#include "web/app/timetables.h"
#include "web/app/unsettled.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Deadline;

namespace {

struct Preview {
  protocol::TicketClock clock;
  std::string queue;  // empty: the one that a new ticket of this topic would wait in
  std::string topic;
  std::optional<SiteNo> site;  // that holds the ticket; nothing: the daemon's own place
};

Result<Preview> read_preview(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Preview out;
  out.clock.urgency =
      in.required_enum<protocol::Urgency>("urgency", enum_names<protocol::Urgency>());
  out.clock.category = in.optional_line("category", {0, 200}).value_or("");
  out.queue = in.optional_line("queue", {1, 40}).value_or("");
  out.topic = in.optional_line("topic", {1, 64}).value_or("");
  if (out.queue.empty() && out.topic.empty()) in.fail("queue", "required without topic");
  if (const auto site = in.optional_integer("site", {1, kMaxSiteNo}))
    out.site = SiteNo{static_cast<std::uint32_t>(*site)};
  out.clock.received_at = in.time("received_at");
  out.clock.registered_at = in.optional_time("registered_at");
  in.array("pauses", {0, protocol::kMaxPauses}, [&](web::JsonReader& row) {
    const TimeMs from = row.time("from");
    out.clock.pauses.push_back({from, row.optional_time("to")});
  });
  OPORA_TRY(in.finish());
  OPORA_TRY(protocol::check(out.clock));
  return out;
}

// What stands in the rubricator and the queues now, for what was not said.
void fill_in(Preview& preview, const Context& context, const sync::Reader& rows) {
  if (preview.topic.empty()) return;
  const auto rubricator =
      sync::read_entity(rows, protocol::Kind::kRubricator, protocol::rubricator_id());
  const auto* state = rubricator.as<protocol::RubricatorState>();
  const auto* topic = protocol::find_topic(state, preview.topic);
  if (topic != nullptr && preview.clock.category.empty()) preview.clock.category = topic->kind;
  if (!preview.queue.empty()) return;
  // A registration is given to line 1 of its site.
  preview.queue =
      timetable_of(rows, context.zone)
          .queue_for({protocol::kFirstLine, preview.site.value_or(context.site), preview.topic});
}

// A calendar without a zone has the hours of the place that holds the ticket.
Result<Zone> zone_of(const Context& context, const sync::Reader& rows, const Preview& preview,
                     const protocol::CalendarChanged& calendar) {
  if (!calendar.zone.empty()) return Zone::find(calendar.zone);
  if (!preview.site) return context.zone;
  const auto entity =
      sync::read_entity(rows, protocol::Kind::kSite, protocol::site_aggregate(*preview.site));
  const auto* site = entity.as<protocol::SiteState>();
  if (site == nullptr) return invalid("site", "no such site");
  return Zone::find(site->zone);
}

void write_deadline(web::JsonWriter& out, std::string_view name,
                    const std::optional<Deadline>& deadline) {
  if (!deadline) return out.field(name, std::nullopt);
  out.object(name, [&] {
    write_norm(out, "norm", deadline->norm);
    out.field("warn_at", deadline->warn_at);
    out.field("due_at", deadline->due_at);
    out.array("skipped", [&] {
      for (const auto& day : deadline->skipped) {
        out.object([&] {
          out.field("date", to_text(day.day));
          out.field("why", protocol::to_name(day.reason));
          out.field("shortened", day.shortened);
        });
      }
    });
  });
}

// Where no queue takes the topic its tickets have no deadlines.
struct Answer {
  std::string_view zone;
  std::optional<std::string> queue{};
  OwnerSeq queue_version{};
  OwnerSeq calendar_version{};
  protocol::TicketDeadlines deadlines{};
  protocol::Years years{};
};

web::Response response_of(const Answer& answer) {
  web::JsonWriter out(4 * 1024);
  out.object([&] {
    out.field("queue", answer.queue);
    out.field("zone", answer.zone);
    out.field("queue_version", answer.queue_version.v);
    out.field("calendar_version", answer.calendar_version.v);
    write_deadline(out, "registration", answer.deadlines.registration);
    write_deadline(out, "reaction", answer.deadlines.reaction);
    write_deadline(out, "completion", answer.deadlines.completion);
    write_years(out, answer.years);
  });
  return web::json_response(200, out.take());
}

Result<web::Response> preview_of(const Context& context, Preview preview) {
  const auto rows = context.store.snapshot();
  fill_in(preview, context, *rows);
  if (preview.queue.empty()) return response_of({context.zone.name()});
  const auto queue = find_queue(*rows, preview.queue);
  if (!queue) return invalid("queue", "no such queue");
  const auto calendar = find_calendar(*rows, queue->facts.calendar);
  if (!calendar) return invalid("queue", "its calendar has not arrived here yet");
  const auto zone = zone_of(context, *rows, preview, calendar->facts);
  if (!zone.ok()) return zone.error();
  const protocol::ProductionCalendar production = production_calendar(*rows);
  const protocol::ZoneOffset offset = [&zone](TimeMs at) { return zone->offset_min(at); };
  const protocol::WorkingTime time(calendar->facts.hours, production, offset);
  const auto deadlines = protocol::deadlines_of(preview.clock, queue->facts, time);
  protocol::UnsettledYears years(decreed_years(*rows));
  const auto count = [&](const std::optional<Deadline>& deadline, TimeMs from) {
    if (deadline && deadline->due_at)
      years.count({deadline->norm, calendar->facts.hours, offset, from, *deadline->due_at});
  };
  const TimeMs registered = preview.clock.registered_at.value_or(preview.clock.received_at);
  count(deadlines.registration, preview.clock.received_at);
  count(deadlines.reaction, registered);
  count(deadlines.completion, registered);
  return response_of({zone->name(), std::move(preview.queue), queue->seq, calendar->seq, deadlines,
                      years.found()});
}

void preview(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, protocol::Action::kReadCatalogues);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto asked = read_preview(request.body);
  if (!asked.ok()) return respond(web::problem(asked.error()));
  auto answer = preview_of(context, std::move(*asked));
  respond(answer.ok() ? std::move(*answer) : web::problem(answer.error()));
}

}  // namespace

void add_deadline_route(web::Router& router, const Context& context) {
  router.on(web::Method::kPost, "/api/v1/deadlines/preview",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { preview(context, request, respond); });
}

}  // namespace opora::app
