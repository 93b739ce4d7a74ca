#include "web/app/erasures.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "protocol/domain/call_back.h"
#include "protocol/domain/facets.h"
#include "protocol/domain/links.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/recording.h"
#include "protocol/domain/ticket_number.h"
#include "sync/journal/files.h"
#include "web/app/ties.h"

namespace opora::app {

using protocol::ContactState;
using protocol::Kind;
using protocol::TicketState;

namespace {

constexpr Kind kErasable[] = {Kind::kCall,     Kind::kContact,  Kind::kTicket,
                              Kind::kProblem,  Kind::kUser,     Kind::kFacilityNotice,
                              Kind::kCallBack, Kind::kRecording};

// A number with more records is a switchboard's: whose they are, it does not say.
constexpr std::size_t kMaxOfNumber = 1000;

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

void add_ticket(sync::Decision& decision, const AggregateId& id, std::set<AggregateId>& out);

// With what was said in it.
void add_call(sync::Decision& decision, const AggregateId& id, std::set<AggregateId>& out) {
  out.insert(id);
  for (const AggregateId& recording :
       tied(decision.rows(), protocol::keys::recordings_of_call(id), protocol::kMaxRecordingParts))
    out.insert(recording);
}

void add_contact(sync::Decision& decision, const AggregateId& id, std::set<AggregateId>& out) {
  const protocol::Entity entity = decision.load(Kind::kContact, id);
  const auto* contact = entity.as<ContactState>();
  if (contact == nullptr) return;
  out.insert(id);
  if (!contact->call.is_zero()) add_call(decision, contact->call, out);
  const AggregateId ticket = contact->ticket;
  if (!ticket.is_zero() && out.insert(ticket).second) add_ticket(decision, ticket, out);
}

void add_ticket(sync::Decision& decision, const AggregateId& id, std::set<AggregateId>& out) {
  const protocol::Entity entity = decision.load(Kind::kTicket, id);
  const auto* ticket = entity.as<TicketState>();
  if (ticket == nullptr) return;
  out.insert(id);
  add_contact(decision, ticket->contact, out);
  // Parts name the same person as the ticket that they were split from, whichever was asked for.
  const AggregateId origin = ticket->part_of;
  if (!origin.is_zero() && !out.contains(origin)) add_ticket(decision, origin, out);
  for (const AggregateId& part :
       tied(decision.rows(), protocol::keys::parts_of(id), protocol::kMaxParts)) {
    if (!out.contains(part)) add_ticket(decision, part, out);
  }
}

// By which the persons of these contacts called.
std::set<Bytes> numbers_of(sync::Decision& decision, const std::set<AggregateId>& records) {
  std::set<Bytes> out;
  const auto add = [&](Kind kind, const AggregateId& id) {
    out.insert(protocol::phone_key(
        decision.load(kind, id).personal.text(protocol::PersonalField::kPhone)));
  };
  for (const AggregateId& id : records) {
    const auto* contact = decision.load(Kind::kContact, id).as<ContactState>();
    if (contact == nullptr) continue;
    const AggregateId call = contact->call;
    add(Kind::kContact, id);
    if (!call.is_zero()) add(Kind::kCall, call);
  }
  out.erase(Bytes());
  return out;
}

// Nobody whose record stays has this number.
bool is_theirs(sync::Decision& decision, const Bytes& number,
               const std::set<AggregateId>& records) {
  const auto contacts =
      tied(decision.rows(), protocol::keys::by_phone(number, Kind::kContact), kMaxOfNumber);
  return contacts.size() < kMaxOfNumber &&
         std::all_of(contacts.begin(), contacts.end(),
                     [&](const AggregateId& id) { return records.contains(id); });
}

// What is owed to a number (O7) goes with the last person who is known by it. One that another site
// lost is that site's, or the region's, to erase.
void add_call_backs(sync::Decision& decision, std::set<AggregateId>& out) {
  const SiteNo here = decision.context().site;
  for (const Bytes& number : numbers_of(decision, out)) {
    if (!is_theirs(decision, number, out)) continue;
    for (const AggregateId& call :
         tied(decision.rows(), protocol::keys::by_phone(number, Kind::kCall), kMaxOfNumber)) {
      const auto* lost = decision.load(Kind::kCall, call).as<protocol::CallState>();
      if (lost == nullptr || (here != kHubSite && lost->site != here)) continue;
      const AggregateId task = protocol::call_back_aggregate(lost->site, call);
      if (decision.load(Kind::kCallBack, task).exists()) out.insert(task);
    }
  }
}

void add_any(sync::Decision& decision, const AggregateId& id, std::set<AggregateId>& out) {
  add_ticket(decision, id, out);
  add_contact(decision, id, out);
  if (decision.load(Kind::kCall, id).exists()) add_call(decision, id, out);
  for (const Kind kind : kErasable) {
    if (decision.load(kind, id).exists()) out.insert(id);
  }
}

Bytes row_of(Kind kind, const AggregateId& id) {
  return KeyWriter().u8(static_cast<std::uint8_t>(kind)).raw(id.view()).take();
}

// The value of a mark: its time is over; of an order, nothing.
constexpr std::string_view kOver = "over";
Bytes mark_prefix() { return KeyWriter().text("purge").take(); }
Bytes mark_of(const AggregateId& id) {
  return KeyWriter().raw(mark_prefix()).raw(id.view()).take();
}

// Thousands a day: those of some hours lie together and go together. What made sense of the sound
// goes at once; the sound, noise without it, when the last of those hours has gone: a region has
// gigabytes of them, which must not be written anew every few minutes for a few that went.
Status remove_recordings(sync::Store& store, const std::vector<AggregateId>& over) {
  std::set<Bytes> buckets;
  for (const AggregateId& id : over) buckets.insert(Bytes(protocol::bucket_of(id)));
  for (const Bytes& bucket : buckets) {
    const Bytes kind(1, static_cast<char>(Kind::kRecording));
    OPORA_TRY(store.compact(sync::Table::kPersonal, kind + bucket));
    OPORA_TRY(store.compact(sync::Table::kKeys, bucket));
    if (!sync::has_whole_files(*store.snapshot(), bucket))
      OPORA_TRY(store.compact(sync::Table::kFiles, sync::files_prefix(bucket)));
  }
  return ok_status();
}

Status remove_from_files(sync::Store& store, const std::vector<AggregateId>& erased) {
  for (const AggregateId& id : erased) {
    for (const Kind kind : kErasable)
      OPORA_TRY(store.compact(sync::Table::kPersonal, row_of(kind, id)));
    OPORA_TRY(store.compact(sync::Table::kKeys, id.view()));
    OPORA_TRY(store.compact(sync::Table::kFiles, sync::files_prefix(id)));
  }
  // Telephone numbers stand in the keys of these rows; which one it was is forgotten already.
  return store.compact(sync::Table::kIndex, "P");
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
  add_call_backs(decision, out);
  return std::vector<AggregateId>(out.begin(), out.end());
}

void Purger::mark(sync::Transaction& txn, const protocol::Event& event) {
  if (event.env.type == protocol::EventType::kErased)
    txn.put(sync::Table::kMeta, mark_of(event.env.aggregate), "");
  if (event.env.type == protocol::EventType::kRecordingErased)
    txn.put(sync::Table::kMeta, mark_of(event.env.aggregate), kOver);
}

void Purger::changed(const std::set<sync::Projection::Touched>& touched) {
  Marks marks;
  std::unique_ptr<sync::Reader> rows;
  for (const auto& row : touched) {
    if (row.kind == Kind::kErasure) marks.ordered.push_back(row.id);
    if (row.kind != Kind::kRecording) continue;
    if (!rows) rows = store_.snapshot();
    if (rows->get(sync::Table::kMeta, mark_of(row.id)) == kOver) marks.over.push_back(row.id);
  }
  purge(std::move(marks));
}

void Purger::resume() {
  Marks marks;
  const Bytes prefix = mark_prefix();
  store_.snapshot()->scan_prefix(sync::Table::kMeta, prefix,
                                 [&](std::string_view key, std::string_view value) {
                                   const auto id = AggregateId::from(key.substr(prefix.size()));
                                   if (id)
                                     (value == kOver ? marks.over : marks.ordered).push_back(*id);
                                   return true;
                                 });
  purge(std::move(marks));
}

void Purger::purge(Marks marks) {
  if (marks.ordered.empty() && marks.over.empty()) return;
  // Without room, and when a disk refuses, the marks stay: the next start does it.
  static_cast<void>(worker_.submit([&store = store_, &engine = engine_, &list = list_, marks] {
    const Status listed = marks.ordered.empty() ? ok_status() : list.add(marks.ordered);
    if (!listed.ok())
      spdlog::error("the list of erasures beside the backups: {}", listed.error().message);
    if (!remove_recordings(store, marks.over).ok()) return;
    const bool removed = marks.ordered.empty() || remove_from_files(store, marks.ordered).ok();
    if (!removed || !listed.ok()) return;
    sync::Command command;
    command.decide = [marks](sync::Decision& decision) -> Result<sync::Answer> {
      for (const AggregateId& id : marks.ordered) decision.erase_meta(mark_of(id));
      for (const AggregateId& id : marks.over) decision.erase_meta(mark_of(id));
      return sync::Answer{};
    };
    command.done = [](const Result<sync::Answer>&) {};
    engine.submit(std::move(command));
  }));
}

}  // namespace opora::app
