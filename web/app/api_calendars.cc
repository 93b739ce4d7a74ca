// Catalogues that deadlines are made of: production years, calendars, queues (A10, A14, V3). Read
// everywhere, changed at the hub.
#include <algorithm>

#include "protocol/domain/decide.h"
#include "sync/projection/projection.h"
#include "web/app/calendar_form.h"
#include "web/app/calendars.h"
#include "web/app/catalogue_edit.h"
#include "web/app/catalogue_read.h"

namespace opora::app {

using protocol::Kind;

namespace {

template <class State>
web::Response list(const std::vector<State>& states,
                   void (*write)(web::JsonWriter&, const State&)) {
  web::JsonWriter out(16 * 1024);
  out.object([&] {
    out.array("items", [&] {
      for (const State& state : states) write(out, state);
    });
  });
  return web::json_response(200, out.take());
}

web::Response list_years(const Context& context) {
  return list(production_years(*context.store.snapshot()), write_production_year);
}
web::Response list_calendars(const Context& context) {
  return list(calendars(*context.store.snapshot()), write_calendar);
}
web::Response list_queues(const Context& context) {
  return list(queues(*context.store.snapshot()), write_queue);
}

template <class State>
web::Response one(const State& state, void (*write)(web::JsonWriter&, const State&)) {
  web::JsonWriter out;
  write(out, state);
  return web::json_response(200, out.take());
}

Result<sync::Answer> publish(sync::Decision& decision,
                             const protocol::PublishProductionYear& command) {
  const auto id = protocol::production_year_aggregate(command.facts.year);
  const auto* before = decision.load(Kind::kProductionYear, id).as<protocol::ProductionYearState>();
  return emitted(decision, protocol::decide(command, before, decision.context()));
}

// What stands in the table is meant for whatever stands here.
Result<sync::Answer> import(sync::Decision& decision,
                            const std::vector<protocol::ProductionYearPublished>& years) {
  for (const auto& facts : years) {
    const auto id = protocol::production_year_aggregate(facts.year);
    const auto* before =
        decision.load(Kind::kProductionYear, id).as<protocol::ProductionYearState>();
    if (before != nullptr && before->facts == facts) continue;
    const OwnerSeq base = before == nullptr ? OwnerSeq{} : before->seq;
    auto done = emitted(decision, protocol::decide(protocol::PublishProductionYear{facts, base},
                                                   before, decision.context()));
    if (!done.ok()) return done;
  }
  return sync::Answer{};
}

Result<sync::Answer> change(sync::Decision& decision, const protocol::ChangeCalendar& command) {
  const auto id = protocol::calendar_aggregate(command.facts.id);
  const auto* before = decision.load(Kind::kCalendar, id).as<protocol::CalendarState>();
  return emitted(decision, protocol::decide(command, before, decision.context()));
}

Result<sync::Answer> change(sync::Decision& decision, const protocol::ChangeQueue& command) {
  const auto id = protocol::queue_aggregate(command.facts.id);
  const auto calendar_id = protocol::calendar_aggregate(command.facts.calendar);
  const auto* before = decision.load(Kind::kQueue, id).as<protocol::QueueState>();
  const auto* calendar = decision.load(Kind::kCalendar, calendar_id).as<protocol::CalendarState>();
  return emitted(decision, protocol::decide(command, before, calendar, decision.context()));
}

Result<std::vector<protocol::ProductionYearPublished>> read_table(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  const std::string tsv = in.text("tsv", {1, protocol::kMaxProductionTableBytes});
  OPORA_TRY(in.finish());
  return protocol::parse_production_years(tsv);
}

std::uint16_t year_number(std::string_view text) {
  if (text.size() != 4) return 0;
  std::uint16_t out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    out = static_cast<std::uint16_t>(out * 10 + (c - '0'));
  }
  return out;
}

// Reads the body, decides on the engine's thread, shows what is kept now.
class Handlers {
 public:
  explicit Handlers(const Context& context) : context_(context) {}

  void put_year(const web::Request& request, std::uint16_t year,
                const web::Respond& respond) const {
    edit_catalogue(
        context_, request, respond, [&] { return read_production_year(year, request.body); },
        [](auto& decision, const auto& command) { return publish(decision, command); },
        [this, year] {
          const auto years = production_years(*context_.store.snapshot());
          return one(
              *std::ranges::find(years, year, [](const auto& each) { return each.facts.year; }),
              write_production_year);
        });
  }

  void import_years(const web::Request& request, const web::Respond& respond) const {
    edit_catalogue(
        context_, request, respond, [&] { return read_table(request.body); },
        [](auto& decision, const auto& years) { return import(decision, years); },
        [this] { return list_years(context_); });
  }

  void put_calendar(const web::Request& request, const std::string& id,
                    const web::Respond& respond) const {
    edit_catalogue(
        context_, request, respond, [&] { return read_calendar(id, request.body); },
        [](auto& decision, const auto& command) { return change(decision, command); },
        [this, id] { return one(*find_calendar(*context_.store.snapshot(), id), write_calendar); });
  }

  void put_queue(const web::Request& request, const std::string& id,
                 const web::Respond& respond) const {
    edit_catalogue(
        context_, request, respond, [&] { return read_queue(id, request.body); },
        [](auto& decision, const auto& command) { return change(decision, command); },
        [this, id] { return one(*find_queue(*context_.store.snapshot(), id), write_queue); });
  }

 private:
  const Context& context_;
};

}  // namespace

void add_calendar_routes(web::Router& router, const Context& context) {
  add_catalogue_read(router, context, "/api/v1/catalogues/production", list_years);
  add_catalogue_read(router, context, "/api/v1/catalogues/calendars", list_calendars);
  add_catalogue_read(router, context, "/api/v1/catalogues/queues", list_queues);
  if (context.place != protocol::Place::kHub) return;
  const auto handlers = std::make_shared<const Handlers>(context);
  router.on(web::Method::kPut, "/api/v1/catalogues/production/{year}",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handlers->put_year(request, year_number(params["year"]), respond);
            });
  router.on(web::Method::kPost, "/api/v1/catalogues/production/import",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->import_years(request, respond); });
  router.on(web::Method::kPut, "/api/v1/catalogues/calendars/{id}",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handlers->put_calendar(request, std::string(params["id"]), respond);
            });
  router.on(web::Method::kPut, "/api/v1/catalogues/queues/{id}",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handlers->put_queue(request, std::string(params["id"]), respond);
            });
}

}  // namespace opora::app
