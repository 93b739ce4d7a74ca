#include "protocol/base/archive.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/recording_sound.h"
#include "protocol/domain/recording_texts.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/declared.h"
#include "web/app/listing.h"
#include "web/app/read_audit.h"
#include "web/app/recordings.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Entity;
using protocol::Kind;
using protocol::ListenPurpose;
using protocol::RecordingRow;
using protocol::RecordingState;

namespace {

constexpr std::int64_t kLongestS = protocol::kMaxRecordingMs / 1'000;

constexpr std::array kPurposes = {
    web::EnumName<ListenPurpose>{"quality", ListenPurpose::kQuality},
    web::EnumName<ListenPurpose>{"complaint", ListenPurpose::kComplaint},
    web::EnumName<ListenPurpose>{"incident", ListenPurpose::kIncident},
    web::EnumName<ListenPurpose>{"training", ListenPurpose::kTraining}};

struct Filter {
  Page page;
  std::optional<SiteNo> site;
  std::optional<DeskNo> desk;
  std::string agent;
  std::string line;
  std::string phone;  // a key; empty: whoever called
  std::optional<AggregateId> call;
  std::int64_t min_ms = 0;
  std::int64_t max_ms = protocol::kMaxRecordingMs * 2;
  TimeRange within{TimeMs{}, kMaxEventTime};

  bool takes(const RecordingRow& row) const {
    const bool place = (!site || row.site == *site) && (!desk || row.desk == *desk);
    const bool who = (agent.empty() || row.agent == agent) && (line.empty() || row.line == line);
    return place && who && row.duration_ms >= min_ms && row.duration_ms <= max_ms;
  }
  bool takes(const Entity& entity) const {
    const auto* state = entity.as<RecordingState>();
    if (state == nullptr || entity.erased) return false;
    const protocol::Recorded& of = state->of;
    return of.started_at >= within.from && of.started_at < within.to &&
           takes(RecordingRow{state->site, of.desk, of.line, of.agent, of.call, state->duration_ms,
                              state->missed});
  }
};

// «С 1 по 3 ноября»: both days whole, in the zone of the place.
void read_days(web::QueryReader& in, const Context& context, Filter& out) {
  const auto day = [&](std::string_view name) -> std::optional<TimeRange> {
    const auto text = in.line(name, {10, 10});
    if (!text) return std::nullopt;
    const auto read = parse_day(*text);
    if (!read) in.fail(name, "YYYY-MM-DD");
    return read ? std::optional(context.zone.range_of(*read)) : std::nullopt;
  };
  const auto from = day("from");
  const auto to = day("to");
  if (from) out.within.from = from->from;
  if (to) out.within.to = to->to;
  if (from && to && to->to <= from->from) in.fail("to", "before the first day");
}

Result<Filter> read_filter(const Context& context, const web::Query& query) {
  web::QueryReader in(query);
  Filter out;
  out.page = read_page(in);
  read_days(in, context, out);
  if (const auto site = in.integer("site", {1, kMaxSiteNo}))
    out.site = SiteNo{static_cast<std::uint32_t>(*site)};
  if (const auto desk = in.integer("desk", {1, kMaxDeskNo}))
    out.desk = DeskNo{static_cast<std::uint16_t>(*desk)};
  out.agent = in.line("agent", {1, 64}).value_or("");
  out.line = in.line("line", {1, 64}).value_or("");
  if (const auto phone = in.line("phone", {1, 40})) {
    out.phone = protocol::phone_key(*phone);
    if (out.phone.empty()) in.fail("phone", "not a telephone number");
  }
  if (const auto call = in.line("call", {32, 32})) {
    out.call = AggregateId::from_hex(*call);
    if (!out.call) in.fail("call", "32 hexadecimal digits");
    if (!out.phone.empty()) in.fail("call", "not together with phone");
  }
  out.min_ms = in.integer("min_s", {0, kLongestS}).value_or(0) * 1'000;
  out.max_ms = in.integer("max_s", {0, kLongestS}).value_or(2 * kLongestS) * 1'000;
  OPORA_TRY(in.finish());
  return out;
}

// Newest first, from the last day to the first.
void bound(Filter& filter) {
  Page& page = filter.page;
  if (page.after.empty() && filter.within.to < kMaxEventTime)
    page.after = protocol::keys::recordings_before(filter.within.to + -1);
  if (filter.within.from.v > 0)
    page.end = protocol::keys::recordings_before(filter.within.from + -1);
}

class RecordingList {
 public:
  RecordingList(const Context& context, const sync::Reader& rows, Filter filter)
      : rows_(rows), people_(rows), filter_(std::move(filter)), now_(context.clock.now()) {}

  std::string write() {
    web::JsonWriter out(32 * 1024);
    if (!filter_.phone.empty()) of_caller(out);
    else if (filter_.call) of_call(out);
    else all(out);
    return out.take();
  }

 private:
  bool item(web::JsonWriter& out, const AggregateId& id) {
    const Entity entity = sync::read_entity(rows_, Kind::kRecording, id);
    if (!filter_.takes(entity)) return false;
    out.object([&] { write_recording(out, rows_, people_, entity, now_); });
    return true;
  }

  void all(web::JsonWriter& out) {
    bound(filter_);
    write_list(out, rows_, protocol::keys::recordings(), filter_.page,
               [&](std::string_view key, std::string_view value) {
                 const auto row = from_row<RecordingRow>(value);
                 return row && filter_.takes(*row) && item(out, protocol::keys::id_of(key));
               });
  }

  void of_call(web::JsonWriter& out) {
    write_list(out, rows_, protocol::keys::recordings_of_call(*filter_.call), filter_.page,
               [&](std::string_view key, std::string_view) {
                 return item(out, protocol::keys::id_of(key));
               });
  }

  // By the calls of that number, newest first; a call has a few parts.
  void of_caller(web::JsonWriter& out) {
    write_list(out, rows_, protocol::keys::by_phone(filter_.phone, Kind::kCall), filter_.page,
               [&](std::string_view key, std::string_view) {
                 bool any = false;
                 rows_.scan_prefix(sync::Table::kIndex,
                                   protocol::keys::recordings_of_call(protocol::keys::id_of(key)),
                                   [&](std::string_view part, std::string_view) {
                                     any = item(out, protocol::keys::id_of(part)) || any;
                                     return true;
                                   });
                 return any;
               });
  }

  const sync::Reader& rows_;
  People people_;
  Filter filter_;
  const TimeMs now_;
};

void list_route(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, protocol::Action::kListenRecordings);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto filter = read_filter(context, request.query);
  if (!filter.ok()) return respond(web::problem(filter.error()));
  const auto rows = context.store.snapshot();
  respond(web::json_response(200, RecordingList(context, *rows, std::move(*filter)).write()));
}

Result<Entity> find(const sync::Reader& rows, const std::string& text) {
  const auto id = AggregateId::from_hex(text);
  if (!id) return invalid("id", "32 hexadecimal digits");
  Entity entity = sync::read_entity(rows, Kind::kRecording, *id);
  const auto* state = entity.as<RecordingState>();
  if (state == nullptr || state->site.v == 0)
    return Error{Code::kNotFound, "id", "no such recording here"};
  return entity;
}

void card_route(const Context& context, const web::Request& request, const std::string& id,
                const web::Respond& respond) {
  auto user = authorize(context, request, protocol::Action::kListenRecordings);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto rows = context.store.snapshot();
  const auto entity = find(*rows, id);
  if (!entity.ok()) return respond(web::problem(entity.error()));
  People people(*rows);
  web::JsonWriter out;
  out.object([&] {
    out.array("levels", [&] {
      for (const std::uint8_t level :
           protocol::levels_of(entity->personal.text(protocol::PersonalField::kPeaks)))
        out.value(std::uint64_t{level});
    });
    write_recording(out, *rows, people, *entity, context.clock.now());
  });
  respond(web::json_response(200, out.take()));
}

// What a browser's player asks for: all of it, or from where somebody clicked.
web::Response sound_response(const Context& context, const std::string& id,
                             const std::string& range_header) {
  const auto rows = context.store.snapshot();
  const auto entity = find(*rows, id);
  if (!entity.ok()) return web::problem(entity.error());
  const std::uint64_t bytes = wav_bytes_of(*entity->as<RecordingState>());
  const auto range = read_range(range_header, bytes);
  web::Response out;
  out.content_type = "audio/wav";
  out.headers.emplace_back("Accept-Ranges", "bytes");
  if (!range.ok()) {
    out.status = 416;
    out.content_type.clear();
    out.headers.emplace_back("Content-Range", "bytes */" + std::to_string(bytes));
    return out;
  }
  const SoundRange given = range->value_or(SoundRange{0, bytes});
  auto body = sound(*rows, *entity, given, context.clock.now());
  if (!body.ok()) return web::problem(body.error());
  out.body = std::move(*body);
  if (!*range) return out;
  out.status = 206;
  out.headers.emplace_back("Content-Range", "bytes " + std::to_string(given.from) + "-" +
                                                std::to_string(given.to - 1) + "/" +
                                                std::to_string(bytes));
  return out;
}

Result<ListenPurpose> read_purpose(const web::Query& query) {
  web::QueryReader in(query);
  const auto purpose =
      in.one_of<ListenPurpose>("purpose", std::span<const web::EnumName<ListenPurpose>>(kPurposes));
  if (!purpose) in.fail("purpose", "required");  // after a word that is none: that one is said
  OPORA_TRY(in.finish());
  return *purpose;
}

void sound_route(const Context& context, const web::Request& request, const std::string& id,
                 const web::Respond& respond) {
  auto user = authorize(context, request, protocol::Action::kListenRecordings);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto purpose = read_purpose(request.query);
  if (!purpose.ok()) return respond(web::problem(purpose.error()));
  const std::string range(request.headers.find("Range").value_or(""));
  const bool taken =
      context.worker.submit([&context, user = *user, id, range, purpose = *purpose, respond] {
        web::Response response = sound_response(context, id, range);
        const auto recording = AggregateId::from_hex(id);
        if (response.status < 300 && recording) note_listening(context, user, *recording, purpose);
        respond(std::move(response));
      });
  if (!taken) respond(web::problem(Error{Code::kTooMany, "", "too much is under way"}));
}

}  // namespace

void add_recording_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/recordings",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { list_route(context, request, respond); });
  router.on(web::Method::kGet, "/api/v1/recordings/{id}",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              card_route(context, request, params["id"], respond);
            });
  router.on(web::Method::kGet, "/api/v1/recordings/{id}/sound",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              sound_route(context, request, params["id"], respond);
            });
}

}  // namespace opora::app
