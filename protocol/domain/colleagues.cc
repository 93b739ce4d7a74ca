#include "protocol/domain/colleagues.h"

#include <algorithm>

namespace opora::protocol {

namespace {

using What = TicketAction::What;

constexpr Roles kOfLines = roles_of({Role::kOperator, Role::kSpecialist, Role::kExpert});

bool is_supervisor(Roles roles) { return has_role(roles, Role::kSupervisor); }

// Given to somebody of this site whom the actor does not stand in for.
bool is_given_to_another(const TicketState& ticket, const Colleague& actor,
                         const Colleague& holder) {
  if (ticket.assignee.empty() || ticket.assignee == actor.login) return false;
  if (holder.roles.v == 0 || holder.disabled) return false;  // of another site, or gone for good
  const bool stands_in = holder.away && holder.substitute == actor.login;
  return !stands_in && !is_supervisor(actor.roles);
}

bool is_anothers(const TicketState& ticket, const Colleague& actor, const Colleague& holder) {
  const bool begun =
      ticket.status == TicketStatus::kInWork || ticket.status == TicketStatus::kWaiting;
  return begun && is_given_to_another(ticket, actor, holder);
}

// What decides how a ticket goes on. Everybody may add to it: words, files, things to do, ties to
// a problem.
bool is_for_the_holder(What what) {
  switch (what) {
    case What::kComplete:
    case What::kReject:
    case What::kWait:
    case What::kResume:
    case What::kReclassify:
    case What::kMerge: return true;
    default: return false;
  }
}

Roles of_lines(Roles roles) { return Roles{roles.v & kOfLines.v}; }

bool is_nobodys_own(const std::vector<Colleague>& people, std::uint8_t line) {
  return std::ranges::none_of(people, [line](const Colleague& who) {
    return !who.disabled && is_line_of(of_lines(who.roles), line);
  });
}

bool is_there(const Colleague& who) { return who.roles.v != 0 && !who.disabled && !who.away; }

// A specialist does not take from an expert what he has begun.
bool is_above(const Colleague& holder, const Colleague& actor, std::uint8_t line) {
  return is_there(holder) && works_on_line(holder.roles, line) && !works_on_line(actor.roles, line);
}

Error anothers() {
  return Error{Code::kConflict, "assignee", "another has it in work: take it over first"};
}

}  // namespace

bool absent_on(const Absence& absence, LocalDay day) {
  return absence.from.v != 0 && absence.from <= day && day <= absence.to;
}

bool works_on_line(Roles roles, std::uint8_t line) {
  if (is_supervisor(roles) || has_role(roles, Role::kExpert)) return true;
  if (has_role(roles, Role::kSpecialist)) return line <= 2;
  return has_role(roles, Role::kOperator) && line == 1;
}

bool is_line_of(Roles roles, std::uint8_t line) {
  switch (line) {
    case 1: return has_role(roles, Role::kOperator) || is_supervisor(roles);
    case 2: return has_role(roles, Role::kSpecialist) || is_supervisor(roles);
    default: return has_role(roles, Role::kExpert) || is_supervisor(roles);
  }
}

Staffed staffed(const std::vector<Colleague>& people, std::uint8_t line) {
  const bool some = std::ranges::any_of(people, [&](const Colleague& who) {
    return !who.disabled && works_on_line(of_lines(who.roles), line);
  });
  return some ? Staffed::kYes : Staffed::kNo;
}

bool falls_to(Roles roles, const std::vector<Colleague>& people, std::uint8_t line) {
  if (of_lines(roles).v == 0 || !is_nobodys_own(people, line)) return false;
  return works_on_line(of_lines(roles), line) || staffed(people, line) == Staffed::kNo;
}

Status may_be_given(const Gift& gift) {
  const Colleague& to = gift.to;
  if (to.roles.v == 0) return invalid("assignee", "no such user here");
  if (to.disabled) return invalid("assignee", "disabled: works here no more");
  if (!allowed(Action::kWorkTicket, to.roles, Place::kNode))
    return invalid("assignee", "has no part in tickets");
  if (gift.staffed == Staffed::kYes && !works_on_line(to.roles, gift.line))
    return invalid("assignee_line", "does not work on that line");
  const bool knowingly = gift.even_absent == EvenAbsent::kYes;
  if (knowingly && !is_supervisor(gift.by))
    return Error{Code::kDenied, "even_absent", "a supervisor's to say"};
  if (to.away && !knowingly)
    return Error{Code::kConflict, "assignee_absent", "is not at work today"};
  return ok_status();
}

Status may_act(What what, const TicketState& ticket, const Colleague& actor,
               const Colleague& holder) {
  if (!is_anothers(ticket, actor, holder)) return ok_status();
  if (is_for_the_holder(what)) return anothers();
  if (what == What::kAssign && is_above(holder, actor, ticket.line))
    return Error{Code::kConflict, "assignee", "somebody of a line above has it in work"};
  return ok_status();
}

Status may_note_visit(const TicketState& ticket, const Colleague& actor, const Colleague& holder) {
  if (!is_given_to_another(ticket, actor, holder)) return ok_status();
  return Error{Code::kConflict, "assignee", "given to another, who has to pass it on first"};
}

Status may_give_away(const TicketState& ticket, const Colleague& actor, const Colleague& holder) {
  return is_anothers(ticket, actor, holder) ? Status(anothers()) : ok_status();
}

}  // namespace opora::protocol
