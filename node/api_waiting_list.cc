// GET /api/v1/waiting_list (H2): who waits at this site, in the order in which they are called; for
// a slot that appeared, who is next. Any thread.
#include "node/api.h"
#include "protocol/base/archive.h"
#include "protocol/domain/kind_texts.h"
#include "sync/projection/projection.h"
#include "web/app/auth.h"
#include "web/app/listing.h"
#include "web/app/names.h"
#include "web/app/render.h"
#include "web/server/problem.h"
#include "web/server/time_text.h"

namespace opora::node {

using protocol::Slot;
using protocol::WaitRow;

namespace {

// A list that is longer than this is no list that somebody calls through.
constexpr int kMaxCounted = 10'000;

enum class Show : std::uint8_t { kAll, kNext };
constexpr std::array kShows = {web::EnumName<Show>{"all", Show::kAll},
                               web::EnumName<Show>{"next", Show::kNext}};

struct Question {
  app::Page page;
  std::optional<protocol::Speciality> speciality;
  SiteNo facility;  // zero: any
  std::optional<TimeMs> slot_at;
  Show show = Show::kAll;
  std::string login;
  TimeMs now;

  Slot slot() const { return {*speciality, facility, *slot_at}; }

  bool takes(const WaitRow& row) const {
    if (slot_at) {
      if (show == Show::kNext) return protocol::is_next(row, slot(), login, now);
      return protocol::wants(row, slot());
    }
    if (show == Show::kNext && (protocol::claimed_from(row, login, now) || row.again_at > now))
      return false;
    if (speciality && row.waits_for.speciality != *speciality) return false;
    const SiteNo where = row.waits_for.facility;
    return facility == kHubSite || where == kHubSite || where == facility;
  }
};

Result<Question> read_question(const app::Context& context, const app::User& user,
                               const web::Query& query) {
  web::QueryReader in(query);
  Question out;
  out.page = app::read_page(in);
  out.speciality =
      in.one_of<protocol::Speciality>("speciality", app::enum_names<protocol::Speciality>());
  out.facility =
      SiteNo{static_cast<std::uint32_t>(in.integer("facility", {1, kMaxSiteNo}).value_or(0))};
  if (const auto at = in.line("slot_at", {1, 40})) {
    out.slot_at = web::from_rfc3339(*at);
    if (!out.slot_at) in.fail("slot_at", "not a time");
  }
  out.show =
      in.one_of<Show>("show", std::span<const web::EnumName<Show>>(kShows)).value_or(Show::kAll);
  if (out.slot_at && !out.speciality) in.fail("speciality", "of the slot");
  OPORA_TRY(in.finish());
  out.login = user.login;
  out.now = context.clock.now();
  return out;
}

class WaitingList {
 public:
  WaitingList(const app::Context& context, const sync::Reader& rows, const Question& asked)
      : context_(context), rows_(rows), asked_(asked), renderer_(context, rows) {}

  std::string page(std::uint32_t attempts) {
    const Bytes listed = protocol::keys::waiting_list(context_.site);
    web::JsonWriter out(32 * 1024);
    const auto write = [&](std::string_view key, std::string_view value) {
      const auto row = from_row<WaitRow>(value);
      if (!row || !asked_.takes(*row)) return false;
      renderer_.ticket(
          out, sync::read_entity(rows_, protocol::Kind::kTicket, protocol::keys::id_of(key)));
      return true;
    };
    app::write_list(out, rows_, listed, asked_.page, write, [&] {
      out.field("total_estimate", count(listed));
      out.field("attempts", attempts);
    });
    return out.take();
  }

  app::Renderer& renderer() { return renderer_; }

 private:
  int count(const Bytes& listed) const {
    int matching = 0;
    int looked = 0;
    rows_.scan_prefix(sync::Table::kIndex, listed, [&](std::string_view, std::string_view value) {
      const auto row = from_row<WaitRow>(value);
      if (row && asked_.takes(*row)) ++matching;
      return ++looked < kMaxCounted;
    });
    return matching;
  }

  const app::Context& context_;
  const sync::Reader& rows_;
  const Question& asked_;
  app::Renderer renderer_;
};

}  // namespace

void add_waiting_list_route(web::Router& router, const app::Context& context,
                            const IntakeSettings& settings) {
  router.on(web::Method::kGet, "/api/v1/waiting_list",
            [&context, attempts = settings.list_attempts](
                const web::Request& request, const web::PathParams&, const web::Respond& respond) {
              auto user = app::authorize(context, request, protocol::Action::kReadTickets);
              if (!user.ok()) return respond(web::problem(user.error()));
              const auto asked = read_question(context, *user, request.query);
              if (!asked.ok()) return respond(web::problem(asked.error()));
              const auto rows = context.store.snapshot();
              WaitingList list(context, *rows, *asked);
              std::string page = list.page(attempts);
              app::note_read(context, *user, protocol::ReadFrom::kTickets, list.renderer().shown());
              respond(web::json_response(200, std::move(page)));
            });
}

}  // namespace opora::node
