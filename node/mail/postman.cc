#include "node/mail/postman.h"

#include <future>

#include <spdlog/spdlog.h>

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

Tries tries_of(const sync::Reader& rows, const AggregateId& ticket) {
  const auto row = rows.get(sync::Table::kMeta, tries_key(ticket));
  return row ? from_row<Tries>(*row).value_or(Tries{}) : Tries{};
}

// A ticket that came from another site, and its key not yet.
bool is_closed(const Entity& ticket) {
  return ticket.personal.text(PersonalField::kSummary).empty();
}

}  // namespace

struct Postman::Turn {
  TimeMs now;
  std::size_t looked = 0;
  std::size_t sent = 0;
  MailView seen;
};

Postman::Postman(const sync::Store& store, sync::Engine& engine, const Clock& clock, Random& random,
                 Settings settings, LetterCatalogue words, std::unique_ptr<Relay> relay)
    : store_(store),
      engine_(engine),
      clock_(clock),
      random_(random),
      settings_(std::move(settings)),
      words_(std::move(words)),
      relay_(std::move(relay)) {
  view_.configured = relay_ != nullptr;
}

void Postman::stop() {
  stopping_ = true;
  if (relay_) relay_->stop();
}

MailView Postman::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

MailCounts Postman::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Postman::add_metrics(app::MetricsPage& page) const {
  const MailCounts counts = this->counts();
  for (const auto& [outcome, count] :
       {std::pair{"taken", counts.taken}, std::pair{"later", counts.later},
        std::pair{"refused", counts.refused}, std::pair{"relay_away", counts.relay_away},
        std::pair{"given_up", counts.given_up}, std::pair{"no_address", counts.no_address}}) {
    page.counter("opora_mail_letters_total", "Letters to applicants, by how the attempt ended.",
                 static_cast<double>(count), {{"outcome", outcome}});
  }
  const MailView view = this->view();
  page.gauge("opora_mail_waiting", "Letters that wait to be sent.",
             static_cast<double>(view.waiting));
  page.gauge("opora_mail_to_phone", "Applicants to be told by telephone.",
             static_cast<double>(view.to_phone));
}

Postman::Recipient Postman::recipient_of(const sync::Reader& rows, const Entity& ticket) {
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

Circumstances Postman::circumstances(const sync::Reader& rows, Address address) const {
  Circumstances out;
  out.now = clock_.now();
  out.address = address;
  out.give_up_ms = std::int64_t{settings_.mail.give_up_minutes} * 60'000;
  // What a restored store sent before is among what it gets back.
  const bool whole = !sync::read_recall(rows).has_value();
  if (whole && settings_.clock_confirmed()) out.clocks = Clocks::kConfirmed;
  if (relay_ == nullptr) return out;
  const std::lock_guard lock(mutex_);
  const bool resting = view_.trouble && out.now < view_.trouble->next;
  out.relay = resting ? RelayState::kResting : RelayState::kReady;
  return out;
}

Postman::Standing Postman::standing(const sync::Reader& rows, const Entity& ticket,
                                    const Telling& telling) const {
  const bool known = !recipient_of(rows, ticket).address.empty();
  const Tries tries = tries_of(rows, ticket.id);
  Standing out;
  out.step =
      next_step(telling, tries, circumstances(rows, known ? Address::kKnown : Address::kNone));
  if (!tries.of(telling)) return out;
  out.tries = tries.count;
  out.next = tries.next;
  out.reply = tries.reply;
  return out;
}

bool Postman::may_tell(const TicketState& ticket, TimeMs now) const {
  if (protocol::owner_of(ticket) != settings_.site) return false;
  const auto until = protocol::lease_until(ticket, settings_.region_heard());
  return !until || now <= *until;
}

double Postman::chance() const {
  std::uint16_t drawn = 0;
  random_.fill(&drawn, sizeof(drawn));
  return static_cast<double>(drawn) / 65'536.0;
}

bool Postman::run(std::function<Result<sync::Answer>(sync::Decision&)> decide) {
  std::promise<bool> done;
  auto answered = done.get_future();
  sync::Command command;
  command.decide = std::move(decide);
  command.done = [&done](const Result<sync::Answer>& answer) { done.set_value(answer.ok()); };
  engine_.submit(std::move(command));
  return answered.get();
}

void Postman::say(const Entity& ticket, TellApplicant told) {
  run([this, id = ticket.id,
       told = std::move(told)](sync::Decision& decision) -> Result<sync::Answer> {
    const Entity now = decision.load(Kind::kTicket, id);
    protocol::DecideContext at = decision.context();
    at.region_heard = settings_.region_heard();
    auto drafts = protocol::decide(told, now, at);
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    decision.erase_meta(tries_key(id));
    return sync::Answer{};
  });
}

void Postman::try_later(const Entity& ticket, const Telling& telling, Tries tries, int reply) {
  if (!tries.of(telling)) tries = Tries{telling.term, telling.seq, 0, {}, {}, 0};
  ++tries.count;
  tries.last = clock_.now();
  // Twice as long as the relay's own rest, when the line broke at this letter.
  const std::uint32_t failed = tries.count + (reply == 0 ? 1 : 0);
  tries.next = tries.last + pause_ms(failed, kLongestPauseMs, chance());
  tries.reply = static_cast<std::uint32_t>(reply);
  run([key = tries_key(ticket.id), row = to_row(tries)](sync::Decision& decision) {
    decision.put_meta(key, row);
    return Result<sync::Answer>(sync::Answer{});
  });
}

void Postman::note_trouble(const SmtpEnd& end) {
  const TimeMs now = clock_.now();
  const std::int64_t pause = pause_ms(++relay_failed_, kLongestRelayPauseMs, chance());
  const std::lock_guard lock(mutex_);
  ++counts_.relay_away;
  if (!view_.trouble) {
    spdlog::warn("the mail relay takes no letters: {} {}", stage_name(end.stage), end.reply);
    view_.trouble = MailView::Trouble{now, {}, {}, 0};
  }
  view_.trouble->next = now + pause;
  view_.trouble->stage = end.stage;
  view_.trouble->reply = end.reply;
}

Result<std::string> Postman::letter(const sync::Reader& rows, const Entity& ticket,
                                    const Telling& telling, const Recipient& to) const {
  const auto& state = *ticket.as<TicketState>();
  LetterFacts facts;
  facts.what = telling.what;
  facts.whom = to.whom;
  facts.number = to_text(protocol::TicketNumber{state.site, state.counter});
  facts.site = settings_.site_name;
  facts.text = text_of(rows, engine_.vault(), ticket, telling);
  facts.reason = state.reject_reason;
  facts.due = state.times.completion_due;
  facts.session_at = state.session_at;
  facts.until = state.reopen_until;
  const bool of_region = state.language == protocol::Language::kOfRegion;
  const app::Zone home = settings_.home;
  const LetterWords words =
      words_.write(facts, of_region ? settings_.mail.language : state.language,
                   [home](TimeMs at) { return home.offset_min(at); });
  return to_wire({protocol::letter_id(ticket.id, telling), settings_.mail.from, settings_.site_name,
                  to.address, words.subject, words.body, telling.since});
}

void Postman::send(Turn& turn, const Entity& ticket, const Telling& telling, const Recipient& to) {
  const auto rows = store_.snapshot();
  const auto wire = letter(*rows, ticket, telling, to);
  const SmtpEnd end = wire.ok() ? relay_->send(to.address, *wire)
                                : SmtpEnd{SmtpEnd::How::kFailed, SmtpStage::kRecipient, 500};
  ++turn.sent;
  const Verdict verdict = verdict_of(end);
  if (verdict == Verdict::kStopped) return;
  if (verdict == Verdict::kRelayAway) {
    note_trouble(end);
    // Perhaps it is this letter at which the line breaks: another one looks for the relay next.
    if (end.stage >= SmtpStage::kRecipient)
      try_later(ticket, telling, tries_of(*rows, ticket.id), end.reply);
    return;
  }
  relay_failed_ = 0;
  {
    const std::lock_guard lock(mutex_);
    if (view_.trouble) spdlog::info("the mail relay takes letters again");
    view_.trouble.reset();
    if (verdict == Verdict::kTaken) view_.last_taken = clock_.now();
    ++(verdict == Verdict::kTaken   ? counts_.taken
       : verdict == Verdict::kLater ? counts_.later
                                    : counts_.refused);
  }
  switch (verdict) {
    case Verdict::kTaken:
      return say(ticket, {telling.term, telling.seq, ToldHow::kMailed, to.whom, TellTrouble::kNone,
                          to.address, ""});
    case Verdict::kNever:
      return say(ticket, {telling.term, telling.seq, ToldHow::kToPhone, to.whom,
                          TellTrouble::kRefused, to.address, ""});
    default: return try_later(ticket, telling, tries_of(*rows, ticket.id), end.reply);
  }
}

void Postman::tell(Turn& turn, const Entity& ticket, const Telling& telling) {
  const auto rows = store_.snapshot();
  const Recipient to = recipient_of(*rows, ticket);
  const Step step =
      next_step(telling, tries_of(*rows, ticket.id),
                circumstances(*rows, to.address.empty() ? Address::kNone : Address::kKnown));
  const auto to_phone = [&](TellTrouble why, std::uint64_t MailCounts::*count) {
    {
      const std::lock_guard lock(mutex_);
      ++(counts_.*count);
    }
    say(ticket, {telling.term, telling.seq, ToldHow::kToPhone, ToldWhom::kNobody, why, "", ""});
  };
  switch (step) {
    case Step::kSend: return send(turn, ticket, telling, to);
    case Step::kSayNoAddress: return to_phone(TellTrouble::kNoAddress, &MailCounts::no_address);
    case Step::kSayGivenUp: return to_phone(TellTrouble::kGivenUp, &MailCounts::given_up);
    default: break;
  }
  if (turn.seen.waiting == 1) turn.seen.step = step;
}

void Postman::look_at(Turn& turn, const AggregateId& id) {
  const Entity ticket = sync::read_entity(*store_.snapshot(), Kind::kTicket, id);
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || ticket.erased || is_closed(ticket) || !may_tell(*state, turn.now)) return;
  for (const Telling& telling : state->tellings) {
    if (protocol::way_of(telling) != TellBy::kMail) continue;
    ++turn.seen.waiting;
    if (!turn.seen.oldest || telling.since < *turn.seen.oldest) turn.seen.oldest = telling.since;
    if (!stopping_ && turn.sent < kMaxSent) tell(turn, ticket, telling);
  }
}

// A telling that was overtaken leaves its row: once a start is often enough.
void Postman::forget_old_tries() {
  if (std::exchange(started_, true)) return;
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
  if (old.empty()) return;
  run([old = std::move(old)](sync::Decision& decision) {
    for (const Bytes& key : old) decision.erase_meta(key);
    return Result<sync::Answer>(sync::Answer{});
  });
}

void Postman::turn() {
  if (stopping_) return;
  forget_old_tries();
  Turn turn;
  turn.now = clock_.now();
  const auto rows = store_.snapshot();
  const auto untold = [&](TellBy by) { return protocol::keys::untold(settings_.site, by); };
  const Bytes letters = untold(TellBy::kMail);
  // Who may not be written to now must not keep those behind him from it.
  const Bytes from = looked_through_.empty() ? letters : behind(looked_through_);
  bool full = false;
  rows->scan(sync::Table::kIndex, from, prefix_end(letters),
             [&](std::string_view key, std::string_view) {
               looked_through_ = Bytes(key);
               look_at(turn, protocol::keys::id_of(key));
               full = ++turn.looked == kMaxLooked || turn.sent >= kMaxSent || stopping_;
               return !full;
             });
  if (!full) looked_through_.clear();
  rows->scan_prefix(
      sync::Table::kIndex, untold(TellBy::kPhone),
      [&](std::string_view, std::string_view) { return ++turn.seen.to_phone < kMaxLooked; });
  const std::lock_guard lock(mutex_);
  turn.seen.configured = view_.configured;
  turn.seen.last_taken = view_.last_taken;
  turn.seen.trouble = view_.trouble;
  view_ = turn.seen;
}

}  // namespace opora::node
