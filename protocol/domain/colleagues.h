// Who may be given a ticket at a site, and who may act on one that somebody has (A9). Roles alone
// do not say it: a small hospital has operators only, and they work on all three lines. Pure; what
// the site knows of its people is an argument.
#pragma once

#include <string>
#include <vector>

#include "protocol/domain/decide.h"

namespace opora::protocol {

// Contacts are taken there, registered tickets given to it, and what it can solve is solved (A9).
inline constexpr std::uint8_t kFirstLine = 1;

// Whether somebody is not at work on this day.
bool absent_on(const Absence& absence, LocalDay day);

// One of a site's people, as the site knows him today. Without roles: nobody there knows him.
struct Colleague {
  std::string login;
  Roles roles{};
  bool disabled = false;
  bool away = false;
  std::string substitute{};  // while away
};

// An operator's line is 1, a specialist's 2, an expert's 3, with those below; a supervisor's all.
bool works_on_line(Roles roles, std::uint8_t line);
// The line itself, without those below: what is somebody's own.
bool is_line_of(Roles roles, std::uint8_t line);

// Whether a site has somebody for a line, supervisors aside; where it has nobody, everybody who
// works on tickets works on it.
enum class Staffed : std::uint8_t { kNo, kYes };
Staffed staffed(const std::vector<Colleague>& people, std::uint8_t line);

// A line that is nobody's own among these people (supervisors aside) falls to those who work on it
// from above, and where nobody does to everybody of another line: its free tickets are offered to
// them, its notices are theirs.
bool falls_to(Roles roles, const std::vector<Colleague>& people, std::uint8_t line);

// Given by a supervisor who knows that he is away: a sick person's own patient, who waits.
enum class EvenAbsent : std::uint8_t { kNo, kYes };

// Whether a ticket of this line may be given to somebody. kInvalid "assignee" (unknown, disabled,
// or no right to work on tickets), "assignee_line"; kConflict "assignee_absent"; kDenied
// "even_absent" for who is no supervisor.
struct Gift {
  const Colleague& to;
  std::uint8_t line = 1;
  Staffed staffed = Staffed::kYes;
  EvenAbsent even_absent = EvenAbsent::kNo;
  Roles by{};
};
Status may_be_given(const Gift& gift);

// A ticket that somebody has begun, or waits for the applicant with, is his to go on with: another
// takes it over first (assigns it), a supervisor and whoever stands in for him need not. Taking it
// over is refused to a line below that of who has it. `holder` is the ticket's assignee. kConflict
// "assignee".
Status may_act(TicketAction::What what, const TicketState& ticket, const Colleague& actor,
               const Colleague& holder);
// Passing a house call to the clinic, and that the clinic confirmed it (H1), begin it as `start`
// does: nobody's, or one's own. kConflict "assignee".
Status may_note_visit(const TicketState& ticket, const Colleague& actor, const Colleague& holder);
// As may_act() of offering it to another site.
Status may_give_away(const TicketState& ticket, const Colleague& actor, const Colleague& holder);

}  // namespace opora::protocol
