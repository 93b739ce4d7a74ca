// What facilities let desks know beside the booking form (T11): read everywhere, kept by each site
// for itself and by the region for any.
#include "protocol/domain/facility_notice.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/command.h"
#include "web/app/declared.h"
#include "web/app/people.h"
#include "web/app/render.h"
#include "web/server/json_reader.h"
#include "web/server/problem.h"
#include "web/server/query_reader.h"

namespace opora::app {

using protocol::Action;
using protocol::ChangeFacilityNotice;
using protocol::FacilityNoticeState;
using protocol::Kind;
using protocol::PersonalField;

namespace {

constexpr std::size_t kTextChars = 500;
// Of all facilities together: more than a screen goes through.
constexpr std::size_t kMostListed = 1'000;

LocalDay read_day(web::JsonReader& in, const char* name) { return protocol::day_of(in.date(name)); }

Result<ChangeFacilityNotice> read_notice(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  ChangeFacilityNotice out;
  out.facts.facility = SiteNo{static_cast<std::uint32_t>(in.integer("facility", {1, kMaxSiteNo}))};
  out.facts.from = read_day(in, "from");
  if (const auto until = in.optional_date("until")) out.facts.until = protocol::day_of(*until);
  out.facts.withdrawn = in.optional_boolean("withdrawn").value_or(false);
  out.text = in.text("text", {1, kTextChars});
  out.base = OwnerSeq{static_cast<std::uint32_t>(
      in.optional_integer("version", {0, std::numeric_limits<std::uint32_t>::max()}).value_or(0))};
  OPORA_TRY(in.finish());
  return out;
}

class FacilityNotices {
 public:
  explicit FacilityNotices(const Context& context) : context_(context) {}

  void list(const web::Request& request, const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kReadFacilityNotices);
    if (!user.ok()) return respond(web::problem(user.error()));
    web::QueryReader in(request.query);
    const auto facility = in.integer("facility", {1, kMaxSiteNo});
    const Status status = in.finish();
    if (!status.ok()) return respond(web::problem(status.error()));
    const auto rows = context_.store.snapshot();
    web::JsonWriter out(8 * 1024);
    out.object([&] {
      out.array("items", [&] {
        write_all(out, *rows, SiteNo{static_cast<std::uint32_t>(facility.value_or(0))});
      });
    });
    respond(web::json_response(200, out.take()));
  }

  void put(const web::Request& request, std::optional<AggregateId> id,
           const web::Respond& respond) const {
    auto user = authorize(context_, request, Action::kEditFacilityNotices);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto command = read_notice(request.body);
    if (!command.ok()) return respond(web::problem(command.error()));
    auto decide = [this, command = std::move(*command),
                   id](sync::Decision& decision) -> Result<sync::Answer> {
      return change(decision, id, command);
    };
    auto render = [this, status = id ? 200 : 201](const sync::Answer& answer) {
      return one(*AggregateId::from(answer), status);
    };
    submit(context_, {request, *user, KeyRule::kRequired, std::move(decide), std::move(render)},
           respond);
  }

 private:
  // A facility's day is its own; what is over everywhere is not listed.
  LocalDay yesterday() const { return LocalDay{context_.zone.day_of(context_.clock.now()).v - 1}; }

  LocalDay today_at(const sync::Reader& rows, SiteNo facility) const {
    const TimeMs now = context_.clock.now();
    const auto zone = Zone::find(site_info(context_, rows, facility).zone);
    return zone.ok() ? zone->day_of(now) : context_.zone.day_of(now);
  }

  void write_all(web::JsonWriter& out, const sync::Reader& rows, SiteNo facility) const {
    const Bytes all = facility == kHubSite ? protocol::keys::facility_notices()
                                           : protocol::keys::facility_notices(facility);
    const Bytes from =
        facility == kHubSite ? all : protocol::keys::facility_notices(facility, yesterday());
    std::size_t listed = 0;
    rows.scan(sync::Table::kIndex, from, prefix_end(all),
              [&](std::string_view key, std::string_view) {
                const auto entity =
                    sync::read_entity(rows, Kind::kFacilityNotice, protocol::keys::id_of(key));
                const auto& state = *entity.as<FacilityNoticeState>();
                if (state.until.v != 0 && state.until < today_at(rows, state.facility)) return true;
                write_notice(out, rows, entity);
                return ++listed < kMostListed;
              });
  }

  void write_notice(web::JsonWriter& out, const sync::Reader& rows,
                    const protocol::Entity& entity) const {
    const auto& state = *entity.as<FacilityNoticeState>();
    People people(rows);
    const People::Person& by = people.by_id(state.by);
    const SiteNo keeper = protocol::keeper_of(state);
    const bool mine = context_.place == protocol::Place::kHub ||
                      (keeper == context_.site && state.facility == context_.site);
    out.object([&] {
      out.field("id", entity.id);
      out.field("facility", state.facility);
      out.field("facility_name", text_or_null(site_info(context_, rows, state.facility).name));
      out.field("from", to_text(state.from));
      out.field("until", state.until.v == 0 ? std::nullopt : std::optional(to_text(state.until)));
      out.field("text", text_or_null(entity.personal.text(PersonalField::kText)));
      out.field("holds", protocol::holds_on(state, today_at(rows, state.facility)));
      out.field("withdrawn", state.withdrawn);
      out.field("version", state.seq.v);
      out.field("changed_at", state.changed.time());
      out.field("changed_by", text_or_null(by.login));
      out.field("changed_by_name", text_or_null(by.name));
      out.field("kept_by", keeper == kHubSite ? "region" : "site");
      out.field("editable", mine);
    });
  }

  web::Response one(const AggregateId& id, int status) const {
    const auto rows = context_.store.snapshot();
    web::JsonWriter out;
    write_notice(out, *rows, sync::read_entity(*rows, Kind::kFacilityNotice, id));
    return web::json_response(status, out.take());
  }

  Result<sync::Answer> change(sync::Decision& decision, const std::optional<AggregateId>& named,
                              const ChangeFacilityNotice& said) const {
    const AggregateId id =
        named.value_or(id_from("facility_notice", {decision.context().command.view()}));
    ChangeFacilityNotice command = said;
    decision.rows().scan(sync::Table::kIndex,
                         protocol::keys::facility_notices(said.facts.facility, yesterday()),
                         prefix_end(protocol::keys::facility_notices(said.facts.facility)),
                         [&](std::string_view key, std::string_view) {
                           if (protocol::keys::id_of(key) != id) ++command.of_facility;
                           return true;
                         });
    const auto* known = decision.load(Kind::kFacilityNotice, id).as<FacilityNoticeState>();
    if (known == nullptr && named) return Error{Code::kNotFound, "id", "no such notice here"};
    OPORA_TRY(check_site(decision, said.facts.facility, "facility"));
    auto drafts = protocol::decide(command, id, known, decision.context());
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return Bytes(id.view());
  }

  const Context& context_;
};

}  // namespace

void add_facility_notice_routes(web::Router& router, const Context& context) {
  const auto handlers = std::make_shared<const FacilityNotices>(context);
  router.on(web::Method::kGet, "/api/v1/facility_notices",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->list(request, respond); });
  router.on(web::Method::kPost, "/api/v1/facility_notices",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->put(request, {}, respond); });
  router.on(web::Method::kPut, "/api/v1/facility_notices/{id}",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              // An id that cannot exist is answered like one that does not, after the check of
              // rights.
              const auto id = AggregateId::from_hex(params["id"]);
              handlers->put(request, id.value_or(AggregateId{}), respond);
            });
}

}  // namespace opora::app
