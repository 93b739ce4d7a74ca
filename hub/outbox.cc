#include "hub/outbox.h"

#include <algorithm>

#include "protocol/codec/record_codec.h"
#include "protocol/domain/authority.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_readers.h"
#include "sync/journal/unread.h"

namespace opora::hub {

using protocol::Event;
using protocol::Kind;
using sync::JournalRef;
using sync::Stream;
using sync::Table;
using sync::Transaction;

namespace {

Bytes row(std::string_view family, const AggregateId& aggregate) {
  return KeyWriter().text(family).raw(aggregate.view()).take();
}

Bytes row(std::string_view family, const AggregateId& aggregate, Stream stream, SiteNo site) {
  return KeyWriter()
      .raw(row(family, aggregate))
      .u16(static_cast<std::uint16_t>(stream))
      .u32(site.v)
      .take();
}

Bytes entitled_row(const AggregateId& aggregate, SiteNo site) {
  return KeyWriter().raw(row("entitled", aggregate)).u32(site.v).take();
}

struct StreamSite {
  Stream stream;
  SiteNo site;
};

// The end of a row made by row(family, aggregate, stream, site).
StreamSite stream_site(std::string_view key) {
  KeyReader reader(key.substr(key.size() - 6));
  const auto stream = static_cast<Stream>(reader.u16());
  return {stream, SiteNo{reader.u32()}};
}

std::vector<StreamSite> rows_of(const sync::Reader& reader, std::string_view family,
                                const AggregateId& aggregate) {
  std::vector<StreamSite> out;
  reader.scan_prefix(Table::kMeta, row(family, aggregate),
                     [&](std::string_view key, std::string_view) {
                       out.push_back(stream_site(key));
                       return true;
                     });
  return out;
}

bool goes_to_everybody(Kind kind) {
  switch (kind) {
    case Kind::kRubricator:
    case Kind::kSite:
    case Kind::kProblem:
    case Kind::kProductionYear:
    case Kind::kCalendar:
    case Kind::kQueue:
    case Kind::kCompetence:
    case Kind::kTemplate:
    case Kind::kFacilityNotice: return true;
    default: return false;
  }
}

std::set<SiteNo> entitled_sites(const sync::Reader& rows, const AggregateId& aggregate) {
  std::set<SiteNo> out;
  rows.scan_prefix(Table::kMeta, row("entitled", aggregate),
                   [&](std::string_view key, std::string_view) {
                     out.insert(SiteNo{KeyReader(key.substr(key.size() - 4)).u32()});
                     return true;
                   });
  return out;
}

// What may change who reads a ticket.
bool moves_rights(protocol::EventType type) {
  using protocol::EventType;
  switch (type) {
    case EventType::kTicketOpened:
    case EventType::kTicketOffered:
    case EventType::kTicketOfferCancelled:
    case EventType::kTicketOfferAnswered:
    case EventType::kTicketOwnerChanged:
    case EventType::kTicketClosed:
    case EventType::kTicketReopened:
    case EventType::kTicketMerged:
    case EventType::kTicketUnmerged: return true;
    default: return false;
  }
}

// What a hub of an older version could not read may come to be read behind an offer that had no
// effect without it: of a ticket that was over for the hub, and to nobody's knowledge.
bool opens_again(protocol::EventType type) {
  using protocol::EventType;
  return type == EventType::kTicketReopened || type == EventType::kTicketUnmerged;
}

// The ticket with the event that is being told of: its row is written at the end of the
// transaction. Nothing while it is not known where it began.
std::optional<protocol::TicketState> ticket_now(const sync::Reader& rows, const sync::Vault& vault,
                                                const AggregateId& id) {
  protocol::Entity entity;
  entity.kind = Kind::kTicket;
  entity.id = id;
  entity = protocol::refold(entity, sync::read_history(rows, vault, id));
  const auto* ticket = entity.as<protocol::TicketState>();
  return ticket != nullptr && ticket->opened.v != 0 ? std::optional(*ticket) : std::nullopt;
}

Bytes erased_row(const AggregateId& aggregate) { return row("erased", aggregate); }

// Where a record of a person lives besides the hub; nothing while only others' additions to a
// ticket are here, since those do not say whose it is.
std::optional<SiteNo> home_of(const sync::Reader& rows, const AggregateId& id) {
  if (const auto call = sync::read_entity(rows, Kind::kCall, id); call.exists()) {
    return call.as<protocol::CallState>()->site;
  }
  if (const auto task = sync::read_entity(rows, Kind::kCallBack, id); task.exists()) {
    const auto* state = task.as<protocol::CallBackState>();
    return state->opened.v != 0 ? std::optional(state->site) : std::nullopt;
  }
  if (const auto contact = sync::read_entity(rows, Kind::kContact, id); contact.exists()) {
    return contact.as<protocol::ContactState>()->site;
  }
  if (const auto recording = sync::read_entity(rows, Kind::kRecording, id); recording.exists()) {
    const SiteNo site = recording.as<protocol::RecordingState>()->site;
    return site.v != 0 ? std::optional(site) : std::nullopt;
  }
  const auto entity = sync::read_entity(rows, Kind::kTicket, id);
  const auto* ticket = entity.as<protocol::TicketState>();
  if (ticket != nullptr && ticket->opened.v != 0) return ticket->site;
  return std::nullopt;
}

}  // namespace

Outbox::Outbox()
    : sent_(Table::kMeta, KeyWriter().text("keysent").take(), sync::KnownIds::Place::kBehindFamily),
      waiting_(Table::kMeta, KeyWriter().text("keywait").take(),
               sync::KnownIds::Place::kBehindFamily) {}

void Outbox::on_event(Transaction& txn, const Event& event, const JournalRef& ref) {
  const auto kind = protocol::kind_of(event.env.type);
  // What this version does not know may be about a ticket; of others nobody is entitled.
  if (!kind || sync::is_unread(event)) {
    forward(txn, event, ref);
    return;
  }
  if (*kind == Kind::kTicket) return ticket_event(txn, event, ref);
  if (*kind == Kind::kCallBack) return call_back_event(txn, event, ref);
  if (goes_to_everybody(*kind)) {
    send(txn, {Stream::kCommon, kHubSite}, ref, event.env.aggregate);
  } else if (*kind == Kind::kUser && event.env.origin == kHubSite) {
    user_changed(txn, event, ref);
  } else if (*kind == Kind::kErasure) {
    erased(txn, event, ref);
  }
}

StreamPos Outbox::send(Transaction& txn, Place place, const JournalRef& ref,
                       const AggregateId& aggregate) {
  send_key(txn, place, aggregate);
  const auto record = sync::read_record(txn, ref);
  OPORA_CHECK(record.has_value());
  grown_.insert(place.site);
  return engine_->streams().append(txn, place.stream, place.site, ref.key(), record->record).pos;
}

void Outbox::send_key(Transaction& txn, Place place, const AggregateId& aggregate) {
  if (txn.get(Table::kMeta, row("keysent", aggregate, place.stream, place.site))) return;
  if (engine_->vault().find(txn, aggregate)) {
    append_key(txn, place, aggregate);
  } else {
    waiting_.add(txn, aggregate);
    // Either it comes later, or the record has no personal part and the row is never used.
    txn.put(Table::kMeta, row("keywait", aggregate, place.stream, place.site), "");
  }
}

void Outbox::append_key(Transaction& txn, Place place, const AggregateId& aggregate) {
  engine_->streams().append(txn, sync::keys_of(place.stream), place.site, aggregate.view(),
                            aggregate.view());
  sent_.add(txn, aggregate);
  txn.put(Table::kMeta, row("keysent", aggregate, place.stream, place.site), "");
  txn.erase(Table::kMeta, row("keywait", aggregate, place.stream, place.site));
  grown_.insert(place.site);
}

void Outbox::on_key(Transaction& txn, const AggregateId& aggregate) {
  if (sent_.holds(txn, aggregate) == false && waiting_.holds(txn, aggregate) == false) return;
  const auto sent_before = rows_of(txn, "keysent", aggregate);
  for (const StreamSite& waits : rows_of(txn, "keywait", aggregate)) {
    append_key(txn, {waits.stream, waits.site}, aggregate);
  }
  // A key that went out and opened nothing was replaced.
  for (const StreamSite& sent : sent_before) {
    append_key(txn, {sent.stream, sent.site}, aggregate);
  }
}

void Outbox::return_key(Transaction& txn, const AggregateId& aggregate, SiteNo site) {
  append_key(txn, {Stream::kPrivate, site}, aggregate);
}

void Outbox::user_changed(Transaction& txn, const Event& event, const JournalRef& ref) {
  const auto& facts = std::get<protocol::UserChanged>(event.facts);
  std::set<SiteNo> now(facts.sites.begin(), facts.sites.end());
  now.erase(kHubSite);
  const std::set<SiteNo> before = entitled_sites(txn, event.env.aggregate);
  for (const SiteNo site : before) {
    const StreamPos pos = send(txn, {Stream::kPrivate, site}, ref, event.env.aggregate);
    if (!now.contains(site)) end_right(txn, event.env.aggregate, site, pos);
  }
  for (const SiteNo site : now) {
    if (before.contains(site)) continue;
    begin_right(txn, event.env.aggregate, site);
    send_history(txn, {Stream::kPrivate, site}, event.env.aggregate);
  }
}

std::set<SiteNo> Outbox::forward(Transaction& txn, const Event& event, const JournalRef& ref) {
  std::set<SiteNo> readers = entitled_sites(txn, event.env.aggregate);
  for (const SiteNo site : readers) {
    if (site != event.env.origin) send(txn, {Stream::kPrivate, site}, ref, event.env.aggregate);
  }
  return readers;
}

void Outbox::begin_right(Transaction& txn, const AggregateId& aggregate, SiteNo site) {
  const StreamPos behind = sync::stream_head(txn, Stream::kPrivate, site).pos;
  txn.put(Table::kMeta, entitled_row(aggregate, site), KeyWriter().u64(behind.v).take());
}

// Its key would have to be sent again with another right to it.
void Outbox::end_right(Transaction& txn, const AggregateId& aggregate, SiteNo site,
                       std::optional<StreamPos> farewell) {
  txn.erase(Table::kMeta, entitled_row(aggregate, site));
  txn.erase(Table::kMeta, row("keysent", aggregate, Stream::kPrivate, site));
  txn.erase(Table::kMeta, row("keywait", aggregate, Stream::kPrivate, site));
  // What it holds it keeps, until it is erased.
  txn.put(Table::kMeta, row("farewell", aggregate, Stream::kPrivate, site),
          KeyWriter().u64(farewell.value_or(StreamPos{}).v).take());
}

void Outbox::settle_offers(Transaction& txn, const Event& event, const std::set<SiteNo>& readers) {
  if (!moves_rights(event.env.type)) return;
  if (readers.empty() && !opens_again(event.env.type)) return;
  const AggregateId& ticket = event.env.aggregate;
  const auto state = ticket_now(txn, engine_->vault(), ticket);
  if (!state) return;
  for (const SiteNo site : readers) {
    if (protocol::reads(*state, site)) continue;
    const bool told = event.env.origin != site;
    end_right(
        txn, ticket, site,
        told ? std::optional(sync::stream_head(txn, Stream::kPrivate, site).pos) : std::nullopt);
  }
  const protocol::TicketOffer* offer = protocol::pending_offer(*state);
  if (offer != nullptr && offer->to != kHubSite) grant(txn, ticket, offer->to);
}

// A ticket that never left its site has no rows here and costs one look.
void Outbox::ticket_event(Transaction& txn, const Event& event, const JournalRef& ref) {
  settle_offers(txn, event, forward(txn, event, ref));
  const Place home{Stream::kPrivate, event.env.origin};
  if (event.env.origin != kHubSite) {
    // Where it began is told anyway. Who added, or owned it in a later term, may have lost its
    // right to the ticket when the hub was restored.
    const bool first_owner = event.env.seq.v != 0 && event.env.term == protocol::kFirstTerm;
    if (!first_owner) tell_of_erasure(txn, home, event.env.aggregate);
    return;
  }
  entitle_home(txn, event.env.aggregate);
  const auto* changed = std::get_if<protocol::TicketOwnerChanged>(&event.facts);
  if (changed == nullptr) return;
  grant(txn, event.env.aggregate, changed->to);
  grant_offered(txn, event.env.aggregate, changed->to, event.env.term);
}

// Whoever was to call reads on, so that both hear of it when another called as well.
void Outbox::call_back_event(Transaction& txn, const Event& event, const JournalRef& ref) {
  const bool has_readers = !forward(txn, event, ref).empty();
  const auto* routed = std::get_if<protocol::CallBackRouted>(&event.facts);
  const AggregateId& task = event.env.aggregate;
  if (routed == nullptr) {
    // That it was lent the region and the home may have lost with their stores.
    if (!has_readers && is_spoken_of_elsewhere(txn, task)) entitle_home(txn, task);
    if (event.env.term > protocol::kFirstTerm)
      tell_of_erasure(txn, {Stream::kPrivate, event.env.origin}, task);
    return;
  }
  entitle_home(txn, task);
  if (routed->to == event.env.origin || txn.get(Table::kMeta, entitled_row(task, routed->to)))
    return;
  begin_right(txn, task, routed->to);
  const Place place{Stream::kPrivate, routed->to};
  send_history(txn, place, task);
  tell_of_erasure(txn, place, task);
}

bool Outbox::is_spoken_of_elsewhere(const Transaction& txn, const AggregateId& task) const {
  const auto history = sync::read_history(txn, engine_->vault(), task);
  const auto other = [&](const Event& said) { return said.env.origin != history[0].env.origin; };
  return std::any_of(history.begin(), history.end(), other);
}

void Outbox::entitle_home(Transaction& txn, const AggregateId& ticket) {
  for (const Event& event : sync::read_history(txn, engine_->vault(), ticket)) {
    if (!std::holds_alternative<protocol::TicketOpened>(event.facts) &&
        !std::holds_alternative<protocol::CallBackOpened>(event.facts))
      continue;
    const Bytes entitled = entitled_row(ticket, event.env.origin);
    if (txn.get(Table::kMeta, entitled)) return;
    begin_right(txn, ticket, event.env.origin);
    return send_history(txn, {Stream::kPrivate, event.env.origin}, ticket);
  }
}

// A hub that was restored hears what the owner of a term did before it says that term again.
void Outbox::grant_offered(Transaction& txn, const AggregateId& ticket, SiteNo owner,
                           OwnerTerm term) {
  for (const Event& event : sync::read_history(txn, engine_->vault(), ticket)) {
    const auto* offered = std::get_if<protocol::TicketOffered>(&event.facts);
    const bool owners = event.env.origin == owner && event.env.term == term;
    if (offered != nullptr && owners && offered->to != kHubSite) grant(txn, ticket, offered->to);
  }
}

void Outbox::grant(Transaction& txn, const AggregateId& ticket, SiteNo site) {
  entitle_home(txn, ticket);
  if (txn.get(Table::kMeta, entitled_row(ticket, site))) return;
  const auto state = ticket_now(txn, engine_->vault(), ticket);
  if (state && !protocol::reads(*state, site)) return;
  begin_right(txn, ticket, site);
  const Place place{Stream::kPrivate, site};
  send_history(txn, place, ticket);
  tell_of_erasure(txn, place, ticket);
}

void Outbox::tell_of_erasure(Transaction& txn, Place place, const AggregateId& ticket) {
  const auto erasure = txn.get(Table::kMeta, erased_row(ticket));
  const auto ref = erasure ? JournalRef::from_key(*erasure) : std::nullopt;
  if (!ref || ref->origin == place.site) return;
  const auto told = row("erasure", ticket, place.stream, place.site);
  if (!txn.get(Table::kMeta, told)) send_erasure(txn, place, ticket, *ref);
}

void Outbox::send_history(Transaction& txn, Place place, const AggregateId& aggregate) {
  for (const Event& event : sync::read_history(txn, engine_->vault(), aggregate)) {
    if (event.env.origin == place.site) continue;
    send(txn, place, {event.env.origin, event.env.n, event.env.incarnation}, aggregate);
  }
}

void Outbox::erased(Transaction& txn, const Event& event, const JournalRef& ref) {
  const AggregateId& target = event.env.aggregate;
  const auto home = home_of(txn, target);
  if (!home) return send_erasure(txn, {Stream::kCommon, kHubSite}, target, ref);
  txn.put(Table::kMeta, erased_row(target), ref.key());
  std::set<SiteNo> places = entitled_sites(txn, target);
  for (const StreamSite& was : rows_of(txn, "farewell", target)) places.insert(was.site);
  places.insert(*home);
  // Whoever added to it holds what it said and the key, entitled or not.
  for (const Event& said : sync::read_history(txn, engine_->vault(), target))
    places.insert(said.env.origin);
  places.erase(event.env.origin);  // it has erased its own
  places.erase(kHubSite);
  for (const SiteNo site : places) send_erasure(txn, {Stream::kPrivate, site}, target, ref);
}

void Outbox::send_erasure(Transaction& txn, Place place, const AggregateId& aggregate,
                          const JournalRef& ref) {
  const StreamPos pos = send(txn, place, ref, aggregate);
  txn.put(Table::kMeta, row("erasure", aggregate, place.stream, place.site),
          KeyWriter().u64(pos.v).take());
}

std::set<SiteNo> Outbox::take_grown() { return std::exchange(grown_, {}); }

bool may_read_ticket(const sync::Reader& rows, const AggregateId& ticket, SiteNo site) {
  if (rows.get(Table::kMeta, entitled_row(ticket, site))) return true;
  const auto entity = sync::read_entity(rows, Kind::kTicket, ticket);
  const auto* state = entity.as<protocol::TicketState>();
  return state != nullptr && state->site == site;
}

namespace {

// Position of the one record that goes down although its aggregate is not the site's to read.
bool told_at(const sync::Reader& rows, std::string_view family, const AggregateId& aggregate,
             SiteNo site, StreamPos pos) {
  const auto told = rows.get(Table::kMeta, row(family, aggregate, Stream::kPrivate, site));
  return told && KeyReader(*told).u64() == pos.v;
}

bool may_send_record(const sync::Reader& rows, SiteNo site, StreamPos pos,
                     const protocol::Envelope& env) {
  const auto entitled = rows.get(Table::kMeta, entitled_row(env.aggregate, site));
  // What waited when an earlier right ended stays withdrawn: the new one sent it all again. Rows of
  // before this was kept have no position.
  if (entitled && (entitled->empty() || pos.v > KeyReader(*entitled).u64())) return true;
  return told_at(rows, "farewell", env.aggregate, site, pos) ||
         told_at(rows, "erasure", env.aggregate, site, pos);
}

bool may_send_key(const sync::Reader& rows, SiteNo site, const AggregateId& aggregate) {
  if (rows.get(Table::kMeta, entitled_row(aggregate, site))) return true;
  protocol::Entity held;
  return protocol::began(
      site, aggregate, [&](Kind kind, const AggregateId& id) -> const auto& {
        held = sync::read_entity(rows, kind, id);
        return held;
      });
}

}  // namespace

sync::SendRights send_rights() { return {may_send_record, may_send_key}; }

Waiting waiting_for(const sync::Reader& rows, SiteNo site, StreamPos acked) {
  Waiting out;
  std::size_t looked = 0;
  sync::scan_stream(
      rows, Stream::kPrivate, site, StreamPos{acked.v + 1}, [&](const sync::StreamRow& row) {
        const auto ref = JournalRef::from_key(row.payload);
        const auto held = ref ? sync::read_record(rows, *ref) : std::nullopt;
        const auto record = held ? protocol::decode_record(held->record)
                                 : Result<protocol::RecordView>(Error{Code::kCorrupt, "", ""});
        const bool may = record.ok() && may_send_record(rows, site, row.pos, record->env);
        ++(may ? out.records : out.withdrawn);
        return ++looked < kMaxWaitingCounted;
      });
  return out;
}

std::vector<ErasurePlace> erasure_places(const sync::Reader& rows, const AggregateId& aggregate) {
  std::vector<ErasurePlace> out;
  rows.scan_prefix(Table::kMeta, row("erasure", aggregate),
                   [&](std::string_view key, std::string_view value) {
                     const StreamSite place = stream_site(key);
                     out.push_back({place.stream, place.site, StreamPos{KeyReader(value).u64()}});
                     return true;
                   });
  return out;
}

}  // namespace opora::hub
