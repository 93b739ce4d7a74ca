#include "web/app/erasures.h"

#include "protocol/domain/facets.h"
#include "protocol/domain/ticket_number.h"

namespace opora::app {

using protocol::ContactState;
using protocol::Kind;
using protocol::TicketState;

namespace {

constexpr Kind kErasable[] = {Kind::kCall, Kind::kContact, Kind::kTicket, Kind::kProblem,
                              Kind::kUser};

Error not_found(const char* field) { return Error{Code::kNotFound, field, "no such record here"}; }

Result<AggregateId> ticket_by_number(sync::Decision& decision, const std::string& text) {
  const auto number = protocol::parse_ticket_number(text);
  if (!number.ok()) return invalid("ticket_number", number.error().message);
  std::vector<AggregateId> found;
  decision.rows().scan_prefix(sync::Table::kIndex,
                              protocol::keys::ticket_by_number(number->site, number->counter),
                              [&](std::string_view key, std::string_view) {
                                found.push_back(protocol::keys::id_of(key));
                                return found.size() < 2;
                              });
  if (found.empty()) return not_found("ticket_number");
  if (found.size() > 1)
    return Error{Code::kConflict, "ticket_number", "two tickets bear it: name the record's id"};
  return found.front();
}

void add_contact(sync::Decision& decision, const AggregateId& id, std::set<AggregateId>& out) {
  const protocol::Entity entity = decision.load(Kind::kContact, id);
  const auto* contact = entity.as<ContactState>();
  if (contact == nullptr) return;
  out.insert(id);
  if (!contact->ticket.is_zero()) out.insert(contact->ticket);
  if (!contact->call.is_zero()) out.insert(contact->call);
}

void add_ticket(sync::Decision& decision, const AggregateId& id, std::set<AggregateId>& out) {
  const protocol::Entity entity = decision.load(Kind::kTicket, id);
  const auto* ticket = entity.as<TicketState>();
  if (ticket == nullptr) return;
  out.insert(id);
  add_contact(decision, ticket->contact, out);
}

void add_any(sync::Decision& decision, const AggregateId& id, std::set<AggregateId>& out) {
  add_ticket(decision, id, out);
  add_contact(decision, id, out);
  for (const Kind kind : kErasable) {
    if (decision.load(kind, id).exists()) out.insert(id);
  }
}

Bytes row_of(Kind kind, const AggregateId& id) {
  return KeyWriter().u8(static_cast<std::uint8_t>(kind)).raw(id.view()).take();
}

void purge(sync::Store& store, const std::vector<AggregateId>& erased) {
  for (const AggregateId& id : erased) {
    // A failure poisons the store and ends the process; the start after it goes on without: the
    // files merge by and by.
    for (const Kind kind : kErasable) {
      if (!store.compact(sync::Table::kPersonal, row_of(kind, id)).ok()) return;
    }
    if (!store.compact(sync::Table::kKeys, id.view()).ok()) return;
  }
  // Telephone numbers stand in the keys of these rows; which one it was is forgotten already.
  if (!store.compact(sync::Table::kIndex, "P").ok()) return;
}

}  // namespace

Result<std::vector<AggregateId>> records_together(sync::Decision& decision,
                                                  const ErasureTarget& target) {
  std::set<AggregateId> out;
  const char* field = "aggregate";
  if (!target.ticket_number.empty()) {
    auto id = ticket_by_number(decision, target.ticket_number);
    if (!id.ok()) return id.error();
    add_ticket(decision, *id, out);
  } else if (!target.contact.is_zero()) {
    field = "contact_id";
    add_contact(decision, target.contact, out);
  } else {
    add_any(decision, target.aggregate, out);
  }
  if (out.empty()) return not_found(field);
  return std::vector<AggregateId>(out.begin(), out.end());
}

void Purger::changed(const std::set<sync::Projection::Touched>& touched) {
  std::vector<AggregateId> erased;
  for (const auto& row : touched) {
    if (row.kind == Kind::kErasure) erased.push_back(row.id);
  }
  if (erased.empty()) return;
  // When there is no room the files merge by and by.
  static_cast<void>(worker_.submit([&store = store_, erased] { purge(store, erased); }));
}

}  // namespace opora::app
