#include "node/mail/mailroom.h"

#include <algorithm>

#include "node/mail/letter.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/ticket_number.h"
#include "sync/engine/recall.h"
#include "sync/projection/projection.h"

namespace opora::node {

using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::TellApplicant;
using protocol::TellBy;
using protocol::Telling;
using protocol::TellTrouble;
using protocol::TicketState;
using protocol::ToldHow;
using protocol::ToldWhom;

namespace {

Bytes behind(const Bytes& key) { return key + '\0'; }

// What was typed when that was said.
std::string text_of(const sync::Reader& rows, const sync::Vault& vault, const Entity& ticket,
                    const Telling& telling) {
  if (telling.what == protocol::TellWhat::kRegistered) return {};
  for (const protocol::Event& event : sync::read_history(rows, vault, ticket.id)) {
    if (event.env.term != telling.term || event.env.seq != telling.seq) continue;
    if (protocol::effect_of(*ticket.as<TicketState>(), event.env) != protocol::Effect::kStands)
      continue;
    const auto text = event.personal.find(PersonalField::kText);
    if (text != event.personal.end()) return text->second;
  }
  return {};
}

// What a former owner said too late, so that it settled nothing: it wrote.
struct WrittenBefore {
  ToldWhom whom = ToldWhom::kNobody;
  std::string to;
};

std::optional<WrittenBefore> written_before(const sync::Reader& rows, const sync::Vault& vault,
                                            const Entity& ticket, const Telling& telling) {
  const auto& state = *ticket.as<TicketState>();
  if (state.tenures.empty()) return std::nullopt;
  for (const protocol::Event& event : sync::read_history(rows, vault, ticket.id)) {
    const auto* told = std::get_if<protocol::TicketApplicantTold>(&event.facts);
    if (told == nullptr || told->how != ToldHow::kMailed) continue;
    const bool late = protocol::effect_of(state, event.env) == protocol::Effect::kLate;
    if (!late || told->term != telling.term || told->seq != telling.seq) continue;
    const auto to = event.personal.find(PersonalField::kSentTo);
    return WrittenBefore{told->whom, to == event.personal.end() ? "" : to->second};
  }
  return std::nullopt;
}

Tries tries_of(const sync::Reader& rows, const AggregateId& ticket) {
  const auto row = rows.get(sync::Table::kMeta, tries_key(ticket));
  return row ? from_row<Tries>(*row).value_or(Tries{}) : Tries{};
}

// A ticket that came from another site, and its key not yet; or whose key was lost with a store.
bool is_closed(const Entity& ticket) {
  return ticket.personal.text(PersonalField::kSummary).empty();
}

Bytes untold(SiteNo site, TellBy by) { return protocol::keys::untold(site, by); }

}  // namespace

Mailroom::Mailroom(const sync::Store& store, const sync::Vault& vault, const Clock& clock,
                   Random& random, Settings settings, HasRelay relay)
    : store_(store),
      vault_(vault),
      clock_(clock),
      random_(random),
      settings_(std::move(settings)),
      relay_(relay) {
  view_.configured = configured();
}

MailView Mailroom::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

MailCounts Mailroom::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

Mailroom::Recipient Mailroom::recipient_of(const sync::Reader& rows, const Entity& ticket) {
  const std::string& own = ticket.personal.text(PersonalField::kMail);
  if (protocol::is_mail_address(own)) return {own, ToldWhom::kApplicant};
  const auto& state = *ticket.as<TicketState>();
  if (state.facility.v == 0 || !protocol::officer_is_told(state.asking)) return {};
  const Entity site =
      sync::read_entity(rows, Kind::kSite, protocol::site_aggregate(state.facility));
  const std::string& officer = site.personal.text(PersonalField::kMail);
  if (!protocol::is_mail_address(officer)) return {};
  return {officer, ToldWhom::kOfficer};
}

Circumstances Mailroom::circumstances(const sync::Reader& rows, const Entity& ticket,
                                      const Recipient& to) const {
  Circumstances out;
  out.now = clock_.now();
  // Nobody knows its address before the key is here, which the region brings.
  const bool closed = is_closed(ticket);
  out.address = to.address.empty() && !closed ? Address::kNone : Address::kKnown;
  out.give_up_ms = std::int64_t{settings_.mail.give_up_minutes} * 60'000;
  // What a restored store sent before is among what it gets back.
  const bool whole = !sync::read_recall(rows).has_value();
  if (whole && !closed && settings_.clock_confirmed()) out.clocks = Clocks::kConfirmed;
  if (!configured()) return out;
  const std::lock_guard lock(mutex_);
  const auto& trouble = view_.trouble;
  const bool resting = trouble && rests(trouble->last, trouble->next, out.now);
  out.relay = resting ? RelayState::kResting : RelayState::kReady;
  return out;
}

Mailroom::Standing Mailroom::standing(const sync::Reader& rows, const Entity& ticket,
                                      const Telling& telling) const {
  const Tries tries = tries_of(rows, ticket.id);
  Standing out;
  out.step = next_step(telling, tries, circumstances(rows, ticket, recipient_of(rows, ticket)));
  if (!tries.of(telling)) return out;
  out.tries = tries.count;
  out.next = tries.next;
  out.reply = tries.reply;
  return out;
}

bool Mailroom::may_tell(const TicketState& ticket, TimeMs now) const {
  if (protocol::owner_of(ticket) != settings_.site) return false;
  const auto until = protocol::lease_until(ticket, settings_.region_heard());
  return !until || now <= *until;
}

double Mailroom::chance() const {
  std::uint16_t drawn = 0;
  random_.fill(&drawn, sizeof(drawn));
  return static_cast<double>(drawn) / 65'536.0;
}

protocol::DecideContext Mailroom::context_of(sync::Decision& decision) const {
  protocol::DecideContext out = settings_.context(decision);
  out.region_heard = settings_.region_heard();
  return out;
}

sync::Command Mailroom::saying(const AggregateId& ticket, TellApplicant told) const {
  sync::Command command;
  command.decide = [this, ticket,
                    told = std::move(told)](sync::Decision& decision) -> Result<sync::Answer> {
    auto drafts =
        protocol::decide(told, decision.load(Kind::kTicket, ticket), context_of(decision));
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    decision.erase_meta(tries_key(ticket));
    return sync::Answer{};
  };
  return command;
}

sync::Command Mailroom::trying_later(const OutgoingLetter& letter, int reply) {
  Tries tries = tries_of(*store_.snapshot(), letter.ticket);
  if (!tries.of(letter.telling)) tries = {letter.telling.term, letter.telling.seq, 0, {}, {}, 0};
  ++tries.count;
  tries.last = clock_.now();
  // Twice as long as the relay's own rest, when the line broke at this letter.
  const std::uint32_t failed = tries.count + (reply == 0 ? 1 : 0);
  tries.next = tries.last + pause_ms(failed, kLongestPauseMs, chance());
  tries.reply = static_cast<std::uint32_t>(reply);
  sync::Command command;
  command.decide = [key = tries_key(letter.ticket), row = to_row(tries)](sync::Decision& decision) {
    decision.put_meta(key, row);
    return Result<sync::Answer>(sync::Answer{});
  };
  return command;
}

void Mailroom::note_trouble(const SmtpEnd& end) {
  const TimeMs now = clock_.now();
  const std::int64_t pause = pause_ms(++relay_failed_, kLongestRelayPauseMs, chance());
  const std::lock_guard lock(mutex_);
  ++counts_.relay_away;
  if (!view_.trouble) view_.trouble = MailView::Trouble{now, {}, {}, {}, 0};
  view_.trouble->last = now;
  view_.trouble->next = now + pause;
  view_.trouble->stage = end.stage;
  view_.trouble->reply = end.reply;
}

void Mailroom::note_answer(Verdict verdict) {
  relay_failed_ = 0;
  const std::lock_guard lock(mutex_);
  view_.trouble.reset();
  if (verdict == Verdict::kTaken) view_.last_taken = clock_.now();
  ++(verdict == Verdict::kTaken   ? counts_.taken
     : verdict == Verdict::kLater ? counts_.later
                                  : counts_.refused);
}

Result<std::string> Mailroom::letter(const sync::Reader& rows, const Entity& ticket,
                                     const Telling& telling, const Recipient& to) const {
  const auto& state = *ticket.as<TicketState>();
  LetterFacts facts;
  facts.what = telling.what;
  facts.whom = to.whom;
  facts.number = to_text(protocol::TicketNumber{state.site, state.counter});
  facts.site = settings_.site_name;
  facts.text = text_of(rows, vault_, ticket, telling);
  facts.reason = state.reject_reason;
  facts.due = state.times.completion_due;
  facts.session_at = state.session_at;
  facts.until = state.reopen_until;
  const bool end =
      telling.what == protocol::TellWhat::kDone || telling.what == protocol::TellWhat::kRejected;
  if (end && state.status == protocol::TicketStatus::kMerged) {
    // What was written to another applicant is not for this one.
    facts.end = EndedBy::kAnotherTicket;
    facts.reason = state.target_end.reason;
    facts.until = state.target_end.reopen_until;
  }
  const bool of_region = state.language == protocol::Language::kOfRegion;
  const app::Zone home = settings_.home;
  const LetterWords words =
      write_letter(facts, of_region ? settings_.mail.language : state.language,
                   [home](TimeMs at) { return home.offset_min(at); });
  return to_wire({protocol::letter_id(ticket.id, telling), settings_.mail.from, settings_.site_name,
                  to.address, words.subject, words.body, telling.since});
}

std::optional<Mailroom::Errand> Mailroom::letter_to(const sync::Reader& rows, const Entity& ticket,
                                                    const Telling& telling, Recipient to) {
  if (auto before = written_before(rows, vault_, ticket, telling)) {
    return saying(ticket.id, {telling.term, telling.seq, ToldHow::kMailed, before->whom,
                              TellTrouble::kNone, std::move(before->to), ""});
  }
  auto wire = letter(rows, ticket, telling, to);
  OutgoingLetter out{ticket.id, telling, to.whom, std::move(to.address), {}};
  ++turn_.sent;
  if (wire.ok()) {
    out.wire = std::move(*wire);
    return out;
  }
  // No relay will ever take what cannot be written.
  return ended(out, {SmtpEnd::How::kFailed, SmtpStage::kRecipient, 500}).value();
}

std::optional<sync::Command> Mailroom::ended(const OutgoingLetter& letter, const SmtpEnd& end) {
  const Telling& telling = letter.telling;
  const Verdict verdict = verdict_of(end);
  if (verdict == Verdict::kStopped) return std::nullopt;
  if (verdict == Verdict::kRelayAway) {
    note_trouble(end);
    // Perhaps it is this letter at which the line breaks: another one looks for the relay next.
    if (end.stage < SmtpStage::kRecipient) return std::nullopt;
    return trying_later(letter, end.reply);
  }
  note_answer(verdict);
  TellApplicant told{telling.term, telling.seq, ToldHow::kMailed, letter.whom, TellTrouble::kNone,
                     letter.to,    ""};
  switch (verdict) {
    case Verdict::kTaken: return saying(letter.ticket, std::move(told));
    case Verdict::kNever:
      told.how = ToldHow::kToPhone;
      told.why = TellTrouble::kRefused;
      return saying(letter.ticket, std::move(told));
    default: return trying_later(letter, end.reply);
  }
}

sync::Command Mailroom::to_phone(const Waiting& waiting, TellTrouble why) {
  {
    const std::lock_guard lock(mutex_);
    ++(why == TellTrouble::kNoAddress ? counts_.no_address : counts_.given_up);
  }
  return saying(waiting.ticket, {waiting.telling.term, waiting.telling.seq, ToldHow::kToPhone,
                                 ToldWhom::kNobody, why, "", ""});
}

std::optional<Mailroom::Errand> Mailroom::errand_of(const Waiting& waiting) {
  const auto rows = store_.snapshot();
  const Entity ticket = sync::read_entity(*rows, Kind::kTicket, waiting.ticket);
  const Recipient to = recipient_of(*rows, ticket);
  const Step step =
      next_step(waiting.telling, tries_of(*rows, ticket.id), circumstances(*rows, ticket, to));
  switch (step) {
    case Step::kSend: return letter_to(*rows, ticket, waiting.telling, to);
    case Step::kSayNoAddress: return to_phone(waiting, TellTrouble::kNoAddress);
    case Step::kSayGivenUp: return to_phone(waiting, TellTrouble::kGivenUp);
    default: break;
  }
  if (turn_.seen.waiting == 1) turn_.seen.step = step;
  return std::nullopt;
}

void Mailroom::look_at(const AggregateId& id) {
  const Entity ticket = sync::read_entity(*store_.snapshot(), Kind::kTicket, id);
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || ticket.erased || !may_tell(*state, turn_.now)) return;
  for (const Telling& telling : state->tellings) {
    if (protocol::way_of(telling) == TellBy::kMail) turn_.waiting.push_back({id, telling});
  }
  std::reverse(turn_.waiting.begin(), turn_.waiting.end());
}

std::optional<Mailroom::Waiting> Mailroom::next_waiting() {
  while (turn_.waiting.empty()) {
    if (turn_.looked == turn_.found.size() || turn_.sent >= kMaxSent) return std::nullopt;
    looked_through_ = turn_.found[turn_.looked++];
    look_at(protocol::keys::id_of(looked_through_));
  }
  const Waiting out = turn_.waiting.back();
  turn_.waiting.pop_back();
  ++turn_.seen.waiting;
  if (!turn_.seen.oldest || out.telling.since < *turn_.seen.oldest)
    turn_.seen.oldest = out.telling.since;
  return out;
}

// A telling that was overtaken leaves its row: once a start is often enough.
std::optional<sync::Command> Mailroom::forgetting_old_tries() {
  if (std::exchange(started_, true)) return std::nullopt;
  const auto rows = store_.snapshot();
  std::vector<Bytes> old;
  rows->scan_prefix(
      sync::Table::kMeta, tries_prefix(), [&](std::string_view key, std::string_view value) {
        const auto tries = from_row<Tries>(value);
        const auto id = AggregateId::from(key.substr(tries_prefix().size()));
        const Entity ticket = id ? sync::read_entity(*rows, Kind::kTicket, *id) : Entity{};
        const auto* state = ticket.as<TicketState>();
        const bool waits = tries && state != nullptr &&
                           protocol::find_telling(*state, tries->term, tries->seq) != nullptr;
        if (!waits) old.emplace_back(key);
        return old.size() < kMaxLooked;
      });
  if (old.empty()) return std::nullopt;
  sync::Command command;
  command.decide = [old = std::move(old)](sync::Decision& decision) {
    for (const Bytes& key : old) decision.erase_meta(key);
    return Result<sync::Answer>(sync::Answer{});
  };
  return command;
}

// Who may not be written to now must not keep those behind him from it: a turn goes on behind the
// end of the last one.
void Mailroom::begin_turn() {
  turn_ = Turn{};
  turn_.now = clock_.now();
  const Bytes letters = untold(settings_.site, TellBy::kMail);
  const Bytes from = looked_through_.empty() ? letters : behind(looked_through_);
  const auto rows = store_.snapshot();
  rows->scan(sync::Table::kIndex, from, prefix_end(letters),
             [this](std::string_view key, std::string_view) {
               turn_.found.emplace_back(key);
               return turn_.found.size() < kMaxLooked;
             });
  find_merged(*rows);
}

void Mailroom::find_merged(const sync::Reader& rows) {
  const Bytes merged = protocol::keys::waiting_for_target(settings_.site);
  const Bytes from = followed_through_.empty() ? merged : behind(followed_through_);
  followed_through_.clear();  // unless there are more
  rows.scan(sync::Table::kIndex, from, prefix_end(merged),
            [this](std::string_view key, std::string_view) {
              turn_.merged.push_back(protocol::keys::id_of(key));
              const bool full = turn_.merged.size() == kMaxFollowed;
              if (full) followed_through_ = Bytes(key);
              return !full;
            });
}

// A duplicate's applicant is told of what became of the other ticket.
std::optional<sync::Command> Mailroom::news_of_target() {
  while (!turn_.merged.empty()) {
    const AggregateId id = turn_.merged.back();
    turn_.merged.pop_back();
    const auto rows = store_.snapshot();
    const Entity ticket = sync::read_entity(*rows, Kind::kTicket, id);
    const auto* state = ticket.as<TicketState>();
    if (state == nullptr || !may_tell(*state, turn_.now)) continue;
    const AggregateId into = state->merged_into;
    if (!has_news_of_target(ticket, sync::read_entity(*rows, Kind::kTicket, into))) continue;
    sync::Command command;
    command.decide = [this, id, into](sync::Decision& decision) -> Result<sync::Answer> {
      const Entity target = decision.load(Kind::kTicket, into);
      decision.emit(
          protocol::decide_target(decision.load(Kind::kTicket, id), target, context_of(decision)));
      return sync::Answer{};
    };
    return command;
  }
  return std::nullopt;
}

std::optional<Mailroom::Errand> Mailroom::next() {
  if (auto command = forgetting_old_tries()) return std::move(*command);
  if (auto command = news_of_target()) return std::move(*command);
  while (const auto waiting = next_waiting()) {
    if (auto errand = errand_of(*waiting)) return errand;
  }
  end_turn();
  return std::nullopt;
}

void Mailroom::end_turn() {
  const bool to_the_end = turn_.looked == turn_.found.size() && turn_.found.size() < kMaxLooked;
  if (to_the_end) looked_through_.clear();
  store_.snapshot()->scan_prefix(
      sync::Table::kIndex, untold(settings_.site, TellBy::kPhone),
      [this](std::string_view, std::string_view) { return ++turn_.seen.to_phone < kMaxLooked; });
  const std::lock_guard lock(mutex_);
  turn_.seen.configured = view_.configured;
  turn_.seen.last_taken = view_.last_taken;
  turn_.seen.trouble = view_.trouble;
  view_ = turn_.seen;
}

}  // namespace opora::node
