// A ticket's life, by people with roles: given, started, passed up with a reason, waiting for the
// applicant, of another urgency or topic, done, rejected, reopened, closed.
#include <array>
#include <utility>

#include "protocol/domain/access.h"
#include "tests/sim/region/sim_due.h"
#include "tests/sim/region/workload.h"

namespace opora::sim {

using protocol::Role;
using What = protocol::TicketAction::What;

namespace {

struct Person {
  const char* login;
  Role role;
};
constexpr std::array kPeople = {
    Person{"olga", Role::kOperator},    Person{"oleg", Role::kOperator},
    Person{"sveta", Role::kSpecialist}, Person{"semyon", Role::kSpecialist},
    Person{"egor", Role::kExpert},      Person{"vera", Role::kSupervisor}};

const Person& one_of(Dice& dice) { return kPeople[dice.next() % kPeople.size()]; }

std::uint8_t line_of(const Person& person) {
  return protocol::line_of(protocol::roles_of({person.role}));
}

bool may(const Person& person, What what) {
  return protocol::allowed(protocol::right_for(what), protocol::roles_of({person.role}),
                           protocol::Place::kNode);
}

// Somebody who may do this; the others have no button for it.
const Person& who_may(Dice& dice, What what) {
  for (int draw = 0; draw < 20; ++draw) {
    const Person& person = one_of(dice);
    if (may(person, what)) return person;
  }
  return kPeople.back();
}

const Person& of_line(Dice& dice, std::uint8_t line) {
  for (int draw = 0; draw < 20; ++draw) {
    const Person& person = one_of(dice);
    if (line_of(person) == line && may(person, What::kStart)) return person;
  }
  return kPeople.front();
}

}  // namespace

void Workload::act(SiteNo site, const AggregateId& ticket, const protocol::TicketAction& action,
                   std::function<void(const Bytes&)> then) {
  const bool charged = sim_.planted == Planted::kPauseCharged && action.what == What::kResume;
  Task task{site, "ticket", fresh("ticket"), [=] {
              return charged ? resuming_without_the_pause(ticket) : testing::acting(ticket, action);
            }};
  task.then = std::move(then);
  begin(std::move(task));
}

void Workload::ticket_action(SiteNo site) {
  const auto& known = tickets_[site];
  if (known.empty()) return contact(site);
  const AggregateId ticket = known[sim_.dice.next() % known.size()];
  if (sim_.dice.percent(20)) return offer(site, ticket);
  if (sim_.dice.percent(15)) return attach(site, ticket);
  if (sim_.dice.percent(3)) return take_over(ticket);
  if (sim_.dice.percent(6)) return tell(site, ticket);
  if (sim_.dice.percent(20)) return tie(site, ticket);
  if (sim_.dice.percent(20)) return of_kind(site, ticket);
  if (sim_.dice.percent(30)) return ask_applicant(site, ticket);
  if (sim_.dice.percent(20)) return hand_up(site, ticket);
  if (sim_.dice.percent(25)) return solve(site, ticket);
  act(site, ticket, any_action());
}

// Somebody works on it, asks the applicant, and mostly gets an answer.
void Workload::ask_applicant(SiteNo site, const AggregateId& ticket) {
  const Person& person = who_may(sim_.dice, What::kStart);
  protocol::TicketAction start;
  start.what = What::kStart;
  start.assignee = person.login;
  start.holder_line = line_of(person);
  protocol::TicketAction wait;
  wait.what = What::kWait;
  wait.text = fresh("question ");
  wait.wait = static_cast<protocol::WaitReason>(sim_.dice.between(1, 2));
  protocol::TicketAction resume;
  resume.what = What::kResume;
  const std::int64_t later_ms = sim_.dice.between(100, 9'000);
  const bool answers = sim_.dice.percent(75);
  act(site, ticket, start, [=, this](const Bytes&) {
    act(site, ticket, wait, [=, this](const Bytes&) {
      if (!answers) return;
      const std::string waiting = fresh("the applicant's answer ");
      open_.emplace(waiting, "nothing");  // no peace before he has answered
      sim_.timeline.after(later_ms, [=, this] {
        open_.erase(waiting);
        act(site, ticket, resume);
      });
    });
  });
}

// A9: with a reason, and somebody of that line takes it.
void Workload::hand_up(SiteNo site, const AggregateId& ticket) {
  const auto line = static_cast<std::uint8_t>(sim_.dice.between(2, 3));
  protocol::TicketAction up;
  up.what = What::kAssign;
  up.line = line;
  up.text = fresh("because ");
  if (sim_.dice.percent(30)) up.queue = "line-" + std::to_string(line);
  const Person& person = of_line(sim_.dice, line);
  protocol::TicketAction start;
  start.what = What::kStart;
  start.assignee = person.login;
  start.holder_line = line_of(person);
  const bool taken = sim_.dice.percent(70);
  act(site, ticket, up, [=, this](const Bytes&) {
    if (taken) act(site, ticket, start);
  });
}

// It is done; the applicant objects, agrees, or says nothing for three working days (A17).
void Workload::solve(SiteNo site, const AggregateId& ticket) {
  protocol::TicketAction done = any_action();
  done.what = What::kComplete;
  done.result = protocol::TicketResult::kNone;
  protocol::TicketAction then = done;
  const std::int64_t says = sim_.dice.between(0, 99);
  then.what = says < 40 ? What::kReopen : What::kClose;
  act(site, ticket, done, [=, this](const Bytes&) {
    if (says < 55) act(site, ticket, then);
  });
}

protocol::TicketAction Workload::any_action() {
  constexpr std::array kWhat = {
      What::kComment, What::kAssign, What::kAssign,     What::kStart,      What::kStart,
      What::kWait,    What::kResume, What::kReclassify, What::kReclassify, What::kComplete,
      What::kReject,  What::kReopen, What::kReopen,     What::kClose};
  const auto number = [this](std::int64_t last) { return sim_.dice.between(1, last); };
  protocol::TicketAction action;
  action.what = kWhat[sim_.dice.next() % kWhat.size()];
  action.line = static_cast<std::uint8_t>(number(3));
  action.text = fresh("words ");
  action.wait = static_cast<protocol::WaitReason>(number(3));
  if (action.what == What::kWait && action.wait == protocol::WaitReason::kRemoteSession)
    action.until = kStart + sim_.timeline.wall_ms() + number(48) * 3'600'000;
  action.urgency = static_cast<protocol::Urgency>(number(4));
  if (action.what == What::kReclassify && sim_.dice.percent(40))
    action.topic = sim_.dice.percent(50) ? "printer" : "appointment";
  action.reason = static_cast<protocol::RejectReason>(number(6));
  action.result = static_cast<protocol::TicketResult>(sim_.dice.between(0, 10));
  // Up and down the lines, to somebody or to a queue.
  const Person& person = who_may(sim_.dice, What::kStart);
  const bool to_somebody = action.what == What::kAssign && sim_.dice.percent(60);
  if (to_somebody || action.what == What::kStart) {
    action.assignee = person.login;
    action.holder_line = line_of(person);
  }
  return action;
}

}  // namespace opora::sim
