#include <set>

#include "protocol/domain/authority.h"
#include "protocol/domain/decide.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/command.h"
#include "web/app/erasures.h"
#include "web/app/listing.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::ErasureState;
using protocol::Kind;

namespace {

struct EraseRequest {
  ErasureTarget target;
  std::string basis;
};

AggregateId read_id(web::JsonReader& in, std::string_view name) {
  const auto text = in.optional_line(name, {32, 32});
  if (!text) return {};
  const auto id = AggregateId::from_hex(*text);
  if (!id || id->is_zero()) in.fail(name, "32 hexadecimal digits");
  return id.value_or(AggregateId{});
}

Result<EraseRequest> read_request(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  EraseRequest out;
  const int named = static_cast<int>(in.has("aggregate")) + static_cast<int>(in.has("contact_id")) +
                    static_cast<int>(in.has("ticket_number"));
  if (named != 1) in.fail("aggregate", "exactly one of aggregate, ticket_number and contact_id");
  out.target.aggregate = read_id(in, "aggregate");
  out.target.contact = read_id(in, "contact_id");
  out.target.ticket_number = in.optional_line("ticket_number", {1, 32}).value_or("");
  out.basis = in.text("basis", {3, 500});
  OPORA_TRY(in.finish());
  return out;
}

// Row of kMeta, at the place of the command: which records one command erased together.
Bytes together_row(const AggregateId& id) {
  return KeyWriter().text("erased_together").raw(id.view()).take();
}

Bytes join(const std::vector<AggregateId>& ids) {
  Bytes out;
  for (const AggregateId& id : ids) out += id.view();
  return out;
}

std::vector<AggregateId> split(std::string_view joined) {
  std::vector<AggregateId> out;
  for (; joined.size() >= sizeof(AggregateId); joined.remove_prefix(sizeof(AggregateId))) {
    out.push_back(*AggregateId::from(joined.substr(0, sizeof(AggregateId))));
  }
  return out;
}

// Those of another place stand alone: the journal does not say what belongs together.
std::vector<AggregateId> erased_with(const sync::Reader& rows, const AggregateId& id) {
  const auto row = rows.get(sync::Table::kMeta, together_row(id));
  return row ? split(*row) : std::vector{id};
}

// Answers with all records that belong together, erases those that are not erased yet: asking again
// changes nothing more.
Result<sync::Answer> erase(sync::Decision& decision, const EraseRequest& request) {
  auto records = records_together(decision, request.target);
  if (!records.ok()) return records.error();
  protocol::Erase command;
  command.basis = request.basis;
  const auto known = [&](Kind kind, const AggregateId& id) -> const protocol::Entity& {
    return decision.load(kind, id);
  };
  for (const AggregateId& id : *records) {
    OPORA_TRY(protocol::may_erase(decision.context().site, id, known));
    if (!decision.load(Kind::kErasure, id).exists()) command.targets.push_back(id);
  }
  auto drafts = protocol::decide(command, decision.context());
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  const Bytes together = join(command.targets);
  for (const AggregateId& id : command.targets) decision.put_meta(together_row(id), together);
  return join(*records);
}

void write_ids(web::JsonWriter& out, const std::vector<AggregateId>& ids) {
  out.array("aggregates", [&] {
    for (const AggregateId& id : ids) out.value(id);
  });
}

void write_pending(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   const std::vector<AggregateId>& ids) {
  std::set<SiteNo> sites;
  for (const AggregateId& id : ids) {
    const auto pending = context.erasure_pending(rows, id);
    sites.insert(pending.begin(), pending.end());
  }
  out.array("pending_sites", [&] {
    for (const SiteNo site : sites) out.value(site);
  });
}

web::Response erased(const Context& context, const std::vector<AggregateId>& ids,
                     const std::string& basis) {
  const auto rows = context.store.snapshot();
  web::JsonWriter out;
  out.object([&] {
    write_ids(out, ids);
    write_pending(out, context, *rows, ids);
    out.field("basis", basis);
  });
  return web::json_response(201, out.take());
}

void handle_erase(const Context& context, const web::Request& request,
                  const web::Respond& respond) {
  auto user = authorize(context, request, Action::kErase);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto read = read_request(request.body);
  if (!read.ok()) return respond(web::problem(read.error()));
  auto decide = [read = *read](sync::Decision& decision) { return erase(decision, read); };
  auto render = [&context, basis = read->basis](const sync::Answer& answer) {
    return erased(context, split(answer), basis);
  };
  submit(context, {request, *user, KeyRule::kRequired, std::move(decide), std::move(render)},
         respond);
}

bool write_erasure(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   const AggregateId& id) {
  const auto entity = sync::read_entity(rows, Kind::kErasure, id);
  const auto* erasure = entity.as<ErasureState>();
  if (erasure == nullptr) return false;
  const auto ids = erased_with(rows, id);
  if (ids.empty() || ids.front() != id) return false;  // told by the first of them
  out.object([&] {
    write_ids(out, ids);
    write_pending(out, context, rows, ids);
    out.field("basis", erasure->basis);
    out.field("at", erasure->at.time());
  });
  return true;
}

void handle_list(const Context& context, const web::Request& request, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadErasures);
  if (!user.ok()) return respond(web::problem(user.error()));
  web::QueryReader in(request.query);
  const Page page = read_page(in);
  const Status status = in.finish();
  if (!status.ok()) return respond(web::problem(status.error()));
  const auto rows = context.store.snapshot();
  web::JsonWriter out(8 * 1024);
  write_list(out, *rows, protocol::keys::erasures(), page,
             [&](std::string_view key, std::string_view) {
               return write_erasure(out, context, *rows, protocol::keys::id_of(key));
             });
  respond(web::json_response(200, out.take()));
}

}  // namespace

void add_erasure_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kPost, "/api/v1/erasures",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handle_erase(context, request, respond); });
  router.on(web::Method::kGet, "/api/v1/erasures",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { handle_list(context, request, respond); });
}

}  // namespace opora::app
