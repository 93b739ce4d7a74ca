#include "tests/sim/region/sim_postman.h"

#include <utility>

namespace opora::sim {

using node::OutgoingLetter;
using node::SmtpEnd;
using node::SmtpStage;

namespace {

constexpr std::int64_t kTurnMs = 1'000;
constexpr std::int64_t kSlowestRelayMs = 400;
// Planted: how long a letter is kept.
constexpr std::int64_t kKeptMs = 9'000;

struct Fate {
  SmtpEnd end;
  bool taken = false;
};

const Fate kTaken{{SmtpEnd::How::kTaken, SmtpStage::kBody, 250}, true};

// Mostly the relay takes it. What breaks off after the last byte was taken, and nobody heard.
Fate fate(Dice& dice) {
  using How = SmtpEnd::How;
  const std::int64_t draw = dice.between(0, 99);
  if (draw < 80) return kTaken;
  if (draw < 85) return {{How::kFailed, SmtpStage::kBody, 0}, true};
  if (draw < 88) return {{How::kFailed, SmtpStage::kBody, 0}, false};
  if (draw < 92) return {{How::kFailed, SmtpStage::kRecipient, 451}, false};
  if (draw < 96) return {{How::kFailed, SmtpStage::kRecipient, 550}, false};
  return {{How::kFailed, SmtpStage::kConnect, 0}, false};
}

node::Mailroom::Settings settings_of(SiteNo site, const Clock& clock) {
  node::MailSettings mail;
  mail.host = "localhost";
  mail.from = "support@clinic.example";
  return {site, name_of(site), app::Zone::find("Europe/Moscow").value(), mail, [] { return true; },
          // Leases do not run out in a minute.
          [&clock] { return std::optional(clock.now()); },
          [](sync::Decision& decision) { return decision.context(); }};
}

}  // namespace

SimPostman::SimPostman(Sim& sim, SiteNo site, Ports ports)
    : sim_(sim),
      site_(site),
      ports_(std::move(ports)),
      life_(ports_.book.new_life()),
      mailroom_(ports_.store, ports_.vault, ports_.clock, ports_.random,
                settings_of(site, ports_.clock), node::HasRelay::kYes) {}

void SimPostman::start() {
  ports_.later(sim_.dice.between(1, kTurnMs), [this] { turn(); });
}

void SimPostman::turn() {
  mailroom_.begin_turn();
  go_on();
}

void SimPostman::go_on() {
  auto errand = mailroom_.next();
  if (!errand) return start();
  if (const auto* letter = std::get_if<OutgoingLetter>(&*errand)) return hand_over(*letter);
  run(std::move(std::get<sync::Command>(*errand)), ports_.book.next_command(),
      [this](const Result<sync::Answer>&) { go_on(); });
}

// Engines may answer twice, when that mistake is planted.
void SimPostman::run(sync::Command command, const CommandId& id, Then then) {
  command.key = sync::CommandKey{id, {}};
  command.done = [this, answered = std::make_shared<bool>(false),
                  then = std::move(then)](const Result<sync::Answer>& answer) {
    if (std::exchange(*answered, true)) return;
    ports_.later(sim_.dice.between(0, 2), [answer, then] { then(answer); });
  };
  ports_.submit(std::move(command));
}

OutgoingLetter SimPostman::mistaken(OutgoingLetter letter) {
  const std::string before = std::exchange(last_address_, letter.to);
  if (sim_.planted == Planted::kLetterAstray && !before.empty()) letter.to = before;
  if (sim_.planted == Planted::kLetterIdNew) {
    const std::size_t at = letter.wire.find('@', letter.wire.find("Message-ID"));
    if (at != std::string::npos) letter.wire[at - 1] ^= 1;
  }
  return letter;
}

void SimPostman::hand_over(const OutgoingLetter& meant) {
  const OutgoingLetter letter = mistaken(meant);
  const std::size_t place = ports_.book.handed(site_, life_, letter);
  ports_.on_handed(site_, letter);
  const Fate fate = ports_.book.well() ? kTaken : sim::fate(sim_.dice);
  const std::int64_t takes_ms = sim_.dice.between(1, kSlowestRelayMs);
  if (sim_.planted == Planted::kLetterSaidFirst) {
    ports_.later(takes_ms, [this, fate, place] {
      if (fate.taken) ports_.book.taken(place);
    });
    return hear(letter, place, {SmtpEnd::How::kTaken, SmtpStage::kBody, 250});
  }
  ports_.later(takes_ms, [this, letter, fate, place] {
    if (fate.taken) ports_.book.taken(place);
    ports_.later(sim_.dice.between(0, kSlowestRelayMs), [this, letter, fate, place] {
      if (fate.end.how != SmtpEnd::How::kTaken) ports_.book.not_heard(place);
      if (sim_.planted == Planted::kLetterKept && !fate.taken) {
        ports_.later(kKeptMs, [this, letter] {
          ports_.book.taken(ports_.book.handed(site_, life_, letter));
          ports_.on_handed(site_, letter);
        });
      }
      if (sim_.planted == Planted::kLetterNotSaid && fate.taken)
        return hear(letter, place, {SmtpEnd::How::kFailed, SmtpStage::kRecipient, 451});
      hear(letter, place, fate.end);
    });
  });
}

void SimPostman::hear(const OutgoingLetter& letter, std::size_t place, SmtpEnd end) {
  auto command = mailroom_.ended(letter, end);
  if (!command) return go_on();
  const CommandId id = ports_.book.next_command();
  const bool says = end.how == SmtpEnd::How::kTaken;
  if (says) ports_.book.says(place, id);
  run(std::move(*command), id, [this, place, says](const Result<sync::Answer>& answer) {
    if (says) ports_.book.said(place, answer.ok() ? Handed::End::kSaid : Handed::End::kRefused);
    go_on();
  });
}

}  // namespace opora::sim
