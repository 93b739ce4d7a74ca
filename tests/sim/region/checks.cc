#include "tests/sim/region/checks.h"

#include <algorithm>

#include "protocol/codec/link_codec.h"
#include "protocol/domain/ticket_figures.h"
#include "sync/journal/unread.h"
#include "sync/projection/digest.h"
#include "sync/projection/verify.h"
#include "tests/sim/region/hostile.h"

namespace opora::sim {

using protocol::EventType;
using protocol::Kind;
using sync::StreamKind;
using sync::Table;

namespace {

std::string text(SiteNo self, SiteNo peer, StreamKind stream, StreamPos pos) {
  return name_of(self) + "/" + name_of(peer) + " " + std::string(protocol::stream_name(stream)) +
         " " + std::to_string(pos.v);
}

std::string text(const sync::JournalRef& ref) {
  return name_of(ref.origin) + "#" + std::to_string(ref.n.v);
}

// Catalogues, sites and current problems.
bool is_everybodys(Kind kind) {
  static const std::set<Kind> kKinds = {
      Kind::kRubricator, Kind::kSite,       Kind::kProblem,  Kind::kProductionYear, Kind::kCalendar,
      Kind::kQueue,      Kind::kCompetence, Kind::kTemplate, Kind::kFacilityNotice};
  return kKinds.contains(kind);
}

}  // namespace

StreamPos Checks::durable(SiteNo self, SiteNo peer, StreamKind stream) const {
  const auto rows = find_(self)->disk().synced();
  if (stream == StreamKind::kRecall && !sync::read_recall(*rows)) {
    // Not begun: what it has of its own journal is what it has.
    const auto last = sync::last_record(*rows, self);
    return last ? last->ref.n : StreamPos{};
  }
  return sync::read_cursor(*rows, stream, peer).pos;
}

// What a peer said before its store became an older one may still arrive: it was said of another
// journal than the one that lies there now, which may have records of a past that nobody else has.
bool Checks::may_be_old_words(SiteNo peer) const {
  constexpr std::int64_t kOldWordsMs = 8'000;
  const auto restored = restored_ms_.find(peer);
  return restored != restored_ms_.end() && sim_.timeline.now_ms() < restored->second + kOldWordsMs;
}

void Checks::acked(SiteNo self, SiteNo peer, StreamKind stream, StreamPos pos) {
  if (cloned_.contains(peer) || peer == hostile_ || may_be_old_words(peer)) return;
  if (pos > durable(peer, self, stream))
    sim_.story.wrong("acknowledged and not held: " + text(peer, self, stream, pos));
}

void Checks::sends(SiteNo self, SiteNo peer, const Bytes& bytes) {
  const auto frame = protocol::decode_frame(bytes);
  if (!frame.ok()) return sim_.story.wrong(name_of(self) + " sends what does not decode");
  check_file_frame(self, peer, frame->message);
  check_sent_rights(self, peer, frame->message);
  if (const auto* ack = std::get_if<protocol::Ack>(&frame->message)) {
    check_marks(self, peer, ack->marks);
  } else if (const auto* ping = std::get_if<protocol::Ping>(&frame->message)) {
    check_marks(self, peer, ping->marks);
  } else if (const auto* hello = std::get_if<protocol::Hello>(&frame->message)) {
    for (const auto& state : hello->receives) {
      if (state.end.pos > durable(self, peer, state.stream))
        sim_.story.wrong("Hello claims what is not held: " +
                         text(self, peer, state.stream, state.end.pos));
    }
  }
}

void Checks::check_marks(SiteNo self, SiteNo peer, const std::vector<protocol::Mark>& marks) {
  for (const protocol::Mark& mark : marks) {
    if (mark.durable > durable(self, peer, mark.stream))
      sim_.story.wrong("said to be durable and is not: " +
                       text(self, peer, mark.stream, mark.durable));
    const auto backed_up = safe_.find(peer);
    const StreamPos most = backed_up == safe_.end() ? StreamPos{} : backed_up->second;
    if (mark.safe > (mark.stream == StreamKind::kJournal ? most : StreamPos{}))
      sim_.story.wrong("safe and in no backup: " + text(self, peer, mark.stream, mark.safe));
    if (mark.safe > mark.durable)
      sim_.story.wrong("safe beyond durable: " + text(self, peer, mark.stream, mark.safe));
  }
}

// The first record of the site that the hub has not is later than what the hub was promised. A hub
// whose own clock is wrong cannot tell which promises to believe.
void Checks::holds_through(SiteNo self, SiteNo peer, Hlt through) {
  if (self != kHubSite || !find_(kHubSite)->clock().right() || cloned_.contains(peer)) return;
  if (peer == hostile_ || may_be_old_words(peer)) return;
  // A clock that goes back by years breaks a promise that is far ahead of the last event.
  const auto set_back = [&](Hlt event) {
    return find_(peer)->clock().most_behind_ms() > sync::kMaxPromiseLeadMs &&
           through.time() - event.time() > sync::kMaxPromiseLeadMs;
  };
  const StreamPos next{durable(kHubSite, peer, StreamKind::kJournal).v + 1};
  sync::scan_journal(*find_(peer)->disk().synced(), peer, next, [&](const sync::JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    if (record.ok() && record->env.hlt <= through && !set_back(record->env.hlt))
      sim_.story.wrong("the hub believes to hold all of " + name_of(peer) + " and lacks " +
                       text(row.ref));
    return false;
  });
}

void Checks::alarm(SiteNo self, SiteNo peer, sync::AlarmCode code, const std::string& why) {
  if (code == sync::AlarmCode::kPersist || expected_.contains(code) || peer == hostile_) return;
  sim_.story.wrong("alarm at " + name_of(self) + " about " + name_of(peer) + ": " +
                   alarm_name(code) + ", " + why);
}

void Checks::set_aside(SiteNo self, SiteNo peer, const std::string& reason) {
  if (peer == hostile_) return sim_.story.tell(name_of(self), "set aside: " + reason);
  sim_.story.wrong(name_of(self) + " set aside what " + name_of(peer) + " sent: " + reason);
}

void Checks::waiting(SiteNo self, std::size_t bytes) {
  // Broken sessions leave their writes behind; each reconnection takes longer than they do.
  constexpr std::size_t kSessionsAtOnce = 20;
  if (bytes > kSessionsAtOnce * sync::kSessionWindow)
    sim_.story.wrong(name_of(self) + " has " + std::to_string(bytes) + " bytes waiting");
}

bool Checks::converged(std::uint32_t sites) const {
  const auto hub = find_(kHubSite)->disk().synced();
  const auto level = [](const auto& sent, const auto& received, StreamKind stream, SiteNo owner,
                        SiteNo peer) {
    return sync::stream_head(*sent, stream, owner) == sync::read_cursor(*received, stream, peer);
  };
  for (std::uint32_t no = 1; no <= sites; ++no) {
    const SiteNo site{no};
    const auto own = find_(site)->disk().synced();
    if (sync::read_recall(*own) || sync::read_afresh(*own)) return false;
    const auto last = sync::last_record(*own, site);
    if (last && sync::read_cursor(*hub, StreamKind::kJournal, site).chain != last->chain)
      return false;
    if (!level(own, hub, StreamKind::kJournalKeys, site, site)) return false;
    for (const StreamKind stream : {StreamKind::kCommon, StreamKind::kCommonKeys}) {
      if (!level(hub, own, stream, kHubSite, kHubSite)) return false;
    }
    for (const StreamKind stream : {StreamKind::kPrivate, StreamKind::kPrivateKeys}) {
      if (!level(hub, own, stream, site, kHubSite)) return false;
    }
  }
  return files_converged(sites);
}

void Checks::at_peace(std::uint32_t sites, const Ledger& ledger) {
  std::map<SiteNo, Journal> journals;
  for (std::uint32_t no = 0; no <= sites; ++no) journals[SiteNo{no}] = read(SiteNo{no});
  const Journal& hub = journals.at(kHubSite);
  check_chain(kHubSite, kHubSite, hub);
  for (std::uint32_t no = 1; no <= sites; ++no) {
    const SiteNo site{no};
    check_chain(site, site, journals.at(site));
    check_chain(kHubSite, site, hub);
    check_same(site, journals.at(site), hub);
    check_entitlement(site, journals.at(site), hub);
    check_keys(site, journals.at(site));
    check_digests(site);
    check_figures(site);
    check_device(ledger, site);
    check_kept(site);
  }
  check_commands(ledger, journals);
  check_owners(hub);
  check_hostile(hub);
  check_erased(ledger, sites);
  check_files(sites, ledger, journals);
  check_letters(hub, ledger);
  check_deadlines(hub);
  check_calls(hub, ledger);
  check_journeys(ledger);
  check_call_backs(hub, ledger);
  check_counts(sites, hub);
  for (std::uint32_t no = 0; no <= sites; ++no) {
    check_all_read(SiteNo{no});
    check_store(SiteNo{no});
  }
}

Checks::Journal Checks::read(SiteNo site) {
  Journal out;
  find_(site)->disk().synced()->scan(
      Table::kJournal, "", "", [&](std::string_view key, std::string_view value) {
        Held held;
        held.ref = sync::JournalRef::from_key(key).value_or(sync::JournalRef{});
        held.chain = ChainHash::from(value.substr(0, sizeof(ChainHash))).value_or(ChainHash{});
        held.record = Bytes(value.substr(sizeof(ChainHash)));
        const auto record = protocol::decode_record(held.record);
        if (!record.ok()) {
          sim_.story.wrong(name_of(site) + " holds a record that does not decode");
          return true;
        }
        held.env = record->env;
        const auto facts =
            protocol::decode_facts(record->env.type, record->env.schema_version, record->facts);
        if (facts.ok()) held.facts = *facts;
        out.emplace(held.ref, std::move(held));
        return true;
      });
  return out;
}

// Dense from 1, each naming the hash of the one before it, each under its own name.
void Checks::check_chain(SiteNo at, SiteNo origin, const Journal& journal) {
  StreamPos n;
  ChainHash chain;
  for (const auto& [ref, held] : journal) {
    if (ref.origin != origin) continue;
    const std::string where = name_of(at) + " holds " + text(ref);
    n = StreamPos{n.v + 1};
    if (ref.n != n) return sim_.story.wrong(where + " after a gap");
    if (held.env.origin != origin || held.env.n != n || held.env.incarnation != ref.incarnation)
      return sim_.story.wrong(where + " under another name");
    if (held.env.prev != chain) return sim_.story.wrong(where + " with another past");
    chain = hash256({chain.view(), held.record});
    if (held.chain != chain) return sim_.story.wrong(where + " with another chain");
  }
}

// What a site did is at the hub: the same bytes, no more and no less.
void Checks::check_same(SiteNo site, const Journal& own, const Journal& hub) {
  for (const auto& [ref, held] : own) {
    if (ref.origin != site) continue;
    const auto there = hub.find(ref);
    if (there == hub.end() || there->second.record != held.record)
      return sim_.story.wrong("the hub lacks " + text(ref));
  }
  for (const auto& [ref, held] : hub) {
    if (ref.origin == site && !own.contains(ref))
      return sim_.story.wrong("the hub has " + text(ref) + " and the site has not");
  }
}

void Checks::check_commands(const Ledger& ledger, const std::map<SiteNo, Journal>& journals) {
  std::map<CommandId, std::vector<const Held*>> by_command;
  for (const auto& [site, journal] : journals) {
    for (const auto& [ref, held] : journal) {
      if (ref.origin != site) continue;
      by_command[held.env.command].push_back(&held);
      // The region answers an accepted offer by itself.
      const bool regions = site == kHubSite && held.env.type == EventType::kTicketOwnerChanged;
      const bool postmans = letters_.asked(held.env.command);
      const bool own = own_commands_.contains(held.env.command);
      // Whoever gets a ticket says what its deadlines are at his place.
      const bool takes_on = site != kHubSite && held.env.type == EventType::kTicketRetimed;
      if (!regions && !postmans && !own && !takes_on && !ledger.asked.contains(held.env.command))
        sim_.story.wrong(text(ref) + " comes from no command");
    }
  }
  static const std::vector<const Held*> kNone;
  for (const Answered& answered : ledger.answered) {
    const auto events = by_command.find(answered.command);
    if (events == by_command.end() && is_excused(ledger, answered.site, answered.command)) continue;
    check_command(answered, events == by_command.end() ? kNone : events->second);
  }
}

// Carried out once and as a whole: its events are neighbours, of one opening of the store. Unless a
// recall ended between two of them (the hub was restored and has no more to give): when another
// machine of the site has the rest, that follows what the region has by then.
void Checks::check_command(const Answered& answered, const std::vector<const Held*>& events) {
  const std::string what = "'" + answered.what + "' answered at " + name_of(answered.site);
  if (events.empty()) {
    if (!answered.may_be_empty) sim_.story.wrong(what + " is lost");
    return;
  }
  std::map<protocol::EventType, int> types;
  const sync::JournalRef* before = nullptr;
  for (const Held* held : events) {
    const sync::JournalRef& ref = held->ref;
    if (ref.origin != answered.site) sim_.story.wrong(what + " happened elsewhere");
    const bool follows =
        before == nullptr || (ref.n.v == before->n.v + 1 && ref.incarnation == before->incarnation);
    if (!follows && !recall_ends_.contains({before->origin, before->n}))
      return sim_.story.wrong(what + " is torn apart, at " + text(*before) + " and " + text(ref));
    if (++types[held->env.type] > 1) sim_.story.wrong(what + " was doubled");
    before = &ref;
  }
}

// Computed from the hub's journal alone. Of a user who has left, what says so must be here.
Checks::Rights Checks::entitled(SiteNo site, const Journal& hub) {
  struct User {
    std::vector<sync::JournalRef> history;
    std::size_t seen = 0;  // of it, while he worked here or left
    bool here = false;
  };
  Rights out;
  std::map<AggregateId, User> users;
  for (const auto& [ref, held] : hub) {
    const auto kind = protocol::kind_of(held.env.type);
    if (kind && is_everybodys(*kind)) out.must.insert(ref);
    const auto* facts = std::get_if<protocol::UserChanged>(&held.facts);
    if (facts == nullptr) continue;
    User& user = users[held.env.aggregate];
    user.history.push_back(ref);
    const bool is = std::find(facts->sites.begin(), facts->sites.end(), site) != facts->sites.end();
    if (is || user.here) user.seen = user.history.size();
    user.here = is;
  }
  for (const auto& [id, user] : users) {
    auto& refs = user.here ? out.must : out.may;
    refs.insert(user.history.begin(),
                user.history.begin() + static_cast<std::ptrdiff_t>(user.seen));
    if (!user.here && user.seen > 0) out.must.insert(user.history[user.seen - 1]);
  }
  return out;
}

void Checks::check_entitlement(SiteNo site, const Journal& own, const Journal& hub) {
  auto rights = entitled(site, hub);
  auto tickets = entitled_tickets(site, hub);
  rights.must.merge(tickets.must);
  rights.may.merge(tickets.may);
  rights.must.merge(entitled_call_backs(site, hub).must);
  for (const auto& [ref, held] : own) {
    if (ref.origin == site || rights.must.contains(ref) || rights.may.contains(ref)) continue;
    if (protocol::kind_of(held.env.type) == Kind::kErasure) continue;  // check_erased
    sim_.story.wrong(name_of(site) + " holds " + text(ref) + " and may not");
  }
  // What the hub does not fold it need not send; before it could read it, it may have.
  const auto refused = sync::unread_refs(*find_(kHubSite)->disk().synced());
  for (const auto& ref : rights.must) {
    if (!own.contains(ref) && !refused.contains(ref))
      sim_.story.wrong(name_of(site) + " lacks " + text(ref));
  }
}

// A key only of what is here.
void Checks::check_keys(SiteNo site, const Journal& own) {
  std::set<AggregateId> known;
  for (const auto& [ref, held] : own) known.insert(held.env.aggregate);
  find_(site)->disk().synced()->scan(
      Table::kKeys, "", "", [&](std::string_view key, std::string_view) {
        const auto id = AggregateId::from(key);
        if (!id || !known.contains(*id))
          sim_.story.wrong(name_of(site) + " holds the key of a record that it may not read");
        return true;
      });
}

void Checks::check_hostile(const Journal& hub) {
  // A restored hub does not know, for a while, whose record it is that a site erases; it keeps what
  // forgets too much rather than too little.
  const bool forgetful = restored_ms_.contains(kHubSite);
  // What came while the hub was of a version that could not ask stands in the journal, unfolded.
  const auto refused = sync::unread_refs(*find_(kHubSite)->disk().synced());
  for (const auto& [ref, held] : hub) {
    const bool erases = forgetful && held.env.type == EventType::kErased;
    const bool without_effect = HostileSite::harmless(held.env.type) || refused.contains(ref);
    if (ref.origin == hostile_ && !without_effect && !erases)
      sim_.story.wrong("the hub keeps what a hostile site has no right to say: " + text(ref));
  }
  const auto rows = find_(kHubSite)->disk().synced();
  if (sync::stream_head(*rows, StreamKind::kPrivateKeys, hostile_).pos.v != 0)
    sim_.story.wrong("the hub has keys for a hostile site");
}

// Everybody has the newest version by now.
void Checks::check_all_read(SiteNo site) {
  for (const sync::UnreadRow& row : sync::unread_rows(*find_(site)->disk().synced())) {
    if (row.refused.empty()) sim_.story.wrong(name_of(site) + " has not read " + text(row.ref));
  }
}

void Checks::check_erased(const Ledger& ledger, std::uint32_t sites) {
  for (std::uint32_t no = 0; no <= sites; ++no) {
    const auto rows = find_(SiteNo{no})->disk().synced();
    for (const auto& [target, erasure] : ledger.erased) {
      if (is_excused(ledger, erasure.site, erasure.command)) continue;
      const auto known = [&](Kind kind) {
        return rows->get(Table::kPersonal,
                         KeyWriter().u8(static_cast<std::uint8_t>(kind)).raw(target.view()).take());
      };
      if (known(Kind::kContact) || known(Kind::kTicket) || rows->get(Table::kKeys, target.view()))
        sim_.story.wrong(name_of(SiteNo{no}) + " still knows " + target.hex().substr(0, 8) +
                         ", a person erased at " + name_of(erasure.site) +
                         (known(Kind::kContact)  ? ": contact"
                          : known(Kind::kTicket) ? ": ticket"
                                                 : ": key"));
    }
  }
}

void Checks::check_digests(SiteNo site) {
  const auto own = sync::site_digest(*find_(site)->disk().synced(), site);
  const auto hub = sync::site_digest(*find_(kHubSite)->disk().synced(), site);
  if (own == hub) return;
  sim_.story.wrong("states of " + name_of(site) + " differ at the hub");
  const auto told = [&](SiteNo at, const sync::SiteDigest& digest) {
    sim_.story.tell(name_of(at), std::to_string(digest.aggregates) + " of " + name_of(site) +
                                     " through " + std::to_string(digest.through.v));
  };
  told(site, own);
  told(kHubSite, hub);
  tell_difference(site, Table::kEntity);
  tell_difference(site, Table::kPersonal);
}

// A19: what a site reports of its tickets is what the region reports of them.
void Checks::check_figures(SiteNo site) {
  for (const auto of : {protocol::TicketClass::kTickets, protocol::TicketClass::kWishes}) {
    const auto cells = [&](SiteNo at) {
      std::map<Bytes, Bytes> out;
      find_(at)->disk().synced()->scan_prefix(Table::kCube, protocol::keys::ticket_cells(of, site),
                                              [&](std::string_view key, std::string_view value) {
                                                out.emplace(key, value);
                                                return true;
                                              });
      return out;
    };
    if (cells(site) != cells(kHubSite))
      sim_.story.wrong("figures of tickets of " + name_of(site) + " differ at the hub");
  }
}

// For whoever reads the story: rows of the site that the hub has otherwise. What one of them knows
// of others is no difference.
void Checks::tell_difference(SiteNo site, Table table) {
  const auto hub = find_(kHubSite)->disk().synced();
  find_(site)->disk().synced()->scan(
      table, "", "", [&](std::string_view key, std::string_view value) {
        const auto there = hub->get(table, key);
        if (there == value) return true;
        sim_.story.tell(name_of(site), "row " + to_hex(key) + " = " + to_hex(value));
        sim_.story.tell("hub", "row " + to_hex(key) + " = " +
                                   (there ? to_hex(*there) : std::string("nothing")));
        return true;
      });
  const auto own = find_(site)->disk().synced();
  hub->scan(table, "", "", [&](std::string_view key, std::string_view value) {
    const bool here = own->get(Table::kEntity, key).has_value();
    if (here && !own->get(table, key))
      sim_.story.tell("hub", "alone has row " + to_hex(key) + " = " + to_hex(value));
    return true;
  });
}

// Against a replay from scratch, by the product's own `opora verify`.
void Checks::check_store(SiteNo site) {
  sync::MemoryStore scratch;
  const Process& process = *find_(site);
  const auto verified =
      sync::verify_store(process.disk().rows(), scratch, sync::Vault(process.site_key()), site);
  if (!verified.ok()) return sim_.story.wrong("verify: " + verified.error().message);
  for (const std::string& finding : verified->findings)
    sim_.story.wrong(name_of(site) + ": " + finding);
}

}  // namespace opora::sim
