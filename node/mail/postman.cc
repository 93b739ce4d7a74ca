#include "node/mail/postman.h"

#include <future>

#include <spdlog/spdlog.h>

namespace opora::node {

Postman::Postman(const sync::Store& store, sync::Engine& engine, const Clock& clock, Random& random,
                 Mailroom::Settings settings, std::unique_ptr<Relay> relay)
    : engine_(engine),
      relay_(std::move(relay)),
      mailroom_(store, engine.vault(), clock, random, std::move(settings),
                relay_ ? HasRelay::kYes : HasRelay::kNo) {}

void Postman::stop() {
  stopping_ = true;
  if (relay_) relay_->stop();
}

void Postman::run(sync::Command command) {
  std::promise<void> done;
  auto answered = done.get_future();
  command.done = [&done](const Result<sync::Answer>&) { done.set_value(); };
  engine_.submit(std::move(command));
  answered.get();
}

void Postman::send(const OutgoingLetter& letter) {
  const SmtpEnd end = relay_->send(letter.to, letter.wire);
  const bool was_away = mailroom_.view().trouble.has_value();
  auto command = mailroom_.ended(letter, end);
  const bool away = mailroom_.view().trouble.has_value();
  if (away && !was_away)
    spdlog::warn("the mail relay takes no letters: {} {}", stage_name(end.stage), end.reply);
  if (was_away && !away) spdlog::info("the mail relay takes letters again");
  if (command) run(std::move(*command));
}

void Postman::turn() {
  if (stopping_) return;
  mailroom_.begin_turn();
  while (!stopping_) {
    auto errand = mailroom_.next();
    if (!errand) return;
    if (auto* command = std::get_if<sync::Command>(&*errand)) run(std::move(*command));
    else send(std::get<OutgoingLetter>(*errand));
  }
}

void Postman::add_metrics(app::MetricsPage& page) const {
  const MailCounts counts = mailroom_.counts();
  for (const auto& [outcome, count] :
       {std::pair{"taken", counts.taken}, std::pair{"later", counts.later},
        std::pair{"refused", counts.refused}, std::pair{"relay_away", counts.relay_away},
        std::pair{"given_up", counts.given_up}, std::pair{"no_address", counts.no_address}}) {
    page.counter("opora_mail_letters_total", "Letters to applicants, by how the attempt ended.",
                 static_cast<double>(count), {{"outcome", outcome}});
  }
  const MailView view = mailroom_.view();
  page.gauge("opora_mail_waiting", "Letters that wait to be sent.",
             static_cast<double>(view.waiting));
  page.gauge("opora_mail_to_phone", "Applicants to be told by telephone.",
             static_cast<double>(view.to_phone));
}

}  // namespace opora::node
