// Ownership of tickets, from the events alone: terms without gaps, one owner each, and the same
// ticket wherever it may be read.
#include <algorithm>

#include "protocol/codec/record_codec.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_readers.h"
#include "sync/projection/projection.h"
#include "tests/sim/region/checks.h"

namespace opora::sim {

using protocol::Kind;
using sync::Table;

// Who owned a ticket when, by what the hub said; and who may read it.
std::map<AggregateId, Checks::Tenures> Checks::tenures(const Journal& hub) const {
  std::map<AggregateId, Tenures> out;
  for (const auto& [ref, held] : hub) {
    if (const auto* opened = std::get_if<protocol::TicketOpened>(&held.facts)) {
      out[held.env.aggregate].home = held.env.origin;
      out[held.env.aggregate].terms[1].owner = opened->site;
    }
    const auto* changed = std::get_if<protocol::TicketOwnerChanged>(&held.facts);
    if (changed == nullptr || ref.origin != kHubSite) continue;
    Tenures& ticket = out[held.env.aggregate];
    const std::uint32_t term = held.env.term.v;
    if (ticket.terms.contains(term) && ticket.terms[term].owner.v != 0)
      sim_.story.wrong("two owners of " + held.env.aggregate.hex() + " in one term");
    ticket.terms[term].owner = changed->to;
    ticket.terms[term - 1].through = changed->valid_through;
    ticket.readers.insert(changed->to);
    ticket.were.insert(changed->to);
    // No more than what the region had of the old owner when it said so.
    const auto last = hub.lower_bound({SiteNo{changed->from.v + 1}, {}, {}});
    const bool heard = changed->valid_through.v == 0 ||
                       (last != hub.begin() && std::prev(last)->first.origin == changed->from &&
                        std::prev(last)->first.n >= changed->valid_through);
    if (!heard)
      sim_.story.wrong("an owner's border is beyond its journal: " + held.env.aggregate.hex());
  }
  for (const auto& [ref, held] : hub) {
    const auto* offered = std::get_if<protocol::TicketOffered>(&held.facts);
    if (offered == nullptr || offered->to == kHubSite) continue;
    Tenures& ticket = out[held.env.aggregate];
    const auto term = ticket.terms.find(held.env.term.v);
    if (term != ticket.terms.end() && term->second.owner == ref.origin &&
        ref.n <= term->second.through)
      ticket.were.insert(offered->to);
  }
  // An offer that stands is read, one that is over is not any more.
  const auto rows = find_(kHubSite)->disk().synced();
  for (auto& [id, ticket] : out) {
    const auto entity = sync::read_entity(*rows, Kind::kTicket, id);
    const auto* state = entity.as<protocol::TicketState>();
    const auto* offer = state == nullptr ? nullptr : protocol::pending_offer(*state);
    if (offer != nullptr && ticket.were.contains(offer->to)) ticket.readers.insert(offer->to);
  }
  return out;
}

void Checks::check_owners(const Journal& hub) {
  for (const auto& [id, ticket] : tenures(hub)) {
    std::uint32_t next = 1;
    for (const auto& [term, tenure] : ticket.terms) {
      if (term != next++) sim_.story.wrong("a gap in the terms of " + id.hex());
    }
    check_same_everywhere(Kind::kTicket, id, ticket.readers, "ticket " + id.hex());
  }
}

void Checks::check_same_everywhere(Kind kind, const AggregateId& id,
                                   const std::set<SiteNo>& readers, const std::string& what) {
  const auto rows = find_(kHubSite)->disk().synced();
  const Bytes key = KeyWriter().u8(static_cast<std::uint8_t>(kind)).raw(id.view()).take();
  for (const SiteNo site : readers) {
    const auto own = find_(site)->disk().synced();
    for (const Table table : {Table::kEntity, Table::kPersonal}) {
      if (own->get(table, key) != rows->get(table, key))
        sim_.story.wrong(what + " differs at " + name_of(site));
    }
  }
}

// What was handed over is read whole: by those who are offered it, own or owned it, and where it
// began. Of what was offered to it a site may have kept what it read then.
Checks::Rights Checks::entitled_tickets(SiteNo site, const Journal& hub) const {
  const auto tickets = tenures(hub);
  Rights out;
  for (const auto& [ref, held] : hub) {
    const auto ticket = tickets.find(held.env.aggregate);
    if (ref.origin == site || ticket == tickets.end() ||
        protocol::kind_of(held.env.type) != Kind::kTicket)
      continue;
    if (ticket->second.home == site || ticket->second.readers.contains(site)) out.must.insert(ref);
    else if (ticket->second.were.contains(site)) out.may.insert(ref);
  }
  return out;
}

namespace {

bool works_at(const std::vector<SiteNo>& sites, SiteNo site) {
  return std::find(sites.begin(), sites.end(), site) != sites.end();
}

// To whom the site that lost the call ever lent it: of two words on one term (a clone said the
// other) only one has effect, and both sites were to call.
bool may_have_task(const sync::Reader& rows, const AggregateId& id, SiteNo site) {
  bool may = false;
  rows.scan(Table::kJournal, "", "", [&](std::string_view, std::string_view row) {
    const auto record = protocol::decode_record(row.substr(sizeof(ChainHash)));
    if (!record.ok() || record->env.aggregate != id) return true;
    const auto facts =
        protocol::decode_facts(record->env.type, record->env.schema_version, record->facts);
    const auto* routed = facts.ok() ? std::get_if<protocol::CallBackRouted>(&*facts) : nullptr;
    const bool opened = record->env.type == protocol::EventType::kCallBackOpened;
    may = (opened && record->env.origin == site) || (routed != nullptr && routed->to == site);
    return !may;
  });
  return may;
}

// Whether the record may go to the site by what the hub has synced: of what is the site's to read,
// or what ended that.
bool may_go(const sync::Reader& rows, const protocol::RecordView& record, SiteNo site) {
  using protocol::EventType;
  const EventType type = record.env.type;
  if (type == EventType::kUserChanged) {
    const auto entity = sync::read_entity(rows, Kind::kUser, record.env.aggregate);
    const auto* user = entity.as<protocol::UserState>();
    if (user == nullptr || works_at(user->sites, site)) return true;
    const auto facts = protocol::decode_facts(type, record.env.schema_version, record.facts);
    const auto* said = facts.ok() ? std::get_if<protocol::UserChanged>(&*facts) : nullptr;
    return said != nullptr && !works_at(said->sites, site);
  }
  if (protocol::kind_of(type) == Kind::kCallBack)
    return may_have_task(rows, record.env.aggregate, site);
  if (protocol::kind_of(type) != Kind::kTicket) return true;
  const auto entity = sync::read_entity(rows, Kind::kTicket, record.env.aggregate);
  const auto* ticket = entity.as<protocol::TicketState>();
  if (ticket == nullptr || ticket->opened.v == 0 || protocol::reads(*ticket, site)) return true;
  return type == EventType::kTicketOfferCancelled || type == EventType::kTicketClosed ||
         type == EventType::kTicketMerged || type == EventType::kTicketOffered ||
         type == EventType::kTicketOwnerChanged;
}

}  // namespace

// Asked of the state of the moment in which it is sent.
void Checks::check_sent_rights(SiteNo self, SiteNo peer, const protocol::Message& message) {
  const auto* batch = std::get_if<protocol::Batch>(&message);
  if (self != kHubSite || batch == nullptr || batch->stream != sync::StreamKind::kPrivate) return;
  const auto rows = find_(kHubSite)->disk().synced();
  for (const Bytes& bytes : batch->entries) {
    const auto record = protocol::decode_record(bytes);
    if (record.ok() && !may_go(*rows, *record, peer))
      sim_.story.wrong(name_of(peer) + " is sent a record of " + record->env.aggregate.hex() +
                       ", which is not its to read any more");
  }
}

}  // namespace opora::sim
