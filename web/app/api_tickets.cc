#include "protocol/base/archive.h"
#include "protocol/domain/due_rows.h"
#include "protocol/domain/kind_texts.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/ticket_number.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/listing.h"
#include "web/app/names.h"
#include "web/app/person_query.h"
#include "web/app/render.h"
#include "web/app/saved_filters.h"
#include "web/server/limits.h"
#include "web/server/problem.h"
#include "web/server/target.h"

namespace opora::app {

using protocol::Action;
using protocol::Entity;
using protocol::Kind;
using protocol::Missed;
using protocol::TicketListRow;
using protocol::TicketState;
using protocol::keys::Openness;

namespace {

constexpr std::size_t kMaxFound = 200;  // a search that finds more wants another word
constexpr int kMaxCounted = 10'000;     // the list is drawn for as many rows (ux)
// Rows that a page looks at: a filter that few match is answered in parts, each as soon as among
// ten thousand tickets, also among millions.
constexpr int kMaxLooked = 5'000;
// Rows on a screen and those drawn around them; the address stays below its limit.
constexpr std::size_t kMaxAmong = 64;

constexpr std::array kOpenness = {web::EnumName<Openness>{"open", Openness::kOpen},
                                  web::EnumName<Openness>{"done", Openness::kDone},
                                  web::EnumName<Openness>{"rejected", Openness::kRejected},
                                  web::EnumName<Openness>{"closed", Openness::kClosed},
                                  web::EnumName<Openness>{"merged", Openness::kMerged}};

// Open tickets by the nearest deadline that they have to meet.
enum class Due : std::uint8_t { kLate, kSoon, kToday };
constexpr std::array kDues = {web::EnumName<Due>{"late", Due::kLate},
                              web::EnumName<Due>{"soon", Due::kSoon},
                              web::EnumName<Due>{"today", Due::kToday}};
// Time enough to finish one thing and begin another.
constexpr std::int64_t kSoonMs = 2 * 3'600'000LL;

Openness openness_of(const TicketState& s) {
  switch (s.status) {
    case protocol::TicketStatus::kDone: return Openness::kDone;
    case protocol::TicketStatus::kRejected: return Openness::kRejected;
    case protocol::TicketStatus::kClosed: return Openness::kClosed;
    case protocol::TicketStatus::kMerged: return Openness::kMerged;
    default: return Openness::kOpen;
  }
}

struct Filter {
  Page page;
  Openness status = Openness::kOpen;
  bool all = false;                                // any status: only together with a search
  std::optional<protocol::TicketStatus> standing;  // of the open ones alone
  std::optional<std::string> assignee;             // a login, or "none"
  // Whose hands it went through, and who has it no more: he opened it, or had it at this site.
  struct Was {
    AggregateId user;
    protocol::TicketHolder holder;
  };
  std::optional<Was> was;
  std::optional<std::uint8_t> line;
  std::optional<std::string> topic;
  std::optional<protocol::Urgency> urgency;
  std::optional<SiteNo> site;
  std::optional<SiteNo> owner;
  std::optional<SiteNo> offered_to;
  std::optional<std::string> text;
  std::optional<Due> due;
  std::optional<protocol::ContactKind> kind;
  std::optional<Missed> missed;
  std::optional<protocol::VisitStage> visit;
  std::optional<protocol::TicketResult> result;
  std::optional<std::string> queue;  // an id
  std::optional<protocol::WishSubject> wish;
  std::optional<protocol::HotLine> hot_line;
  Bytes person;                    // rows of one person (person_query.h); empty: none is asked for
  std::vector<AggregateId> among;  // of these alone; empty: of all

  // Whatever list it stands in.
  bool takes(const TicketState& ticket) const {
    return matches(protocol::list_row(ticket)) && (all || openness_of(ticket) == status);
  }

  bool matches(const TicketListRow& row) const {
    if (missed == Missed::kYes ? row.missed == Missed::kNo : missed && row.missed != *missed)
      return false;
    if (assignee && (*assignee == "none" ? !row.assignee.empty() : row.assignee != *assignee))
      return false;
    if (standing && row.status != *standing) return false;
    if (was && !went_through(row, *was)) return false;
    if (line && row.line != *line) return false;
    if (topic && row.topic != *topic) return false;
    if (urgency && row.urgency != *urgency) return false;
    if (kind && row.kind != *kind) return false;
    if (visit && row.visit_stage != *visit) return false;
    if (result && row.result != *result) return false;
    if (queue && row.queue != *queue) return false;
    if (wish && row.wish != *wish) return false;
    if (hot_line && row.hot_line != *hot_line) return false;
    if (owner && row.owner != *owner) return false;
    if (offered_to && row.offered_to != *offered_to) return false;
    return !site || row.site == *site;
  }

  static bool went_through(const TicketListRow& row, const Was& who) {
    const auto& held = row.holders;
    const bool had = std::find(held.begin(), held.end(), who.holder) != held.end();
    const bool has = row.owner == who.holder.site && row.assignee == who.holder.login;
    return !has && (had || row.opened_by == who.user);
  }
};

std::vector<AggregateId> read_among(web::QueryReader& in) {
  std::vector<AggregateId> out;
  const auto text = in.line("among", {1, 40 * kMaxAmong});
  if (!text) return out;
  for (std::size_t from = 0; from <= text->size();) {
    const std::size_t to = std::min(text->find(',', from), text->size());
    const auto id = AggregateId::from_hex(std::string_view(*text).substr(from, to - from));
    if (!id || out.size() == kMaxAmong) {
      in.fail("among", "ids of tickets, 64 at most, with commas between");
      return {};
    }
    out.push_back(*id);
    from = to + 1;
  }
  return out;
}

Result<Filter> read_filter(const Context& context, const User& user, const web::Query& query) {
  web::QueryReader in(query);
  Filter out;
  out.page = read_page(in);
  const auto status = in.line("status", {1, 16});
  out.all = status == "all";
  const bool waiting = status == "waiting";
  if (waiting) out.standing = protocol::TicketStatus::kWaiting;
  if (status && !out.all && !waiting) {
    const auto found = std::find_if(kOpenness.begin(), kOpenness.end(),
                                    [&](const auto& n) { return n.name == *status; });
    if (found == kOpenness.end())
      in.fail("status", "open, waiting, done, closed, rejected, merged or all");
    if (found != kOpenness.end()) out.status = found->value;
  }
  out.assignee = in.line("assignee", {1, 64});
  if (out.assignee == "me") out.assignee = user.login;
  if (const auto was = in.line("was", {2, 2})) {
    if (*was != "me") in.fail("was", "me");
    out.was = {user.id, {context.site, user.login}};
  }
  if (const auto line = in.integer("line", {1, 3})) out.line = static_cast<std::uint8_t>(*line);
  out.topic = in.line("topic", {1, 64});
  out.urgency = in.one_of<protocol::Urgency>("urgency", enum_names<protocol::Urgency>());
  const auto site_of = [&in](std::string_view name, std::int64_t least) {
    const auto no = in.integer(name, {least, kMaxSiteNo});
    return no ? std::optional(SiteNo{static_cast<std::uint32_t>(*no)}) : std::nullopt;
  };
  out.site = site_of("site", 1);
  out.owner = site_of("owner", 1);
  out.offered_to = site_of("offered_to", 0);  // 0: the region
  out.text = in.line("q", {1, 200});
  out.due = in.one_of<Due>("due", std::span<const web::EnumName<Due>>(kDues));
  out.kind = in.one_of<protocol::ContactKind>("kind", enum_names<protocol::ContactKind>());
  const PersonQuery person = read_person(in);
  out.person = person.rows(Kind::kTicket);
  if (person.asked() && (out.text || out.due)) in.fail(person.name(), "not together with q or due");
  out.among = read_among(in);
  if (!out.among.empty() && (out.text || person.asked()))
    in.fail("among", "not together with q or the history of a person");
  out.visit = in.one_of<protocol::VisitStage>("visit", enum_names<protocol::VisitStage>());
  out.result = in.one_of<protocol::TicketResult>("result", enum_names<protocol::TicketResult>());
  out.queue = in.line("queue", {1, 40});
  out.wish = in.one_of<protocol::WishSubject>("wish_subject", enum_names<protocol::WishSubject>());
  out.hot_line = in.one_of<protocol::HotLine>("hot_line", enum_names<protocol::HotLine>());
  out.missed = in.one_of<Missed>("missed", enum_names<Missed>());
  if (out.due && !out.all && out.status != Openness::kOpen) in.fail("due", "open tickets only");
  OPORA_TRY(in.finish());
  return out;
}

// Deadlines from a moment on, before another.
struct Span {
  TimeMs from;
  TimeMs to;
};
Span span_of(const Context& context, Due due) {
  const TimeMs now = context.clock.now();
  switch (due) {
    case Due::kLate: return {TimeMs{0}, now};
    case Due::kSoon: return {now, now + kSoonMs};
    case Due::kToday: break;
  }
  return {now, context.zone.range_of(context.zone.day_of(now)).to};
}

// From a list's first key to the first that is not in it, within a family.
struct Rows {
  Bytes family;
  Bytes from;
  Bytes to;
};

// "all" lists the open ones, then those that are done, then the rejected, then the closed: their
// keys follow each other. By deadline they stand in the order of time. What somebody has now is few
// of many, and has rows of its own.
Rows rows_for(const Context& context, const Filter& filter) {
  const bool somebodys = filter.assignee && *filter.assignee != "none";
  if (!filter.due && !filter.all && filter.status == Openness::kOpen && somebodys) {
    const Bytes prefix = protocol::keys::tickets_of(*filter.assignee);
    return {prefix, prefix, prefix_end(prefix)};
  }
  if (!filter.due) {
    const Bytes prefix = filter.all ? Bytes("T") : protocol::keys::tickets(filter.status);
    return {prefix, prefix, prefix_end(prefix)};
  }
  const Span span = span_of(context, *filter.due);
  using protocol::keys::dues_from;
  return {protocol::keys::dues(), dues_from(span.from), dues_from(span.to)};
}

// By number, by telephone, else by words: ids, best first.
std::vector<AggregateId> find_tickets(const Context& context, const sync::Reader& rows,
                                      const std::string& text) {
  std::vector<AggregateId> out;
  const auto collect = [&](std::string_view key, std::string_view) {
    out.push_back(protocol::keys::id_of(key));
    return out.size() < kMaxFound;
  };
  if (const auto number = protocol::parse_ticket_number(text); number.ok()) {
    rows.scan_prefix(sync::Table::kIndex,
                     protocol::keys::ticket_by_number(number->site, number->counter), collect);
    if (!out.empty()) return out;
  }
  if (const Bytes phone = protocol::phone_key(text); !phone.empty()) {
    rows.scan_prefix(sync::Table::kIndex, protocol::keys::by_phone(phone, Kind::kTicket), collect);
    if (!out.empty()) return out;
  }
  // The index is a moment behind: what was erased has no words any more.
  out = context.search(text, kMaxFound);
  std::erase_if(out, [&](const AggregateId& id) {
    return sync::read_entity(rows, Kind::kTicket, id).erased;
  });
  return out;
}

bool falls_due(const Context& context, const TicketState& ticket, std::optional<Due> within) {
  if (!within) return true;
  const Span span = span_of(context, *within);
  const auto due = protocol::next_due(ticket);
  return due && due->at >= span.from && due->at < span.to;
}

// Of tickets that are known by their ids those that the filter has, in the order of the ids.
std::string chosen_json(const Context& context, const sync::Reader& rows, const Filter& filter,
                        const std::vector<AggregateId>& ids, Renderer& renderer) {
  std::size_t given = 0;
  web::JsonWriter out(32 * 1024);
  out.object([&] {
    out.array("items", [&] {
      for (const AggregateId& id : ids) {
        const Entity entity = sync::read_entity(rows, Kind::kTicket, id);
        const auto* state = entity.as<TicketState>();
        if (state == nullptr || state->opened.v == 0 || !filter.takes(*state)) continue;
        if (!falls_due(context, *state, filter.due)) continue;
        renderer.ticket(out, entity);
        ++given;
      }
    });
    out.field("next_cursor", std::nullopt);
    out.field("total_estimate", given);
  });
  return out.take();
}

// With the first page alone: whoever reads on knows it, and pages in the depth of a list cost the
// same as its first.
bool counts(const Page& page) { return page.after.empty(); }

int count_rows(const sync::Reader& rows, const Rows& listed, const Filter& filter) {
  int matching = 0;
  int looked = 0;
  const auto count = [&](std::string_view, std::string_view value) {
    const auto row = from_row<TicketListRow>(value);
    if (row && filter.matches(*row)) ++matching;
    return ++looked < kMaxCounted;
  };
  rows.scan(sync::Table::kIndex, listed.from, listed.to, count);
  return matching;
}

std::string list_json(const Context& context, const sync::Reader& rows, const Filter& filter,
                      Renderer& renderer) {
  const Rows listed = rows_for(context, filter);
  web::JsonWriter out(64 * 1024);
  const auto write = [&](std::string_view key, std::string_view value) {
    const auto row = from_row<TicketListRow>(value);
    if (!row || !filter.matches(*row)) return false;
    renderer.ticket(out, sync::read_entity(rows, Kind::kTicket, protocol::keys::id_of(key)));
    return true;
  };
  Page page = filter.page;
  page.after = std::max(page.after, listed.from);
  page.end = listed.to;
  page.most_looked = kMaxLooked;
  write_list(out, rows, listed.family, page, write, [&] {
    out.field("total_estimate",
              counts(filter.page) ? std::optional(count_rows(rows, listed, filter)) : std::nullopt);
  });
  return out.take();
}

// Of one person: newest first, a page at a time.
std::string history_json(const sync::Reader& rows, const Filter& filter, Renderer& renderer) {
  web::JsonWriter out(32 * 1024);
  const auto write = [&](std::string_view key, std::string_view) {
    const Entity entity = sync::read_entity(rows, Kind::kTicket, protocol::keys::id_of(key));
    const auto* state = entity.as<TicketState>();
    if (state == nullptr || !filter.takes(*state)) return false;
    renderer.ticket(out, entity);
    return true;
  };
  write_list(out, rows, filter.person, filter.page, write, [&] {
    if (!counts(filter.page)) return out.field("total_estimate", std::nullopt);
    int known = 0;
    rows.scan_prefix(sync::Table::kIndex, filter.person,
                     [&](std::string_view, std::string_view) { return ++known < kMaxCounted; });
    out.field("total_estimate", known);
  });
  return out.take();
}

std::string page_json(const Context& context, const sync::Reader& rows, const Filter& filter,
                      Renderer& renderer) {
  if (!filter.among.empty()) return chosen_json(context, rows, filter, filter.among, renderer);
  if (filter.text) {
    const auto found = find_tickets(context, rows, *filter.text);
    return chosen_json(context, rows, filter, found, renderer);
  }
  if (!filter.person.empty()) return history_json(rows, filter, renderer);
  return list_json(context, rows, filter, renderer);
}

void list_route(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto filter = read_filter(context, *user, request.query);
  if (!filter.ok()) return respond(web::problem(filter.error()));
  const auto rows = context.store.snapshot();
  Renderer renderer(context, *rows);
  std::string page = page_json(context, *rows, *filter, renderer);
  note_read(context, *user, protocol::ReadFrom::kTickets, renderer.shown());
  respond(web::json_response(200, std::move(page)));
}

void card_route(const Context& context, const web::Request& request, const std::string& text,
                const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto number = protocol::parse_ticket_number(text);
  if (!number.ok()) return respond(web::problem(number.error()));
  const auto rows = context.store.snapshot();
  const auto ids = find_tickets(context, *rows, text);
  const Entity entity =
      ids.empty() ? Entity{} : sync::read_entity(*rows, Kind::kTicket, ids.front());
  if (!entity.exists())
    return respond(web::problem(Error{Code::kNotFound, "number", "no such ticket here"}));
  web::JsonWriter out(8 * 1024);
  Renderer renderer(context, *rows);
  if (may(context, *user, Action::kTellApplicant)) renderer.show(Addresses::kWhole);
  renderer.ticket_card(out, entity);
  note_read(context, *user, protocol::ReadFrom::kTicket, renderer.shown());
  respond(web::json_response(200, out.take()));
}

}  // namespace

Status check_filter_query(const Context& context, const User& user, const std::string& query) {
  const auto target = web::parse_target("/?" + query, web::Limits{}.query_params);
  if (!target.ok()) return invalid("query", "no filter of the ticket list");
  for (const char* name : {"q", "phone", "email", "applicant", "birth_date"}) {
    const auto& said = target->query;
    const bool named =
        std::any_of(said.begin(), said.end(), [&](const auto& one) { return one.first == name; });
    if (named) return invalid("query", std::string(name) + " names a person: it is not kept");
  }
  const auto filter = read_filter(context, user, target->query);
  if (!filter.ok()) return invalid("query", filter.error().path + ": " + filter.error().message);
  if (!filter->among.empty()) return invalid("query", "among: of one screen, it is not kept");
  return ok_status();
}

void add_ticket_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/tickets",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { list_route(context, request, respond); });
  router.on(web::Method::kGet, "/api/v1/tickets/{number}",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              card_route(context, request, params["number"], respond);
            });
}

}  // namespace opora::app
