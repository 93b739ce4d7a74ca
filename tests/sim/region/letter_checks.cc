// Letters to applicants (A15), from the relay's book and the events alone: to whom they may go, of
// what they tell, how often; and that at peace nothing waits.
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "sync/projection/projection.h"
#include "tests/sim/region/checks.h"

namespace opora::sim {

using protocol::Kind;
using protocol::TellWhat;
using sync::Table;

namespace {

std::string letter_id(const AggregateId& ticket, OwnerTerm term, OwnerSeq seq) {
  return protocol::letter_id(ticket, {term, seq, {}, {}, {}});
}

// What he asked, and with it his address: what was said later of whom he waits for (H2) may stand
// there alone, without a word or under the next key.
bool knows_person(const sync::Reader& rows, const AggregateId& ticket) {
  const auto entity = sync::read_entity(rows, Kind::kTicket, ticket);
  return !entity.personal.text(protocol::PersonalField::kSummary).empty();
}

// A duplicate whose owner has not said yet what became of the other ticket.
bool is_behind(const sync::Reader& rows, const AggregateId& id) {
  const auto ticket = sync::read_entity(rows, Kind::kTicket, id);
  const auto* state = ticket.as<protocol::TicketState>();
  return state != nullptr &&
         protocol::has_news_of_target(ticket,
                                      sync::read_entity(rows, Kind::kTicket, state->merged_into));
}

// How a ticket stands by the events that take effect.
struct Standing {
  Hlt ended;  // zero: open
  AggregateId into;
  protocol::TicketStatus how = {};  // it ended
  Hlt told_of;                      // the end of the other ticket
  protocol::TicketStatus told_how = {};
  protocol::TellRule rule = protocol::TellRule::kNobody;
};

bool is_work(const protocol::Facts& facts) {
  return std::holds_alternative<protocol::TicketAssigned>(facts) ||
         std::holds_alternative<protocol::TicketStarted>(facts) ||
         std::holds_alternative<protocol::TicketPaused>(facts) ||
         std::holds_alternative<protocol::TicketResumed>(facts);
}

// `events` is a Checks::EventsInOrder.
Standing standing_of(const AggregateId& id, const auto& events) {
  Standing out;
  Hlt opened;
  for (const auto& [place, held] : events) {
    const auto& facts = held->facts;
    if (const auto* began = std::get_if<protocol::TicketOpened>(&facts)) {
      opened = held->env.hlt;
      out.rule = began->telling;
    } else if (const auto* merged = std::get_if<protocol::TicketMerged>(&facts)) {
      const bool earlier = std::tie(merged->into_opened, merged->into) < std::tie(opened, id);
      if (earlier && out.ended.v == 0) out.into = merged->into;
    } else if (std::holds_alternative<protocol::TicketUnmerged>(facts)) {
      out.into = {};
      out.told_of = {};
    } else if (const auto* closed = std::get_if<protocol::TicketClosed>(&facts)) {
      out.ended = held->env.hlt;
      out.how = closed->status;
    } else if (std::holds_alternative<protocol::TicketReopened>(facts)) {
      out.ended = {};
    } else if (is_work(facts)) {
      // No decision of one machine: what a store said that was put back since stands behind the
      // merge which it did not know, and it is open again.
      out.into = {};
    } else if (const auto* target = std::get_if<protocol::TicketTargetChanged>(&facts)) {
      out.told_of = target->ended;
      out.told_how = target->status;
    }
  }
  return out;
}

// The end was lost with a store and came again under a later stamp; of one for ever he hears once.
bool was_told_for_ever(const Standing& own, const Standing& target) {
  return own.told_of.v != 0 && target.ended > own.told_of && target.how == own.told_how &&
         target.how == protocol::TicketStatus::kRejected;
}

// What the owner's events leave to be told, by README's table and not by the product's fold.
class Obligations {
 public:
  void add(const protocol::Envelope& env, const protocol::Facts& facts) {
    if (const auto* opened = std::get_if<protocol::TicketOpened>(&facts)) {
      rule_ = opened->telling;
      if (rule_ == protocol::TellRule::kEverything) must_tell(env, TellWhat::kRegistered);
    } else if (std::holds_alternative<protocol::TicketPaused>(facts)) {
      must_tell(env, TellWhat::kAsked);
    } else if (std::holds_alternative<protocol::TicketResumed>(facts)) {
      forget({TellWhat::kAsked});
    } else if (std::holds_alternative<protocol::TicketReopened>(facts)) {
      forget({TellWhat::kDone});
    } else if (const auto* closed = std::get_if<protocol::TicketClosed>(&facts)) {
      forget({TellWhat::kRegistered, TellWhat::kAsked});
      const bool done = closed->status == protocol::TicketStatus::kDone;
      must_tell(env, done ? TellWhat::kDone : TellWhat::kRejected);
    } else if (const auto* target = std::get_if<protocol::TicketTargetChanged>(&facts)) {
      if (std::exchange(target_ended_, target->ended) == target->ended) return;
      forget({TellWhat::kDone, TellWhat::kRejected});
      if (target->ended.v == 0) return;
      forget({TellWhat::kRegistered, TellWhat::kAsked});
      must_tell(env, TellWhat::kDone);
    } else if (std::holds_alternative<protocol::TicketUnmerged>(facts)) {
      target_ended_ = {};
      forget({TellWhat::kDone, TellWhat::kRejected});
    } else if (const auto* told = std::get_if<protocol::TicketApplicantTold>(&facts)) {
      // To be phoned is for people to do.
      open_.erase({told->term.v, told->seq.v});
    }
  }
  bool none() const { return open_.empty(); }

 private:
  void must_tell(const protocol::Envelope& env, TellWhat what) {
    if (rule_ != protocol::TellRule::kNobody) open_[{env.term.v, env.seq.v}] = what;
  }
  void forget(std::set<TellWhat> overtaken) {
    std::erase_if(open_, [&](const auto& one) { return overtaken.contains(one.second); });
  }

  protocol::TellRule rule_ = protocol::TellRule::kNobody;
  Hlt target_ended_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, TellWhat> open_;
};

bool has_record_of(const sync::Reader& rows, SiteNo origin, const CommandId& command) {
  bool found = false;
  sync::scan_journal(rows, origin, StreamPos{1}, [&](const sync::JournalRow& row) {
    const auto record = protocol::decode_record(row.record);
    found = record.ok() && record->env.command == command;
    return !found;
  });
  return found;
}

}  // namespace

// At the moment at which it goes out.
void Checks::letter_handed(SiteNo self, const sync::Reader& rows,
                           const node::OutgoingLetter& letter) {
  const auto ticket = sync::read_entity(rows, Kind::kTicket, letter.ticket);
  const auto* state = ticket.as<protocol::TicketState>();
  const std::string what = name_of(self) + " writes of " + letter.ticket.hex().substr(0, 8);
  if (!knows_person(rows, letter.ticket)) sim_.story.wrong(what + ", whom it has forgotten");
  if (state == nullptr || protocol::owner_of(*state) != self)
    sim_.story.wrong(what + ", which is not its own");
  // Of one run of a daemon: it knows what it heard.
  const auto& book = letters_.letters();
  const Handed& now = book.back();
  for (const Handed& before : book) {
    const bool others = before.id == now.id && before.site != self;
    if (others && !has_record_of(rows, before.site, before.said_by)) letters_.unheard();
  }
  for (auto before = book.rbegin() + 1; before != book.rend() && before->life >= now.life;
       ++before) {
    const bool again = before->life == now.life && before->id == now.id;
    if (again && before->taken && before->end != Handed::End::kNotHeard &&
        before->end != Handed::End::kRefused)
      sim_.story.wrong(what + " again, and heard that it was taken");
  }
}

// The key of some tickets was lost with a store, before the region had it: such wait for it until
// they are given up.
bool Checks::letters_told(std::uint32_t sites) const {
  for (std::uint32_t no = 1; no <= sites; ++no) {
    const SiteNo site{no};
    bool none = true;
    const auto rows = find_(site)->disk().synced();
    rows->scan_prefix(Table::kIndex, protocol::keys::untold(site, protocol::TellBy::kMail),
                      [&](std::string_view key, std::string_view) {
                        return none = !knows_person(*rows, protocol::keys::id_of(key));
                      });
    rows->scan_prefix(Table::kIndex, protocol::keys::waiting_for_target(site),
                      [&](std::string_view key, std::string_view) {
                        return none = none && !is_behind(*rows, protocol::keys::id_of(key));
                      });
    if (!none) return false;
  }
  return true;
}

// An event of a ticket's owner in its term, and not beyond what the next one was told to have.
bool Checks::stands(const Held& held, const Tenures& ticket) {
  const auto term = ticket.terms.find(held.env.term.v);
  return term != ticket.terms.end() && term->second.owner == held.ref.origin &&
         held.ref.n <= term->second.through;
}

void Checks::check_letters(const Journal& hub, const Ledger& ledger) {
  LettersRead read;
  const auto tickets = tenures(hub);
  for (const auto& [ref, held] : hub) {
    const auto ticket = tickets.find(held.env.aggregate);
    if (ticket == tickets.end() || protocol::kind_of(held.env.type) != Kind::kTicket) continue;
    if (const auto* opened = std::get_if<protocol::TicketOpened>(&held.facts); opened != nullptr)
      read.opened[held.env.aggregate] = held.env.command;
    read.ids.insert(letter_id(held.env.aggregate, held.env.term, held.env.seq));
    read.said.emplace(held.env.command, &held);
    if (!stands(held, ticket->second)) continue;
    read.standing.insert(held.env.command);
    read.events[held.env.aggregate].emplace(std::pair(held.env.term.v, held.env.seq.v), &held);
  }
  sim_.story.tell("world", std::to_string(letters_.letters().size()) + " letters");
  check_said(read);
  for (const Handed& letter : letters_.letters()) check_letter(letter, read, ledger);
  check_twice(read, ledger);
  for (const auto& [id, events] : read.events) check_told(id, events, tickets.at(id));
  for (const auto& [id, events] : read.events) check_duplicate(id, read, tickets);
}

// The other ticket was moved to the duplicate's owner, and a restored hub has lost the move: what
// the owner may not read it cannot follow.
bool Checks::was_taken_away(const AggregateId& target, SiteNo owner,
                            const std::map<AggregateId, Tenures>& tickets) const {
  const auto found = tickets.find(target);
  return found != tickets.end() && restored_ms_.contains(kHubSite) && found->second.home != owner &&
         !found->second.readers.contains(owner);
}

// The applicant of a duplicate hears of the end of the ticket that it was merged into.
void Checks::check_duplicate(const AggregateId& id, const LettersRead& read,
                             const std::map<AggregateId, Tenures>& tickets) {
  const SiteNo owner = tickets.at(id).terms.rbegin()->second.owner;
  const auto twice = [&](const AggregateId& of) {
    const auto found = read.events.find(of);
    if (found == read.events.end()) return true;  // lost with a store
    return std::any_of(found->second.begin(), found->second.end(),
                       [&](const auto& one) { return found->second.count(one.first) > 1; });
  };
  if (twice(id)) return;
  const Standing own = standing_of(id, read.events.at(id));
  if (own.into.is_zero() || own.rule == protocol::TellRule::kNobody) return;
  Standing target;
  AggregateId at = own.into;
  do {
    if (twice(at) || was_taken_away(at, owner, tickets)) return;
    target = standing_of(at, read.events.at(at));
    at = target.into;
  } while (!at.is_zero());
  if (target.ended == own.told_of || was_told_for_ever(own, target)) return;
  if (!knows_person(*find_(owner)->disk().synced(), id)) return;
  sim_.story.wrong(name_of(owner) + " did not follow the duplicate " + id.hex().substr(0, 8));
}

// Nothing is said to be sent that no relay took.
void Checks::check_said(const LettersRead& read) {
  std::map<CommandId, const Handed*> letters;
  for (const Handed& letter : letters_.letters()) letters.emplace(letter.said_by, &letter);
  const Words words = words_on_letters(read);
  for (const auto& [command, held] : read.said) {
    const auto* told = told_by_mail(*held);
    if (told == nullptr) continue;
    const std::string id = letter_id(held->env.aggregate, told->term, told->seq);
    const auto letter = letters.find(command);
    const bool sent = letter != letters.end() && letter->second->taken &&
                      letter->second->site == held->ref.origin && letter->second->id == id;
    if (!sent && !said_in_place(words, id, command))
      sim_.story.wrong(name_of(held->ref.origin) + " says that it wrote of " +
                       held->env.aggregate.hex().substr(0, 8) + ", and no relay took that");
  }
}

const protocol::TicketApplicantTold* Checks::told_by_mail(const Held& held) {
  const auto* told = std::get_if<protocol::TicketApplicantTold>(&held.facts);
  return told != nullptr && told->how == protocol::ToldHow::kMailed ? told : nullptr;
}

Checks::Words Checks::words_on_letters(const LettersRead& read) const {
  Words out;
  for (const Handed& letter : letters_.letters()) {
    // Whatever the journal answered: a commit that fails may be there all the same.
    const bool says = !letter.said_by.is_zero();
    if (letter.taken && says) out.taken[letter.id].insert(letter.said_by);
  }
  for (const auto& [command, held] : read.said) {
    const auto* told = told_by_mail(*held);
    if (told != nullptr && !read.standing.contains(command))
      out.late[letter_id(held->env.aggregate, told->term, told->seq)].insert(command);
  }
  return out;
}

// A former owner wrote and said so too late: who heard of that says it in its place. A hub that was
// restored may have forgotten that the ticket changed hands; then the word in its place is late.
bool Checks::said_in_place(const Words& words, const std::string& id,
                           const CommandId& command) const {
  const auto taken = words.taken.find(id);
  const auto late = words.late.find(id);
  if (taken == words.taken.end() || late == words.late.end()) return false;
  const bool turned = restored_ms_.contains(kHubSite) && late->second.contains(command);
  return std::any_of(taken->second.begin(), taken->second.end(), [&](const CommandId& other) {
    return other != command && (turned || late->second.contains(other));
  });
}

// Of something that happened, to whom it may be told.
void Checks::check_letter(const Handed& letter, const LettersRead& read, const Ledger& ledger) {
  const std::string what = "a letter of " + name_of(letter.site);
  const bool nothing_lost = ledger.lost.empty() && ledger.kept_aside.empty();
  // What it told of may be lost with a store.
  if (!read.ids.contains(letter.id) && nothing_lost)
    sim_.story.wrong(what + " tells of nothing that happened");
  const auto opened = read.opened.find(letter.ticket);
  if (opened == read.opened.end()) {
    if (nothing_lost) sim_.story.wrong(what + " is of no ticket");
    return;
  }
  const auto applicant = ledger.applicants.find(opened->second);
  if (applicant == ledger.applicants.end() || applicant->second != letter.to)
    sim_.story.wrong(what + " went astray: " + letter.to);
}

// Whoever comes later may send it again only if what was said of it before does not stand, or was
// not known: it was lost with a store, or the store that sends was an older one.
void Checks::check_twice(const LettersRead& read, const Ledger& ledger) {
  std::map<std::string, const Handed*> last;
  for (const Handed& letter : letters_.letters()) {
    const Handed* before = std::exchange(last[letter.id], &letter);
    if (before == nullptr || before->end != Handed::End::kSaid) continue;
    if (!read.said.contains(before->said_by)) {
      if (!is_excused(ledger, before->site, before->said_by))
        sim_.story.wrong("what " + name_of(before->site) + " said of a letter is lost");
      continue;
    }
    const auto restored = restored_ms_.find(letter.site);
    // Its own store is an older one; or what another said came through a hub that lost it.
    const bool older = ledger.restored.contains(letter.site) ||
                       (ledger.restored.contains(kHubSite) && before->site != letter.site);
    // A new owner writes at once; the old one's word may still be on its way.
    const bool late = letter.unheard && before->site != letter.site;
    const bool forgot =
        late || (older && restored != restored_ms_.end() && restored->second >= before->at_ms);
    if (read.standing.contains(before->said_by) && !forgot && !cloned_.contains(letter.site))
      sim_.story.wrong(name_of(letter.site) + " sends what was sent and said: " + letter.to);
  }
}

// At peace every applicant was written to, or is to be phoned, or is beyond it.
void Checks::check_told(const AggregateId& id, const EventsInOrder& events, const Tenures& ticket) {
  Obligations open;
  for (const auto& [place, held] : events) {
    if (events.count(place) > 1) return;  // two stores of one site: which of them stands is no rule
    open.add(held->env, held->facts);
  }
  const SiteNo owner = ticket.terms.rbegin()->second.owner;
  if (open.none()) return;
  // Erased, or a key that was lost with a store.
  if (!knows_person(*find_(owner)->disk().synced(), id)) return;
  sim_.story.wrong(name_of(owner) + " told nobody of " + id.hex().substr(0, 8));
}

}  // namespace opora::sim
