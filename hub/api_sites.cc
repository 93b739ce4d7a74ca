#include <algorithm>
#include <array>

#include "hub/api.h"
#include "hub/outbox.h"
#include "hub/support_codes.h"
#include "protocol/domain/desk_cells.h"
#include "protocol/domain/telling.h"
#include "protocol/link/enrol_code.h"
#include "sync/feed/marks.h"
#include "sync/projection/projection.h"
#include "web/app/activity.h"
#include "web/app/command.h"
#include "web/app/declared.h"
#include "web/app/render.h"
#include "web/app/support_codes.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::hub {

using protocol::Action;
using protocol::Kind;
using protocol::SiteChanged;
using protocol::SiteState;

namespace {

// Of the site's own day.
std::optional<int> availability_pct(const app::Context& context, const sync::Reader& rows,
                                    const app::SiteInfo& site) {
  auto zone = app::Zone::find(site.zone);
  if (!zone.ok()) return std::nullopt;
  const std::int32_t today = zone->day_of(context.clock.now()).v;
  std::int64_t received = 0;
  std::int64_t accepted = 0;
  for (const auto& desk : site.desks) {
    const auto row =
        rows.get(sync::Table::kCube, protocol::keys::day_cube(today, site.no, desk.no));
    if (!row) continue;
    const protocol::Counters counters = protocol::counters_of(*row);
    received += counters[static_cast<std::size_t>(protocol::Counter::kReceived)];
    accepted += counters[static_cast<std::size_t>(protocol::Counter::kAccepted)];
  }
  if (received == 0) return std::nullopt;
  return static_cast<int>((accepted * 200 + received) / (received * 2));
}

// Any cell, of any quarter of an hour.
bool has_figures(const sync::Reader& rows, SiteNo site, DeskNo desk) {
  bool found = false;
  rows.scan_prefix(sync::Table::kCube, protocol::keys::quarter_cubes(site, desk),
                   [&](std::string_view, std::string_view) {
                     found = true;
                     return false;
                   });
  return found;
}

void write_alarms(web::JsonWriter& out, const SiteLink& link) {
  out.array("alarms", [&] {
    for (const auto& alarm : link.alarms) {
      out.object([&] {
        out.field("code", alarm.code);
        out.field("at", alarm.at);
        out.field("text", alarm.text);
      });
    }
  });
}

// What a person decides about a fork.
using Named = web::EnumName<protocol::Verdict>;
constexpr std::array kDecisions = {
    Named{"adopt", protocol::Verdict::kAdopt},
    Named{"set_aside", protocol::Verdict::kSetAside},
};

void write_fork(web::JsonWriter& out, const sync::Reader& rows, SiteNo site) {
  const auto fork = sync::read_fork(rows, site);
  if (!fork) return out.field("fork", std::nullopt);
  const auto named = std::ranges::find(kDecisions, fork->decision, &Named::value);
  out.object("fork", [&] {
    out.field("incarnation", fork->incarnation.hex());
    out.field("common", fork->common);
    out.field("decision", named == kDecisions.end() ? std::string_view("held") : named->name);
  });
}

// Of the facility's IT officer (A15): whole for who keeps the directory.
void write_officer(web::JsonWriter& out, const sync::Reader& rows, SiteNo site,
                   app::Addresses addresses) {
  const auto entity = sync::read_entity(rows, Kind::kSite, protocol::site_aggregate(site));
  std::string mail = entity.personal.text(protocol::PersonalField::kMail);
  if (!mail.empty() && addresses == app::Addresses::kMasked) mail = protocol::masked_mail(mail);
  out.field("officer_email", app::text_or_null(mail));
}

void write_site(web::JsonWriter& out, const app::Context& context, const sync::Reader& rows,
                const Region& region, const SiteState& site, app::Addresses addresses) {
  const SiteLink link = region.link(site.site);
  app::Activity activity;
  app::add_activity(rows, site.site, context.clock.now(), activity);
  const auto available =
      availability_pct(context, rows, {site.site, site.name, site.zone, site.desks});
  out.object([&] {
    out.field("no", site.site);
    out.field("name", site.name);
    out.field("zone", site.zone);
    out.array("desks", [&] {
      for (const auto& desk : site.desks) {
        out.object([&] {
          out.field("no", desk.no);
          out.field("name", desk.name);
        });
      }
    });
    out.field("support_code", app::support_code_or_null(site.support_code));
    out.field("numbers_every_call", site.numbers_every_call);
    write_officer(out, rows, site.site, addresses);
    out.field("enrolled", !site.link_key.empty());
    out.field("connected", link.connected);
    out.field("since", link.since);
    out.field("data_through", link.data_through);
    // What waits at a site that is cut off grows there unseen: what it last said is no answer.
    out.field("oldest_unsent", link.connected ? link.oldest_unsent : std::nullopt);
    out.field("pending", link.connected ? std::optional(link.pending) : std::nullopt);
    const Region::Held held = region.held(site.site);
    out.object("journal", [&] {
      out.field("durable", held.durable);
      out.field("safe", held.safe);
      out.field("eta_s", link.pending > 0 ? held.eta_s : std::nullopt);
    });
    const Waiting queue = waiting_for(rows, site.site, region.told(site.site));
    out.object("queue", [&] {
      out.field("records", queue.records);
      out.field("withdrawn", queue.withdrawn);
    });
    out.field("version", app::text_or_null(link.software));
    out.field("waiting", activity.waiting);
    out.field("talking", activity.talking);
    out.field("agents", activity.agents());
    out.field("availability_pct", available);
    write_fork(out, rows, site.site);
    write_alarms(out, link);
  });
}

std::optional<SiteState> site_state(const sync::Reader& rows, SiteNo site) {
  const auto entity = sync::read_entity(rows, Kind::kSite, protocol::site_aggregate(site));
  const auto* state = entity.as<SiteState>();
  return state == nullptr ? std::nullopt : std::optional(*state);
}

struct SiteForm {
  protocol::ChangeSite change;
  std::optional<bool> numbers_every_call;  // none: as it was
};

Result<SiteForm> read_site(const std::string& body, std::optional<SiteNo> number) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  SiteForm form;
  protocol::ChangeSite& command = form.change;
  SiteChanged& out = command.facts;
  if (number) {
    out.site = *number;
    in.optional_integer("no", {number->v, number->v});
  } else {
    out.site = SiteNo{static_cast<std::uint32_t>(in.integer("no", {1, kMaxSiteNo}))};
  }
  out.name = in.line("name", {1, 200});
  out.zone = in.line("zone", {1, 64});
  in.array("desks", {1, app::kMaxDeskNo}, [&](web::JsonReader& desk) {
    protocol::Desk row;
    row.no = DeskNo{static_cast<std::uint16_t>(desk.integer("no", {1, app::kMaxDeskNo}))};
    row.name = desk.line("name", {1, 200});
    out.desks.push_back(std::move(row));
  });
  form.numbers_every_call = in.optional_boolean("numbers_every_call");
  if (auto mail = in.optional_line("officer_email", {0, protocol::kMaxMailBytes}))
    command.personal[protocol::PersonalField::kMail] = std::move(*mail);
  OPORA_TRY(in.finish());
  const auto zone = app::Zone::find(out.zone);
  if (!zone.ok()) return invalid("zone", "not a known time zone");
  return form;
}

Result<protocol::Verdict> read_decision(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  const auto decision = in.required_enum<protocol::Verdict>("decision", kDecisions);
  OPORA_TRY(in.finish());
  return decision;
}

// Figures stay in reports for ever, and what a site says of a desk that it does not have is
// refused: a desk that was worked at is renamed, never dropped.
Status check_desks_stay(sync::Decision& decision, const SiteState& site, const SiteChanged& facts) {
  for (const protocol::Desk& desk : site.desks) {
    const bool stays =
        std::ranges::find(facts.desks, desk.no, &protocol::Desk::no) != facts.desks.end();
    if (stays || !has_figures(decision.rows(), site.site, desk.no)) continue;
    return Error{Code::kConflict, "desks." + std::to_string(desk.no.v),
                 "desk " + std::to_string(desk.no.v) + " «" + desk.name +
                     "» has calls or contacts: it stays"};
  }
  return ok_status();
}

Result<sync::Answer> change_site(sync::Decision& decision, const SiteForm& form,
                                 bool create) {  // bool: no such site must be there yet
  protocol::ChangeSite command = form.change;
  SiteChanged& facts = command.facts;
  const auto* site =
      decision.load(Kind::kSite, protocol::site_aggregate(facts.site)).as<SiteState>();
  const bool declared = site != nullptr && !site->disabled;
  if (create && declared) return Error{Code::kConflict, "no", "this number is taken"};
  if (!create && !declared) return Error{Code::kNotFound, "no", "no such site"};
  if (declared) OPORA_TRY(check_desks_stay(decision, *site, facts));
  if (site != nullptr) facts.link_key = site->link_key;
  facts.numbers_every_call = form.numbers_every_call.value_or(declared && site->numbers_every_call);
  auto code = support_code_of(decision, site);
  if (!code.ok()) return code.error();
  facts.support_code = std::move(*code);
  return app::emitted(decision, protocol::decide(command, site, decision.context()));
}

// A site that was declared by mistake. Once enrolled it has records, and stays.
Result<sync::Answer> withdraw_site(sync::Decision& decision, SiteNo no) {
  const auto* site = decision.load(Kind::kSite, protocol::site_aggregate(no)).as<SiteState>();
  if (site == nullptr || site->disabled) return Error{Code::kNotFound, "no", "no such site"};
  if (!site->link_key.empty())
    return Error{Code::kConflict, "no", "an enrolled site has records: it stays"};
  SiteChanged facts{no, site->name, site->zone,         site->desks,
                    {}, true,       site->support_code, site->numbers_every_call};
  const protocol::ChangeSite command{std::move(facts)};
  return app::emitted(decision, protocol::decide(command, site, decision.context()));
}

// Another code (V2), when strangers use the old one, which from now on is nobody's.
Result<sync::Answer> renew_code(sync::Decision& decision, SiteNo no) {
  const auto* site = decision.load(Kind::kSite, protocol::site_aggregate(no)).as<SiteState>();
  if (site == nullptr || site->disabled) return Error{Code::kNotFound, "no", "no such site"};
  auto code = new_support_code(decision);
  if (!code.ok()) return code.error();
  const protocol::ChangeSite command{{no, site->name, site->zone, site->desks, site->link_key,
                                      false, std::move(*code), site->numbers_every_call}};
  return app::emitted(decision, protocol::decide(command, site, decision.context()));
}

class SiteHandlers {
 public:
  SiteHandlers(const app::Context& context, const Region& region, SiteLinks links)
      : context_(context), region_(region), links_(std::move(links)) {}

  void list(const web::Request& request, const web::Respond& respond) const {
    auto user = app::authorize(context_, request, Action::kReadSites);
    if (!user.ok()) return respond(web::problem(user.error()));
    const auto rows = context_.store.snapshot();
    const bool keeps = app::may(context_, *user, Action::kEditSites);
    const auto addresses = keeps ? app::Addresses::kWhole : app::Addresses::kMasked;
    web::JsonWriter out(16 * 1024);
    out.object([&] {
      out.array("items", [&] {
        for (const auto& info : app::reporting_sites(context_, *rows)) {
          write_site(out, context_, *rows, region_, *site_state(*rows, info.no), addresses);
        }
      });
    });
    respond(web::json_response(200, out.take()));
  }

  void change(const web::Request& request, std::optional<SiteNo> number,
              const web::Respond& respond) const {
    auto user = app::authorize(context_, request, Action::kEditSites);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto form = read_site(request.body, number);
    if (!form.ok()) return respond(web::problem(form.error()));
    const SiteNo site = form->change.facts.site;
    auto decide = [form = std::move(*form), create = !number](sync::Decision& decision) {
      return change_site(decision, form, create);
    };
    auto render = [this, site, status = number ? 200 : 201](const sync::Answer&) {
      return one(site, status);
    };
    app::submit(context_,
                {request, *user, app::KeyRule::kRequired, std::move(decide), std::move(render)},
                respond);
  }

  void withdraw(const web::Request& request, SiteNo site, const web::Respond& respond) const {
    auto user = app::authorize(context_, request, Action::kEditSites);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto decide = [site](sync::Decision& decision) { return withdraw_site(decision, site); };
    auto render = [](const sync::Answer&) { return web::empty_response(204); };
    app::submit(context_,
                {request, *user, app::KeyRule::kRequired, std::move(decide), std::move(render)},
                respond);
  }

  void renew_support_code(const web::Request& request, SiteNo site,
                          const web::Respond& respond) const {
    auto user = app::authorize(context_, request, Action::kEditSites);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto decide = [site](sync::Decision& decision) { return renew_code(decision, site); };
    auto render = [this, site](const sync::Answer&) { return one(site, 200); };
    app::submit(context_,
                {request, *user, app::KeyRule::kRequired, std::move(decide), std::move(render)},
                respond);
  }

  // The secret is shown once: only its hash is stored. A repeated key makes no second code, which
  // would end the first behind the back of whoever got it.
  void issue_code(const web::Request& request, SiteNo site, const web::Respond& respond) const {
    auto user = app::authorize(context_, request, Action::kEnrol);
    if (!user.ok()) return respond(web::problem(user.error()));
    const EnrolSecret secret = context_.random.id<EnrolSecret>();
    const TimeMs expires = context_.clock.now() + kCodeLifeMs;
    auto decide = [site, secret, expires](sync::Decision& decision) -> Result<sync::Answer> {
      const auto* state =
          decision.load(Kind::kSite, protocol::site_aggregate(site)).as<SiteState>();
      if (state == nullptr || state->disabled) {
        return Error{Code::kNotFound, "no", "no such site"};
      }
      Directory::issue(decision, site, secret, expires);
      return Bytes(hash256({secret.view()}).view());
    };
    // Formatted only once the site is known: a code cannot name a number that is out of range.
    auto render = [site, secret, key = links_.hub_key, expires](const sync::Answer& issued) {
      if (issued != hash256({secret.view()}).view()) {
        return web::problem(Error{Code::kAlreadyIssued, "Idempotency-Key",
                                  "the code was shown once; a new key makes a new one"});
      }
      web::JsonWriter out;
      out.object([&] {
        out.field("code", protocol::format_enrol_code({site, secret, key}));
        out.field("expires_at", expires);
      });
      return web::json_response(201, out.take());
    };
    app::submit(context_,
                {request, *user, app::KeyRule::kRequired, std::move(decide), std::move(render)},
                respond);
  }

  // Which of two copies of a site's machine is stopped for good, no program can know.
  void decide_fork(const web::Request& request, SiteNo site, const web::Respond& respond) const {
    auto user = app::authorize(context_, request, Action::kEditSites);
    if (!user.ok()) return respond(web::problem(user.error()));
    auto decision = read_decision(request.body);
    if (!decision.ok()) return respond(web::problem(decision.error()));
    auto decide = [site, decision = *decision](sync::Decision& change) -> Result<sync::Answer> {
      auto fork = sync::read_fork(change.rows(), site);
      if (!fork) return Error{Code::kConflict, "no", "this site's journal has no fork"};
      fork->decision = decision;
      const auto row = sync::fork_row(site, fork);
      change.put_meta(row.first, *row.second);
      return sync::Answer{};
    };
    auto render = [this, site](const sync::Answer&) {
      links_.renew(site);
      return one(site, 200);
    };
    app::submit(context_,
                {request, *user, app::KeyRule::kRequired, std::move(decide), std::move(render)},
                respond);
  }

 private:
  web::Response one(SiteNo site, int status) const {
    const auto rows = context_.store.snapshot();
    web::JsonWriter out;
    write_site(out, context_, *rows, region_, *site_state(*rows, site), app::Addresses::kWhole);
    return web::json_response(status, out.take());
  }

  const app::Context& context_;
  const Region& region_;
  SiteLinks links_;
};

// A number that cannot be is answered like one that is not, after the same check of rights.
SiteNo site_number(const std::string& text) {
  constexpr SiteNo kNoSite{kMaxSiteNo + 1};
  if (text.empty() || text.size() > 4 || text.find_first_not_of("0123456789") != std::string::npos)
    return kNoSite;
  return SiteNo{static_cast<std::uint32_t>(std::stoul(text))};
}

}  // namespace

void add_site_routes(web::Router& router, const app::Context& context, const Region& region,
                     SiteLinks links) {
  const auto handlers = std::make_shared<const SiteHandlers>(context, region, std::move(links));
  router.on(web::Method::kGet, "/api/v1/sites",
            [handlers](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handlers->list(request, respond); });
  router.on(
      web::Method::kPost, "/api/v1/sites",
      [handlers](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
        handlers->change(request, std::nullopt, respond);
      });
  router.on(web::Method::kPut, "/api/v1/sites/{no}",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handlers->change(request, site_number(params["no"]), respond);
            });
  router.on(web::Method::kDelete, "/api/v1/sites/{no}",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handlers->withdraw(request, site_number(params["no"]), respond);
            });
  router.on(web::Method::kPost, "/api/v1/sites/{no}/enrolment",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handlers->issue_code(request, site_number(params["no"]), respond);
            });
  router.on(web::Method::kPost, "/api/v1/sites/{no}/support_code",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handlers->renew_support_code(request, site_number(params["no"]), respond);
            });
  router.on(web::Method::kPost, "/api/v1/sites/{no}/fork",
            [handlers](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              handlers->decide_fork(request, site_number(params["no"]), respond);
            });
}

}  // namespace opora::hub
